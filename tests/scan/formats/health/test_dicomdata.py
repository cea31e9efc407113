"""Elements are followed to the last one, in every syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.formats.health.dicomdata import read
from tests.support import health


@pytest.mark.parametrize("syntax", [health.EXPLICIT, health.IMPLICIT, health.BIG_ENDIAN])
def test_the_last_element_ends_the_file_in_every_syntax(syntax: str) -> None:
    data = health.image(syntax=syntax)

    assert (read(data).end, read(data).syntax) == (len(data), syntax)
    assert read(data + b"MZ more").end == len(data)


def test_sequences_without_a_length_are_followed_by_their_marks() -> None:
    inner = health.undefined(0x40, 0xA730, b"SQ", health.element(0x40, 0xA160, b"UT", b"text"))
    data = health.image(health.undefined(0x40, 0xA043, b"SQ", inner, inner))

    assert read(data).end == len(data)


def test_compressed_pixels_are_followed_by_their_items() -> None:
    fragment = b"\xfe\xff\x00\xe0\x04\0\0\0\xff\xd8\xff\xd9"
    pixels = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + fragment + b"\xfe\xff\xdd\xe0\0\0\0\0"
    whole = health.image()
    data = whole[: whole.index(b"\xe0\x7f\x10\x00")] + pixels

    assert read(data).end == len(data)
    assert read(data + b"PK\x03\x04").end == len(data)


def test_a_syntax_that_is_stated_wrongly_does_not_matter() -> None:
    implicit = health.image(syntax=health.IMPLICIT)
    data = implicit.replace(b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.9\0")

    assert read(data).end == len(data)


def test_a_file_that_breaks_off_is_told_from_one_with_something_behind_it() -> None:
    data = health.image()

    assert read(data[:-10]).is_cut
    assert not read(data + b"PK\x03\x04 and more").is_cut


def test_documents_are_found_with_their_type() -> None:
    data = health.document_in_image(b"%PDF-1.7", "application/pdf")
    found = read(data)
    ((start, stop),) = found.documents

    assert data[start:stop] == b"%PDF-1.7"
    assert found.document_type == "application/pdf"


@given(st.binary(max_size=400))
@pytest.mark.slow
def test_any_bytes_are_followed_to_an_end(rest: bytes) -> None:
    data = health.image()[:200] + rest

    assert 0 <= read(data).end <= len(data)


def test_sequences_in_sequences_end() -> None:
    nested = b""
    for _ in range(2000):
        nested = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" + nested
    data = health.image()[:140] + nested

    assert read(data).end <= len(data)
