"""Unpacks LZ4 files, block by block: frames of today, and the legacy form.

Checksums are not compared: a reader that does so shows less than is handed out here.
"""

from collections.abc import Iterator

from gateway.scan.formats.archives.backreference import repeat
from gateway.scan.formats.archives.inflate import DamagedError

_FRAME, _LEGACY = b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18"
_SKIPPABLE = b"\x2a\x4d\x18"
_WINDOW = 1 << 16
_LEGACY_BLOCK = 8 << 20
_STORED = 1 << 31
_HAS_BLOCK_SUM, _HAS_SIZE, _HAS_SUM, _HAS_DICTIONARY = 0x10, 0x08, 0x04, 0x01
_SHORTEST = 4


def decode(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each block, and the place behind it. Raises DamagedError."""
    position = 0
    while True:
        magic = data[position : position + 4]
        if magic == _FRAME:
            blocks = _frame(data, position + 4)
        elif magic == _LEGACY:
            blocks = _legacy(data, position + 4)
        elif magic[1:] == _SKIPPABLE and magic[0] & 0xF0 == 0x50:
            position += 8 + _number(data, position + 4)
            continue
        else:
            return
        for block, behind in blocks:
            position = behind
            yield block, behind


def _frame(data: bytes, position: int) -> Iterator[tuple[bytes, int]]:
    """The blocks of one frame, each with the place behind it, and an empty one for its end."""
    flags, sizes = data[position : position + 2].ljust(2, b"\0")
    most = 1 << (8 + 2 * (sizes >> 4 & 7))
    if flags >> 6 != 1 or most < 1 << 16:
        raise DamagedError("an LZ4 frame of an unknown version")
    if flags & _HAS_DICTIONARY:
        raise DamagedError("an LZ4 frame that needs a dictionary")
    position += 3 + (8 if flags & _HAS_SIZE else 0)
    window = bytearray()
    while size := _number(data, position):
        stop = position + 4 + (size & ~_STORED)
        if stop > len(data):
            raise DamagedError("an LZ4 block ends early")
        packed = data[position + 4 : stop]
        if size & _STORED:
            window += packed
            block = packed
        else:
            block = _unpacked(packed, window, most)
        del window[:-_WINDOW]
        position = stop + (4 if flags & _HAS_BLOCK_SUM else 0)
        yield block, position
    yield b"", position + 4 + (4 if flags & _HAS_SUM else 0)


def _legacy(data: bytes, position: int) -> Iterator[tuple[bytes, int]]:
    """Blocks up to the end of the file, or up to the next frame."""
    while position < len(data) and data[position : position + 4] not in {_FRAME, _LEGACY}:
        stop = position + 4 + _number(data, position)
        if stop > len(data):
            raise DamagedError("an LZ4 block ends early")
        yield _unpacked(data[position + 4 : stop], bytearray(), _LEGACY_BLOCK), stop
        position = stop


def _unpacked(packed: bytes, window: bytearray, most: int) -> bytes:
    """One block; it is left in ``window`` as well, whose bytes it may repeat."""
    start, end, position = len(window), len(packed), 0
    while position < end:
        token = packed[position]
        count, position = _length(packed, position + 1, token >> 4)
        window += packed[position : position + count]
        position += count
        if position >= end:
            break
        distance = int.from_bytes(packed[position : position + 2], "little")
        count, position = _length(packed, position + 2, token & 15)
        if len(window) - start + count + _SHORTEST > most:
            raise DamagedError("an LZ4 block is bigger than its frame allows")
        repeat(window, distance, count + _SHORTEST)
    if position > end:
        raise DamagedError("an LZ4 block ends early")
    return bytes(window[start:])


def _length(packed: bytes, position: int, length: int) -> tuple[int, int]:
    """A length that may go on in bytes of its own, and the place behind them."""
    if length < 15:
        return length, position
    while True:
        if position >= len(packed):
            raise DamagedError("an LZ4 block ends early")
        more = packed[position]
        length, position = length + more, position + 1
        if more < 255:
            return length, position


def _number(data: bytes, position: int) -> int:
    if position + 4 > len(data):
        raise DamagedError("an LZ4 file ends early")
    return int.from_bytes(data[position : position + 4], "little")
