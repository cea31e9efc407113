import struct

from gateway.scan.formats import structure
from tests.support import files

FAT = (b"\xeb\x3c\x90" + bytes(51) + b"FAT12   ").ljust(510, b"\0") + b"\x55\xaa"
TABLE = bytes(446) + b"\x80" + bytes(3) + b"\x07" + bytes(59) + b"\x55\xaa"


def test_a_program_is_told_by_its_header_or_by_not_being_text() -> None:
    assert structure.is_program(files.program())
    assert structure.is_program(b"MZ" + bytes(40))
    assert not structure.is_program(b"MZ")
    assert not structure.is_program(b"MZ " + b"words " * 20)


def test_java_and_apple_share_a_signature_and_are_told_apart() -> None:
    java, apple = b"\xca\xfe\xba\xbe\0\0\0\x34", b"\xca\xfe\xba\xbe\0\0\0\x02"

    assert structure.is_java_class(java)
    assert structure.is_universal_binary(apple)
    assert not structure.is_java_class(apple)
    assert not structure.is_universal_binary(java)


def test_disks_are_told_apart() -> None:
    assert structure.is_fat(FAT)
    assert not structure.is_other_disk(FAT)
    assert structure.is_other_disk(TABLE)
    assert structure.is_other_disk(bytes(1080) + b"\x53\xef" + bytes(966))
    assert not structure.is_other_disk(bytes(510) + b"\x55\xaa")


def test_headers_at_the_end_are_seen() -> None:
    assert structure.is_fixed_vhd(FAT + b"conectix".ljust(512, b"\0"))
    assert structure.is_dmg(FAT + b"koly".ljust(512, b"\0"))


def test_udf_is_seen_among_the_descriptors() -> None:
    assert structure.is_udf(bytes(0x8000) + b"\0BEA01\x01".ljust(2048, b"\0") + b"\0NSR02\x01")
    assert not structure.is_udf(files.iso())


def test_skippable_frames_are_zstandard_only_before_a_frame() -> None:
    skipped = b"\x50\x2a\x4d\x18" + struct.pack("<I", 3) + b"abc"

    assert structure.is_skippable_zstd(skipped + files.COMPRESSED["zst"])
    assert not structure.is_skippable_zstd(skipped + b"words")


def test_old_archives_are_told_by_their_headers() -> None:
    assert structure.is_arj(b"\x60\xea\x2b\0")
    assert structure.is_lzh(b"\x20\x33-lh5-")
    assert not structure.is_lzh(b"a text -lh5-")
