"""Cuts the parts of binary workbooks into records ([MS-XLSB] 2.1.4), and finds formulas in them."""

from collections.abc import Iterator

_MOST_RECORDS = 2_000_000
_CELL_BYTES = 8
_VALUE_BYTES = {8: None, 9: 8, 10: 1, 11: 1}
"""Cells with a formula, by what it gave: a string, a number, a truth, an error."""


def records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record's kind and body."""
    position = 0
    for _ in range(_MOST_RECORDS):
        kind, position = _variable(part, position, 2)
        size, position = _variable(part, position, 4)
        if position > len(part) or (not kind and not size and position >= len(part)):
            return
        yield kind, part[position : position + size]
        position += size


def formulas(part: bytes) -> Iterator[bytes]:
    """The compiled formula of each cell."""
    for kind, body in records(part):
        if kind not in _VALUE_BYTES:
            continue
        value = _VALUE_BYTES[kind]
        if value is None:
            value = 4 + 2 * int.from_bytes(body[_CELL_BYTES : _CELL_BYTES + 4], "little")
        at = _CELL_BYTES + value + 2
        length = int.from_bytes(body[at : at + 4], "little")
        yield body[at + 4 : at + 4 + length]


def text(body: bytes, position: int) -> tuple[str, int]:
    """A string with its length before it, and where it ends."""
    count = int.from_bytes(body[position : position + 4], "little")
    stop = position + 4 + 2 * min(count, len(body))
    return body[position + 4 : stop].decode("utf-16-le", "replace"), stop


def _variable(part: bytes, position: int, longest: int) -> tuple[int, int]:
    number = 0
    for index in range(longest):
        if position >= len(part):
            return 0, position + 1
        byte = part[position]
        position += 1
        number |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            break
    return number, position
