import io
import zlib

import pytest

from gateway.scan.api import Stream
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.inflate import Checked, Chunked, DamagedError, Inflated, Limited
from tests.support import files


def whole(stream: Stream, at_once: int) -> bytes:
    found = bytearray()
    while chunk := stream.read(at_once):
        assert len(chunk) <= at_once
        found += chunk
    return bytes(found)


@pytest.mark.parametrize("at_once", [1, 7, 1000, 1 << 20])
@pytest.mark.parametrize(
    ("suffix", "begin"),
    [
        ("gz", inflate.gzip),
        ("bz2", inflate.bzip2),
        ("xz", inflate.xz),
        ("lzma", inflate.lzma_alone),
        ("lz", inflate.lzip),
        ("zst", inflate.zstd),
    ],
)
def test_no_more_is_unpacked_than_was_asked_for(
    suffix: str, begin: inflate.Begin, at_once: int
) -> None:
    assert whole(Inflated(files.COMPRESSED[suffix], begin), at_once) == files.TEXT


def test_the_position_at_the_end_is_the_first_byte_that_was_not_used() -> None:
    packed = files.COMPRESSED["gz"]
    stream = Inflated(packed + b"rest", inflate.gzip)
    whole(stream, 100)

    assert stream.position == len(packed)


def test_a_stream_stops_where_it_is_told_to() -> None:
    packed = files.raw_deflate(files.TEXT)
    stream = Inflated(packed, inflate.once(inflate.deflate), 0, len(packed) - 5)

    with pytest.raises(DamagedError, match="end early"):
        whole(stream, 1000)


def test_once_begins_one_stream_only() -> None:
    stream = Inflated(files.COMPRESSED["gz"] * 2, inflate.once(inflate.gzip))

    assert whole(stream, 1000) == files.TEXT


def test_lzma_in_a_zip_without_properties_is_damage() -> None:
    with pytest.raises(DamagedError, match="properties"):
        whole(Inflated(b"\x09\x14\x05", inflate.lzma_in_zip(None)), 10)


@pytest.mark.parametrize(
    ("size", "crc", "words"),
    [
        (5, zlib.crc32(b"hello"), None),
        (4, zlib.crc32(b"hello"), "5 bytes where 4"),
        (5, 1, "checksum"),
    ],
)
def test_a_promise_is_checked_at_the_end(size: int, crc: int, words: str | None) -> None:
    stream = Checked(io.BytesIO(b"hello"), size, crc)
    assert stream.read(10) == b"hello"

    if words is None:
        assert stream.read(10) == b""
        return
    with pytest.raises(DamagedError, match=words):
        stream.read(10)


def test_chunks_are_cut_to_what_was_asked_for() -> None:
    assert whole(Chunked(iter([b"ab", b"", b"cdefg"])), 3) == b"abcdefg"


def test_a_limit_ends_a_stream() -> None:
    assert whole(Limited(io.BytesIO(b"abcdef"), 4), 3) == b"abcd"


def test_stored_bytes_may_be_said_to_go_on_without_end() -> None:
    assert whole(inflate.stored(b"abc", 1, 1 << 90), 10) == b"bc"
