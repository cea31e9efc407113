"""Unpacks Snappy files in the framing format, chunk by chunk.

Checksums are not compared: a reader that does so shows less than is handed out here.
"""

from collections.abc import Iterator

from gateway.scan.formats.archives.backreference import repeat
from gateway.scan.formats.archives.inflate import DamagedError

_HEAD = b"\xff\x06\x00\x00sNaPpY"
_PACKED, _PLAIN, _FIRST_SKIPPED = 0x00, 0x01, 0x80
_MOST = 1 << 16
"""What one chunk may hold (framing format, 4.2)."""
_CHECKSUM = 4


def decode(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield what is in each chunk, and the place behind it. Raises DamagedError."""
    if not data.startswith(_HEAD):
        raise DamagedError("no head of a Snappy stream")
    position = 0
    while position + 4 <= len(data):
        kind, start = data[position], position + 4
        stop = start + int.from_bytes(data[position + 1 : start], "little")
        if _PLAIN < kind < _FIRST_SKIPPED:
            return
        if stop > len(data):
            raise DamagedError("a Snappy chunk ends early")
        position = stop
        if kind == _PACKED:
            yield _unpacked(data[start + _CHECKSUM : stop]), stop
        elif kind == _PLAIN:
            yield data[start + _CHECKSUM : stop], stop
        else:
            yield b"", stop


def _unpacked(packed: bytes) -> bytes:
    size, position = _varint(packed)
    out = bytearray()
    while position < len(packed):
        tag = packed[position]
        position += 1
        if not tag & 3:
            count, position = _literal(packed, position, tag >> 2)
            out += packed[position : position + count]
            position += count
        else:
            count, distance, position = _copy(packed, position, tag)
            repeat(out, distance, count)
        if len(out) > min(size, _MOST):
            raise DamagedError("a Snappy chunk is bigger than it states")
    if len(out) != size:
        raise DamagedError("a Snappy chunk is smaller than it states")
    return bytes(out)


def _varint(packed: bytes) -> tuple[int, int]:
    """A number in groups of seven bits, and the place behind it."""
    number = 0
    for index, byte in enumerate(packed[:5]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, index + 1
    raise DamagedError("a Snappy chunk without a length")


def _literal(packed: bytes, position: int, length: int) -> tuple[int, int]:
    """How many bytes stand here as they are, and where."""
    if length < 60:
        return length + 1, position
    stop = position + length - 59
    return int.from_bytes(packed[position:stop], "little") + 1, stop


def _copy(packed: bytes, position: int, tag: int) -> tuple[int, int, int]:
    """How many bytes are repeated, from how far back, and the place behind the copy."""
    if tag & 3 == 1:
        distance = (tag >> 5) << 8 | (packed[position] if position < len(packed) else 0)
        return (tag >> 2 & 7) + 4, distance, position + 1
    stop = position + (2 if tag & 3 == 2 else 4)
    return (tag >> 2) + 1, int.from_bytes(packed[position:stop], "little"), stop
