import random

import pytest

from gateway.scan.formats import lzfu
from gateway.scan.formats.archives.inflate import DamagedError
from tests.support import containers


def whole(data: bytes, at_once: int = 7) -> bytes:
    stream, found = lzfu.opened(data), b""
    while chunk := stream.read(at_once):
        found += chunk
    return found


def test_the_examples_of_the_standard_are_unpacked() -> None:
    assert whole(containers.HELLO) == containers.HELLO_PLAIN
    assert whole(containers.REPEATED) == containers.REPEATED_PLAIN


def test_stored_text_comes_out_as_it_is() -> None:
    assert whole(b"\x1c\0\0\0\x10\0\0\0MELA\0\0\0\0{\\rtf1 hello}") == b"{\\rtf1 hello}"


def test_a_missing_header_is_damage() -> None:
    with pytest.raises(DamagedError):
        whole(b"\0\0\0\0")


@pytest.mark.parametrize("seed", range(50))
def test_any_bytes_give_no_more_than_was_promised(seed: int) -> None:
    body = random.Random(seed).randbytes(500)
    size = random.Random(seed).choice((0, 3, 300, 100_000))

    assert len(whole(bytes(4) + size.to_bytes(4, "little") + b"LZFu" + bytes(4) + body)) <= size
