import gzip
import lzma

import pytest

from gateway.scan.extractors.compressed import CompressedExtractor
from tests.support import files
from tests.support.extracting import opened

EXTRACTOR = CompressedExtractor()


@pytest.mark.parametrize("suffix", sorted(files.COMPRESSED))
def test_every_format_gives_the_file_inside_under_its_name(suffix: str) -> None:
    inside = opened(EXTRACTOR, files.COMPRESSED[suffix], f"lettre.txt.{suffix}")

    assert inside.files == {"lettre.txt": files.TEXT}
    assert inside.is_clean


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "lz", "zst"])
def test_streams_in_a_row_are_one_file(suffix: str) -> None:
    inside = opened(EXTRACTOR, files.COMPRESSED[suffix] * 3)

    assert inside.contents == [files.TEXT * 3]
    assert inside.is_clean


@pytest.mark.parametrize("suffix", sorted(set(files.COMPRESSED) - {"Z"}))
def test_a_file_that_ends_early_is_damage_and_what_is_there_is_read(suffix: str) -> None:
    inside = opened(EXTRACTOR, files.COMPRESSED[suffix][:-30])

    assert len(inside.errors) == 1


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "lzma", "lz", "zst"])
def test_what_stands_behind_the_end_is_told_and_handed_out(suffix: str) -> None:
    inside = opened(EXTRACTOR, files.COMPRESSED[suffix] + files.program())

    assert inside.contents == [files.TEXT, files.program()]
    assert inside.codes == ["compressed.trailing"]


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_zeros_behind_the_end_are_the_tape_s(suffix: str) -> None:
    assert opened(EXTRACTOR, files.COMPRESSED[suffix] + bytes(512)).is_clean


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 5000, 70_000])
def test_lzw_codes_of_every_width_are_read(size: int) -> None:
    data = bytes((n * n >> 3) & 0xFF for n in range(size))

    assert b"".join(opened(EXTRACTOR, files.compressed_by_lzw(data)).contents) == data


def test_lzw_with_a_code_that_is_not_there_yet_is_damage() -> None:
    inside = opened(EXTRACTOR, b"\x1f\x9d\x90\xff\xff\xff")

    assert len(inside.errors) == 1


def test_the_name_in_a_gzip_header_comes_first() -> None:
    data = b"\x1f\x8b\x08\x08" + bytes(6) + b"real.exe\0" + gzip.compress(files.TEXT, mtime=0)[10:]
    inside = opened(EXTRACTOR, data, "lettre.txt.gz")

    assert inside.members[0].name == "real.exe"
    assert inside.members[0].names == ("lettre.txt",)


def test_short_suffixes_become_long_ones() -> None:
    names = [
        opened(EXTRACTOR, files.COMPRESSED["gz"], name).members[0].name
        for name in ("a.tgz", "a.svgz", "a.b", ".gz")
    ]

    assert names == ["a.tar", "a.svg", "a.b", ".gz"]


def test_a_dictionary_of_gigabytes_is_refused() -> None:
    data = bytearray(lzma.compress(files.TEXT, lzma.FORMAT_ALONE))
    data[1:5] = (1 << 31).to_bytes(4, "little")
    inside = opened(EXTRACTOR, bytes(data))

    assert inside.contents == [b""]
    assert "emory" in inside.errors[0]
