import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import fields
from tests.support.mail import lines


def test_fields_keep_their_order_and_lose_their_folding() -> None:
    message = lines("To: a@b", "Subject: one", "\ttwo", "to: c@d", "", "body")

    header = fields.read(message, 0)

    assert [(field.name, field.value) for field in header.fields] == [
        ("to", b" a@b"),
        ("subject", b" one\ttwo"),
        ("to", b" c@d"),
    ]
    assert message[header.body :] == b"body\r\n"
    assert header.slips == ()


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_any_line_end_ends_a_line(end: bytes) -> None:
    message = b"To: a@b" + end + b"Subject: x" + end + end + b"body"

    header = fields.read(message, 0)

    assert [field.name for field in header.fields] == ["to", "subject"]
    assert message[header.body :] == b"body"


@pytest.mark.parametrize(
    "line",
    [
        "Content-Type : text/html",
        "content-type\0: text/html",
        "Content-Type\u00a0: text/html",
        '"Content-Type": text/html',
        "Content-Type; text/html",
        "Content-Type= text/html",
        "Content-Type text/html",
    ],
)
def test_a_misspelt_mime_field_is_read_and_noted(line: str) -> None:
    header = fields.read(lines("To: a@b", line, "", "body"), 0)

    assert [value.strip() for value in header.all("content-type")] == [b"text/html"]
    assert "a misspelt field name" in header.slips


def test_a_line_that_is_no_field_is_skipped_when_mime_fields_follow_it() -> None:
    header = fields.read(lines("To: a@b", "oh well", "Content-Type: text/html", "", "body"), 0)

    assert header.all("content-type") == [b" text/html"]
    assert header.slips == ("a line in the header that is no field",)


def test_a_line_that_is_no_field_begins_the_body_when_none_follows() -> None:
    message = lines("To: a@b", "Dear Sir", "", "Content-Type: text/html")

    header = fields.read(message, 0)

    assert message[header.body :].startswith(b"Dear Sir")
    assert header.slips == ("no empty line after the header",)


def test_a_delimiter_ends_a_header_that_has_no_empty_line() -> None:
    message = lines("To: a@b", "--b1", "Content-Type: text/html")

    assert message[fields.read(message, 0).body :].startswith(b"--b1")


def test_a_parameter_that_is_not_indented_belongs_to_the_field_above() -> None:
    message = lines("Content-Disposition: attachment", 'filename="x.exe"', "", "body")

    assert fields.read(message, 0).all("content-disposition") == [b' attachment; filename="x.exe"']


def test_a_bare_carriage_return_ends_a_line_and_its_field_goes_on_all_the_same() -> None:
    header = fields.read(b"Content-Transfer-Encoding: \rbase64\r\n\r\nbody", 0)

    assert header.all("content-transfer-encoding") == [b"  base64"]


def test_a_mailbox_line_and_a_byte_order_mark_are_no_part_of_the_header() -> None:
    message = b"\xef\xbb\xbf" + lines("From a@b Mon Jan  1 00:00:00 2026", "To: a@b", "", "body")

    assert [field.name for field in fields.read(message, 0).fields] == ["to"]


@pytest.mark.slow
def test_a_header_without_end_is_cut() -> None:
    header = fields.read(b"To: a@b\r\n" * 100_000, 0)

    assert header.is_cut
    assert header.body == fields.MAX_HEADER_BYTES


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_give_a_header_that_ends_within_them(data: bytes, start: int) -> None:
    begin = min(start, len(data))

    assert begin <= fields.read(data, begin).body <= len(data)


@pytest.mark.parametrize("before", [b"X: y\r\n ", b"X: y\0", b"X: y\x0b", b"X: y "])
def test_a_field_inside_the_line_of_another_is_hidden(before: bytes) -> None:
    header = fields.read(before + b"Content-Type: a/b; c=d\r\n\r\n", 0)

    assert [(field.name, field.value) for field in header.hidden] == [("content-type", b"a/b; c=d")]
    assert header.all("content-type") == []


def test_a_line_of_blanks_ends_a_header_where_no_field_follows() -> None:
    header = fields.read(b"Content-Type: a/b\r\n \r\nTVqQ\r\n", 0)

    assert fields.NO_EMPTY_LINE not in header.slips
