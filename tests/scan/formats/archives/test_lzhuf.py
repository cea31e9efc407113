import random

import pytest

from gateway.scan.formats.archives import lzhuf
from gateway.scan.formats.archives.inflate import DamagedError
from tests.support import files, packing

SAMPLE = bytes.fromhex("b8f5d11eeefdef6a1c53bb32f5dd8c3cc18c39c0f8")


def unpacked(packed: bytes, size: int) -> bytes:
    return b"".join(lzhuf.decode(packed, size))


@pytest.mark.parametrize("size", [0, 1, 300, 4_096, 5_000, 20_000])
def test_texts_come_out_as_they_went_in(size: int) -> None:
    text = (files.TEXT * (size // len(files.TEXT) + 1))[:size]

    assert unpacked(packing.lh1(text), size) == text


def test_a_tree_that_has_grown_too_heavy_is_halved_and_goes_on() -> None:
    noise = random.Random(5).randbytes(34_000)

    assert unpacked(packing.lh1(noise), len(noise)) == noise


def test_repeats_may_reach_back_to_blanks_before_the_first_byte() -> None:
    tree = lzhuf.Tree()
    bits = tree.code(256 + 2) + "000" + "000000"
    packed = int(bits.ljust(24, "0"), 2).to_bytes(3)

    assert unpacked(packed, 5) == b"     "


def test_bytes_that_end_early_are_damage() -> None:
    with pytest.raises(DamagedError, match="end early"):
        unpacked(packing.lh1(files.TEXT)[:-20], len(files.TEXT))


@pytest.mark.parametrize("level", [0, 1, 2])
def test_headers_of_three_levels_are_read(level: int) -> None:
    archive = packing.lzh({"a.txt": files.TEXT, "b.txt": b"b" * 50}, level)
    entries = list(lzhuf.entries(archive))

    contents = [lzhuf.opened(archive, entry).read(len(files.TEXT)) for entry in entries]
    assert contents == [files.TEXT, b"b" * 50]


def test_a_wrong_checksum_is_damage() -> None:
    archive = packing.lzh({"a.txt": b"aaaaaaaaaa"}, 0)
    (entry,) = lzhuf.entries(archive)
    broken = bytearray(archive)
    broken[entry.body] ^= 0x40
    stream = lzhuf.opened(bytes(broken), entry)
    stream.read(100)

    with pytest.raises(DamagedError, match="checksum"):
        stream.read(100)
