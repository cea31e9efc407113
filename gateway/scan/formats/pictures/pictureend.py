"""Finds where a picture ends, by the lengths that it states."""

from collections.abc import Callable

_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_MARKS = 100_000


def end_of(data: bytes) -> int | None:
    """The first byte behind the picture; None for a kind that is not known, or one cut short."""
    for head, look in _LOOKS:
        if data.startswith(head):
            end = look(data)
            return end if end is not None and end <= len(data) else None
    return None


def _png(data: bytes) -> int | None:
    position = 8
    while position + 12 <= len(data):
        kind = data[position + 4 : position + 8]
        position += 12 + int.from_bytes(data[position : position + 4])
        if kind == b"IEND":
            return position
    return None


def _jpeg(data: bytes) -> int | None:
    position = 2
    for _ in range(_MOST_MARKS):
        position = data.find(b"\xff", position)
        if position < 0 or position + 2 > len(data):
            return None
        mark = data[position + 1]
        if mark == 0xD9:
            return position + 2
        if mark in _NO_LENGTH or mark in {0x00, 0xFF}:
            # A byte of the pixels, a restart or a filler.
            position += 1 if mark == 0xFF else 2
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4])
            if mark == 0xDA:
                position = _past_pixels(data, position)
    return None


def _past_pixels(data: bytes, position: int) -> int:
    """The next mark that is none of the pixels' own."""
    while 0 <= (position := data.find(b"\xff", position)) < len(data) - 1:
        mark = data[position + 1]
        if mark and mark not in _NO_LENGTH and mark != 0xFF:
            return position
        position += 2 if mark != 0xFF else 1
    return len(data)


def _gif(data: bytes) -> int | None:
    if len(data) < 13:
        return None
    position = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while position < len(data):
        block = data[position]
        if block == 0x3B:
            return position + 1
        if block == 0x2C and position + 10 < len(data):
            flags = data[position + 9]
            position += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        elif block == 0x21:
            position += 2
        else:
            return None
        while position < len(data) and data[position]:
            position += 1 + data[position]
        position += 1
    return None


def _bmp(data: bytes) -> int | None:
    size = int.from_bytes(data[2:6], "little")
    return size if size >= 26 else None


def _riff(data: bytes) -> int | None:
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


_LOOKS: tuple[tuple[bytes, Callable[[bytes], int | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF8", _gif),
    (b"BM", _bmp),
    (b"RIFF", _riff),
)
