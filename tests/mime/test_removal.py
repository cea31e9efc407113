"""Which parts can be taken out; that the rest stays as it is, test_cleaning.py shows."""

import hashlib

import pytest

from gateway.mime import removable
from tests.support.mail import PROGRAM, attachment, lines, multipart, text

DIGEST = hashlib.sha256(PROGRAM).hexdigest()
MIXED = multipart(text(), attachment(), attachment(name="b.bin", data=b"other"))


def inside(kind: str, *parts: bytes) -> bytes:
    """A multipart of this type as a part of another."""
    declared = lines(f'Content-Type: multipart/{kind}; boundary="b2"', "")
    return declared + b"".join(b"--b2\r\n" + part for part in parts) + b"--b2--\r\n"


def test_a_file_between_two_delimiters_can_be_taken_out_with_its_header() -> None:
    first, second = removable(MIXED)

    assert MIXED[first.start : first.end] == attachment().removesuffix(b"\r\n")
    assert MIXED[second.start : second.end].startswith(b"Content-Type: application/octet-stream")
    assert DIGEST in first.digests
    assert DIGEST not in second.digests


@pytest.mark.parametrize(
    "part",
    [
        inside("mixed", text(), attachment()),
        inside("alternative", text(), inside("mixed", text(), attachment()).replace(b"b2", b"b3")),
        inside("related", text(), inside("mixed", text(), attachment()).replace(b"b2", b"b3")),
        lines("Content-Type: message/rfc822", "") + MIXED.replace(b"b1", b"b2"),
        lines("Content-Type: text/html", "Content-Disposition: attachment", "", "<p>hello"),
        lines("Content-Type: image/png", "Content-ID: <a>", "", "no picture"),
    ],
)
def test_files_of_honest_mail_can_be_taken_out(part: bytes) -> None:
    assert list(removable(multipart(text(), part)))


@pytest.mark.parametrize(
    "part",
    [
        text("begin 644 a.exe"),
        lines("Content-Type: text/html; name=a.html", "", "<script>"),
        lines("Content-Type: application/ms-tnef; name=winmail.dat", "", "x"),
        inside("related", text(), attachment()),
        inside("alternative", text(), attachment()),
        inside("signed", text(), attachment()),
        inside("signed", inside("mixed", text(), attachment()).replace(b"b2", b"b3"), attachment()),
        inside("report", text(), attachment()),
        inside("encrypted", attachment(), attachment()),
    ],
)
def test_what_is_shown_signed_or_an_alternative_cannot(part: bytes) -> None:
    assert not list(removable(multipart(text(), part)))


@pytest.mark.parametrize(
    "message",
    [
        attachment(),
        lines("Content-Type: application/pdf; name=a.pdf", "", "%PDF"),
        MIXED.replace(b"hello", b"hel\0lo"),
        MIXED.replace(b"boundary=", b"boundary=b9; boundary="),
        MIXED.replace(b"--b1--\r\n", b"--b1--\r\n" + attachment(name="c.exe")),
        MIXED.replace(b"--b1\r\nContent-Type: text", b"--b1\nContent-Type: text").replace(
            b"\r\n--b1\r\nContent-Type: app", b"\n--b1\nContent-Type: app"
        ),
        b"",
    ],
)
def test_nothing_can_where_readers_may_see_something_else(message: bytes) -> None:
    assert not list(removable(message))


def test_a_file_that_no_delimiter_ends_cannot() -> None:
    cut_off = MIXED[: MIXED.rindex(b"\r\n--b1--")]

    assert len(list(removable(cut_off))) == 1


def test_a_part_tells_of_all_that_some_reader_takes_out_of_it() -> None:
    note = lines(
        "Content-Type: text/plain; name=a.txt",
        "Content-Disposition: attachment",
        "",
        "begin 644 a.bin",
        "#8F%D",
        "`",
        "end",
    )
    (slot,) = removable(multipart(text(), note))

    assert hashlib.sha256(b"bad").hexdigest() in slot.digests
