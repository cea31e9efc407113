import pytest

from gateway.scan.formats.archives import lzw
from gateway.scan.formats.archives.inflate import DamagedError
from tests.support import files


@pytest.mark.parametrize("size", [1, 256, 257, 258, 4000, 300_000])
def test_what_compress_wrote_is_read(size: int) -> None:
    data = (files.TEXT * (size // len(files.TEXT) + 1))[:size]

    assert b"".join(lzw.decode(files.compressed_by_lzw(data))) == data


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "header"), (b"\x1f\x9d", "header"), (b"\x1f\x9d\x9f\0", "31 bits")],
)
def test_headers_that_make_no_sense_are_damage(data: bytes, words: str) -> None:
    with pytest.raises(DamagedError, match=words):
        list(lzw.decode(data))


def test_a_long_run_comes_in_small_chunks() -> None:
    packed = files.compressed_by_lzw(bytes(500_000))

    assert max(map(len, lzw.decode(packed))) < 1 << 18
