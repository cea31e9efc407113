import gzip
import lzma

import pytest

from gateway.model import Reason
from gateway.scan.extractors.compressed import CompressedExtractor
from tests.support import files, packing
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


FRAMED = {
    "lz4": packing.lz4(files.TEXT * 40),
    "lz4 in small blocks": packing.lz4(files.TEXT * 40, block=700),
    "lz4 as it is, with checksums": packing.lz4(files.TEXT * 40, stored=True, sums=True),
    "lz4 of the first days": packing.lz4_legacy(files.TEXT * 40),
    "lz4 behind what is skipped": packing.skipped(b"x" * 9) + packing.lz4(files.TEXT * 40),
    "snappy": packing.snappy(files.TEXT * 40),
    "snappy as it is": packing.snappy(files.TEXT * 40, plain=True),
}


@pytest.mark.parametrize("name", sorted(FRAMED))
def test_frames_give_the_file_inside(name: str) -> None:
    inside = opened(EXTRACTOR, FRAMED[name], "lettre.txt.lz4")

    assert inside.files == {"lettre.txt": files.TEXT * 40}
    assert inside.is_clean


@pytest.mark.parametrize("name", sorted(FRAMED))
def test_frames_in_a_row_are_one_file(name: str) -> None:
    inside = opened(EXTRACTOR, FRAMED[name] * 2)

    assert inside.contents == [files.TEXT * 80]
    assert inside.is_clean


@pytest.mark.parametrize("name", sorted(FRAMED))
def test_frames_that_end_early_are_damage(name: str) -> None:
    inside = opened(EXTRACTOR, FRAMED[name][:-15])

    assert inside.errors or inside.codes == ["compressed.trailing"]


@pytest.mark.parametrize("name", sorted(set(FRAMED) - {"lz4 of the first days"}))
def test_what_stands_behind_frames_is_handed_out(name: str) -> None:
    inside = opened(EXTRACTOR, FRAMED[name] + b"\x42\x43\0\0" + files.program())

    assert inside.contents[-1].endswith(files.program())
    assert inside.codes == ["compressed.trailing"]


@pytest.mark.parametrize(
    "packed",
    [
        # More than a block may hold, a repeat of nothing, a length without an end.
        b"\x1fa\x01\0" + b"\xff" * 300 + b"\0",
        b"\x00\x05\0",
        b"\xf0" + b"\xff" * 40,
    ],
)
def test_lz4_blocks_that_lie_are_damage(packed: bytes) -> None:
    head = b"\x04\x22\x4d\x18\x40\x40\0"
    inside = opened(EXTRACTOR, head + len(packed).to_bytes(4, "little") + packed + bytes(4))

    assert len(inside.errors) == 1


def test_lz4_that_needs_a_dictionary_is_not_taken_for_seen() -> None:
    inside = opened(EXTRACTOR, b"\x04\x22\x4d\x18\x41\x40" + bytes(9))

    assert inside.errors == ["an LZ4 frame that needs a dictionary"]


@pytest.mark.parametrize("body", [b"\x05\x00a", b"\x01\x04abc", b"\x04\x01\x09", b"\xff" * 6])
def test_snappy_chunks_that_lie_are_damage(body: bytes) -> None:
    chunk = b"\0" + (len(body) + 4).to_bytes(3, "little") + bytes(4) + body
    inside = opened(EXTRACTOR, packing.snappy(b"") + chunk)

    assert len(inside.errors) == 1


def test_what_is_only_skipped_is_not_taken_for_seen() -> None:
    inside = opened(EXTRACTOR, packing.skipped(b"x") * 2_000 + FRAMED["lz4"])

    assert [gap.reason for gap in inside.gaps] == [Reason.DAMAGED]
