from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import yenc


def encoded(data: bytes) -> bytes:
    letters = bytearray()
    for value in data:
        moved = (value + 42) % 256
        letters += bytes([0x3D, (moved + 64) % 256]) if moved in b"\0\r\n=" else bytes([moved])
    rows = b"\r\n".join(bytes(letters[at : at + 128]) for at in range(0, len(letters), 128))
    head = b"=ybegin line=128 size=%d name=setup.exe\r\n" % len(data)
    return head + rows + b"\r\n=yend size=%d\r\n" % len(data)


@given(st.binary(max_size=100))
def test_a_file_is_found_among_words(data: bytes) -> None:
    (found,) = yenc.find(b"Hello\r\n" + encoded(data) + b"Regards\r\n")

    assert (found.name, found.data) == (b"setup.exe", data)


def test_words_are_words() -> None:
    assert list(yenc.find(b"=ybegin something\r\n=ybegin ")) == []
