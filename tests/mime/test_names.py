import pytest

from gateway.mime import fields
from gateway.mime.entity import Entity
from gateway.mime.names import MAX_LENGTH, MAX_NAMES, endings_at_odds, names_of
from tests.support.mail import lines


def names(*header: str | bytes) -> tuple[str, ...]:
    return names_of(Entity(fields.read(lines(*header, ""), 0)))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (('Content-Disposition: attachment; filename="a.pdf"',), ("a.pdf",)),
        (('Content-Type: application/pdf; name="a.pdf"',), ("a.pdf",)),
        (
            ('Content-Type: x/y; name="a.exe"', 'Content-Disposition: inline; filename="a.pdf"'),
            ("a.pdf", "a.exe"),
        ),
        (('Content-Disposition: x; filename="a.pdf"; filename="a.exe"',), ("a.pdf", "a.exe")),
        (
            ("Content-Disposition: x; filename*0=inv; filename*1=oice; filename*2=.exe",),
            ("invoice.exe", "inv"),
        ),
        (
            ("Content-Disposition: x; filename*1=b.exe; filename*0=a",),
            ("ab.exe", "b.exea", "b.exe"),
        ),
        (("Content-Disposition: x; filename=my report.pdf",), ("my report.pdf", "my")),
        (("Content-Type: text/plain",), ()),
        (('Content-Disposition: x; filename=""',), ()),
        (("Content-Disposition: attachment", "Content-Description: a.exe"), ("a.exe",)),
        (("Content-Disposition: inline", "Content-Description: a.exe"), ()),
    ],
)
def test_every_name_that_some_reader_shows_is_kept(
    header: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert names(*header) == expected


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b'"a.txt\0.exe"', "a.txt"),
        (b'"=?utf-8?Q?a=2Eexe?="', "a.exe"),
        (b"=?utf-8?Q?a=2Eexe?=", "a.exe"),
        (b'"C:\\temp\\a.exe"', "C:\\temp\\a.exe"),
        (b'"a.exe "', "a.exe"),
        (b'"a\\.exe"', "a.exe"),
        (b'"a.txt".exe', "a.txt.exe"),
        (b"'a.exe'", "a.exe"),
        (b'"a%2Eexe"', "a.exe"),
        (b'"a\x01.e\x02xe"', "a.exe"),
        (b'"..\\\\b\\\\a.exe. ."', "a.exe"),
        (b'"a.exe::$DATA"', "a.exe"),
        (b"a;.exe", "a;.exe"),
        (b'"=?utf-8?Q?a=2Eexe"', "a.exe"),
    ],
)
def test_tricks_with_a_name_are_seen_through(written: bytes, shown: str) -> None:
    assert shown in names(b"Content-Disposition: attachment; filename=" + written)


def test_sections_in_different_fields_are_put_together() -> None:
    shown = names("Content-Type: x/y; filename*1=exe", "Content-Disposition: x; filename*0=a.")

    assert "a.exe" in shown


def test_wide_and_unseen_letters_hide_no_ending() -> None:
    written = "Content-Disposition: x; filename*=utf-8''"

    assert "a.exe" in names(f"{written}a%EF%BC%8E%EF%BD%85xe")
    assert "a.exe" in names(f"{written}a.e%E2%80%8Bxe")


@pytest.mark.parametrize(
    ("shown", "at_odds"),
    [
        (("a.png", "a.exe"), ("png", "exe")),
        (("a.zip", "a.pdf"), ("pdf", "zip")),
        (("scan.JPG", "scan.jpeg"), ()),
        (("a", "a.pdf", "12.05"), ()),
    ],
)
def test_names_of_different_kinds_are_at_odds(
    shown: tuple[str, ...], at_odds: tuple[str, ...]
) -> None:
    assert endings_at_odds(shown) == at_odds


def test_a_long_name_keeps_its_end_and_many_names_are_bounded() -> None:
    (long,) = names(f'Content-Disposition: x; filename="{"a" * 9_000}.exe"')
    many = names("Content-Disposition: x" + "".join(f"; filename=a{n}.exe" for n in range(150)))

    assert long.endswith(".exe")
    assert len(long) <= MAX_LENGTH + 1
    assert len(many) == MAX_NAMES
