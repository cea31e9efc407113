import binascii

from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import uuencode


def encoded(data: bytes, name: bytes = b"setup.exe") -> bytes:
    rows = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 " + name + b"\n" + b"".join(rows) + b"`\nend\n"


@given(st.binary(min_size=1, max_size=300))
def test_a_file_is_found_among_words(data: bytes) -> None:
    (found,) = uuencode.find(b"Hello\n\n" + encoded(data) + b"\nRegards\n")

    assert (found.name, found.data) == (b"setup.exe", data)


def test_blanks_that_a_relay_cut_off_are_put_back() -> None:
    stripped = b"\n".join(line.rstrip() for line in encoded(bytes(100)).splitlines())

    assert [found.data for found in uuencode.find(stripped)] == [bytes(100)]


def test_several_files_and_one_without_an_end_are_found() -> None:
    text = encoded(b"one", b"a") + encoded(b"two", b"b").removesuffix(b"end\n")

    assert [(found.name, found.data) for found in uuencode.find(text)] == [
        (b"a", b"one"),
        (b"b", b"two"),
    ]


def test_words_that_begin_with_begin_are_words() -> None:
    assert list(uuencode.find(b"begin 644\nbegin with care\nbeginning\n")) == []
