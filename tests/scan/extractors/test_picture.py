import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.scan.extractors.picture import PictureExtractor
from gateway.scan.formats.pictures import pictureend
from tests.support import files
from tests.support.extracting import opened

EXTRACTOR = PictureExtractor()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PICTURES = {
    "png": b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", bytes(13))
    + chunk(b"IDAT", b"x")
    + chunk(b"IEND", b""),
    "jpeg": b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xda\x00\x04cd\x12\xff\x00\x34\xff\xd1\x56\xff\xd9",
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(6) + b"!\xf9\x04abcd\x00"
    b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;",
    "bmp": b"BM" + struct.pack("<I", 60) + bytes(54),
    "webp": b"RIFF" + struct.pack("<I", 20) + b"WEBPVP8 " + bytes(12),
}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_the_end_of_a_picture_is_found(name: str) -> None:
    assert pictureend.end_of(PICTURES[name]) == len(PICTURES[name])
    assert opened(EXTRACTOR, PICTURES[name]).members == []


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_file_behind_a_picture_is_handed_out_and_told(name: str) -> None:
    inside = opened(EXTRACTOR, PICTURES[name] + files.program())

    assert inside.files == {"appended": files.program()}
    assert inside.codes == ["picture.appended"]


@pytest.mark.parametrize("tail", [bytes(900), b"\x1a" * 10, PICTURES["jpeg"] * 3])
def test_zeros_rubbish_and_more_pictures_behind_one_are_not_told(tail: bytes) -> None:
    assert opened(EXTRACTOR, PICTURES["jpeg"] + tail).is_clean


def test_a_page_inside_a_picture_is_handed_out_and_told() -> None:
    inside = opened(EXTRACTOR, b"BM" + bytes(52) + b"<SCRIPT>alert(1)</SCRIPT>")

    assert inside.files == {"page.html": b"<SCRIPT>alert(1)</SCRIPT>"}
    assert inside.codes == ["picture.page"]


@given(st.sampled_from(sorted(PICTURES)), st.binary(max_size=200), st.integers(0, 60))
@settings(deadline=None)
def test_any_bytes_have_an_end_within_them_or_none(name: str, data: bytes, kept: int) -> None:
    whole = PICTURES[name][:kept] + data
    end = pictureend.end_of(whole)

    assert end is None or 0 < end <= len(whole)
