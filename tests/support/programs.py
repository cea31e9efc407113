"""Headers of programs: they start nothing."""

import struct


def windows(
    *, is_library: bool = False, section: bytes = b".text", signed: bool = False, tail: bytes = b""
) -> bytes:
    optional = struct.pack("<H", 0x20B).ljust(68, b"\0") + struct.pack("<H", 3)
    directories = bytearray(16 * 8)
    if signed:
        struct.pack_into("<II", directories, 4 * 8, 0x1000, 64)
    optional = optional.ljust(112, b"\0") + bytes(directories)
    flags = 0x2000 if is_library else 0x2
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), flags)
    table = section.ljust(8, b"\0") + struct.pack("<IIII", 16, 0x1000, 16, 0x400) + bytes(16)
    head = (b"MZ" + bytes(58) + struct.pack("<I", 64)) + b"PE\0\0" + coff + optional + table
    return head.ljust(0x410, b"\0") + tail


def linux(tail: bytes = b"") -> bytes:
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHI", 2, 62, 1)
    return head.ljust(64, b"\0") + tail


def mac() -> bytes:
    return struct.pack("<II", 0xFEEDFACF, 0x01000007).ljust(64, b"\0")


PACKED_SCRIPT = b"MEI\014\013\012\013\016" + bytes(80)
