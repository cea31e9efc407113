"""Cuts the streams of Excel 5 to 2003 into records ([MS-XLS] 2.1.4), and reads strings in them."""

import struct
from collections.abc import Iterator

EXCEL_97, EXCEL_5 = "workbook", "book"
"""The names of the streams, folded."""
_MOST_RECORDS = 2_000_000


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record's kind and body."""
    position = 0
    for _ in range(_MOST_RECORDS):
        if position + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def text(stored: bytes, count: int, *, has_flags: bool) -> str:
    """``count`` characters; since Excel 97 a byte before them says whether they are wide."""
    if not has_flags:
        return stored[:count].decode("cp1252", "replace")
    if stored[:1] and stored[0] & 1:
        return stored[1 : 1 + 2 * count].decode("utf-16-le", "replace")
    return stored[1 : 1 + count].decode("latin-1")


def short_number(stored: int) -> float:
    """A number in four bytes (2.5.217): a whole one or half of a double; by a hundred or not."""
    if stored & 2:
        number = float((stored ^ 1 << 31) - (1 << 31) >> 2)
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (stored & 0xFFFFFFFC) << 32))
    return number / 100 if stored & 1 else number
