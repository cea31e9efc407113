"""The records of an ALZ archive, as ALZip writes it: one header before each file, no directory.

There is no published description; field by field this is what archives of ALZip and the free
unpackers agree on.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.scan.formats.archives.inflate import DamagedError

HEAD = b"ALZ\x01"
_FILE, _END, _COMMENT = b"BLZ\x01", b"CLZ\x01", b"ELZ\x01"
_FIRST_RECORD = 8
_FOLDER = 0x10
_LOCKED = 0x01
_LOCK_BYTES = 12
STORED, BZIP2, DEFLATED = range(3)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. Its packed bytes are those from ``body`` to ``stop``."""

    name: str
    method: int
    crc: int
    size: int
    body: int
    stop: int
    is_encrypted: bool
    is_folder: bool


def entries(data: bytes) -> Iterator[Entry]:
    """Every file, up to the end record. Raises DamagedError where a record makes no sense."""
    position = _FIRST_RECORD
    while (mark := data[position : position + 4]) == _FILE:
        entry = _entry(data, position + 4)
        yield entry
        position = entry.stop
        if position > len(data):
            return
    if mark not in {_END, _COMMENT}:
        raise DamagedError(f"no record at byte {position}")


def _entry(data: bytes, position: int) -> Entry:
    try:
        length, attributes, _, flags, _ = struct.unpack_from("<HBIBB", data, position)
        position += 9
        width = flags >> 4
        method = crc = packed = size = 0
        if width:
            method, _, crc = struct.unpack_from("<BBI", data, position)
            packed, size = (
                int.from_bytes(data[at : at + width], "little")
                for at in (position + 6, position + 6 + width)
            )
            position += 6 + 2 * width
    except struct.error as error:
        raise DamagedError("a record ends early") from error
    name = data[position : position + length]
    body = position + length + (_LOCK_BYTES if flags & _LOCKED else 0)
    return Entry(
        name=name.decode("cp949", "replace"),
        method=method,
        crc=crc,
        size=size,
        body=body,
        stop=body + packed,
        is_encrypted=bool(flags & _LOCKED),
        is_folder=bool(attributes & _FOLDER) and not packed,
    )
