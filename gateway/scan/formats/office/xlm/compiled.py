"""Reads compiled formulas ([MS-XLS] 2.5.198, [MS-XLSB] 2.5.97) into trees.

As far as they can be read: a formula that breaks off gives the trees that were whole.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from gateway.scan.formats.office.xlm import numbers, tree
from gateway.scan.formats.office.xlm.tree import Fault, Name, Node, Ref, Unknown

_DEEPEST = 200
_MOST_ARGUMENTS = 255


class Make(Enum):
    """Who wrote the formula: the sizes of its operands differ."""

    EXCEL_5 = 0
    EXCEL_97 = 1
    EXCEL_2007 = 2


@dataclass(frozen=True, slots=True)
class Links:
    """What the numbers in formulas stand for."""

    sheets: Sequence[str] = ()
    """The names of sheets, by the number of a link."""
    names: Sequence[str] = ()
    """Defined names; formulas count them from one."""

    def sheet(self, number: int) -> str:
        """The sheet of a link, folded."""
        return self.sheets[number].casefold() if 0 <= number < len(self.sheets) else "?"

    def name(self, number: int) -> Node:
        """The name of a number."""
        is_known = 1 <= number <= len(self.names)
        return Name(self.names[number - 1]) if is_known else Unknown(f"name{number}")


_NO_LINKS = Links()
_SIZES: Mapping[int, tuple[int, int, int]] = {
    # token: bytes behind it as Excel 5, Excel 97 and Excel 2007 write it
    0x01: (3, 4, 4), 0x02: (3, 4, 4), 0x18: (5, 5, 5), 0x1C: (1, 1, 1), 0x1D: (1, 1, 1),
    0x1E: (2, 2, 2), 0x1F: (8, 8, 8), 0x20: (7, 7, 14), 0x23: (14, 4, 4), 0x24: (3, 4, 6),
    0x25: (6, 8, 12), 0x26: (6, 6, 6), 0x27: (6, 6, 6), 0x28: (6, 6, 6), 0x29: (2, 2, 2),
    0x2A: (3, 4, 6), 0x2B: (6, 8, 12), 0x2C: (3, 4, 6), 0x2D: (6, 8, 12), 0x39: (24, 6, 6),
    0x3A: (17, 6, 8), 0x3B: (20, 10, 14), 0x3C: (17, 6, 8), 0x3D: (20, 10, 14),
}  # fmt: skip
_FAULTS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_SIGNS = {0x12: "+", 0x13: "-", 0x14: "%"}
_FUNCTION, _FUNCTION_OF_ANY = 0x21, 0x22
_ATTRIBUTE, _CHOOSES, _SUMS = 0x19, 0x04, 0x10
_NOTHING_BEHIND = range(0x12, 0x17)


@dataclass(slots=True)
class _Chain:
    """Strings that are being joined: a long chain is one call, not one within another."""

    links: list[Node]


@dataclass(slots=True)
class _Reader:
    compiled: bytes
    make: Make
    links: Links
    at: tuple[int, int]
    """The cell of the formula, which cells near it are counted from."""
    stack: list[Node | _Chain] = field(default_factory=list)
    position: int = 0


def read(
    compiled: bytes, make: Make, links: Links = _NO_LINKS, at: tuple[int, int] = (0, 0)
) -> Node:
    """The tree of the formula in the cell ``at``; of several that are left over, the last."""
    trees = _trees(_Reader(compiled, make, links, at))
    return trees[-1] if trees else None


def words(compiled: bytes, make: Make) -> str:
    """The formula as one would type it; as far as it could be read."""
    return ", ".join(map(tree.show, _trees(_Reader(compiled, make, _NO_LINKS, (0, 0)))))[:2_000]


def _trees(reader: _Reader) -> list[Node]:
    while reader.position < len(reader.compiled) and len(reader.stack) < _DEEPEST:
        _step(reader)
    return [_whole(one) for one in reader.stack]


def _step(reader: _Reader) -> None:
    token = reader.compiled[reader.position]
    reader.position += 1
    kind = token if token < 0x20 else (token & 0x1F) | 0x20
    if 0x03 <= token <= 0x11:
        right, left = _taken(reader, 1)[0], _pop(reader)
        reader.stack.append(_joined(left, right, tree.OPERATORS[token - 3]))
    elif token in _SIGNS:
        reader.stack.append(tree.call(_SIGNS[token], _taken(reader, 1)))
    elif token == 0x17:
        reader.stack.append(_string(reader))
    elif token == _ATTRIBUTE:
        _attribute(reader)
    elif kind in {_FUNCTION, _FUNCTION_OF_ANY}:
        reader.stack.append(_call(reader, kind))
    elif token == 0x16:
        reader.stack.append(None)
    elif token not in _NOTHING_BEHIND:
        size = _SIZES.get(kind, (len(reader.compiled),) * 3)[reader.make.value]
        stored = reader.compiled[reader.position : reader.position + size]
        reader.position += size
        if kind not in {0x01, 0x02} and kind not in range(0x26, 0x2A):
            reader.stack.append(_operand(kind, stored, reader))
        elif kind == 0x01:
            reader.stack.append(Unknown("shared"))


def _pop(reader: _Reader) -> Node | _Chain:
    return reader.stack.pop() if reader.stack else Unknown("?")


def _whole(piece: Node | _Chain) -> Node:
    return tree.call("&", piece.links) if isinstance(piece, _Chain) else piece


def _taken(reader: _Reader, count: int) -> list[Node]:
    return [_whole(_pop(reader)) for _ in range(count)][::-1]


def _joined(left: Node | _Chain, right: Node, operator: str) -> Node | _Chain:
    if operator == "&":
        if isinstance(left, _Chain):
            left.links.append(right)
            return left
        return _Chain([left, right])
    return tree.call(operator, (_whole(left), right))


def _attribute(reader: _Reader) -> None:
    flags = reader.compiled[reader.position] if reader.position < len(reader.compiled) else 0
    listed = _number(reader.compiled, reader.position + 1)
    reader.position += 3
    if flags & _CHOOSES:
        reader.position += 2 * (listed + 1)
    if flags & _SUMS:
        reader.stack.append(tree.call("SUM", _taken(reader, 1)))


def _call(reader: _Reader, kind: int) -> Node:
    if kind == _FUNCTION_OF_ANY:
        count = _number(reader.compiled, reader.position) & 0x7F
        number = _number(reader.compiled, reader.position + 1)
        reader.position += 3
    else:
        number = _number(reader.compiled, reader.position)
        count = numbers.count_of(number)
        reader.position += 2
    arguments = _taken(reader, min(count, len(reader.stack)))
    name = numbers.name_of(number)
    if name == numbers.USER and arguments:
        first, *arguments = arguments
        return tree.call(tree.show(first).upper(), arguments)
    return tree.call(name, arguments)


def _string(reader: _Reader) -> str:
    compiled, position = reader.compiled, reader.position
    if reader.make is Make.EXCEL_2007:
        reader.position = stop = position + 2 + 2 * _number(compiled, position)
        return compiled[position + 2 : stop].decode("utf-16-le", "replace")
    count = compiled[position] if position < len(compiled) else 0
    start = position + (1 if reader.make is Make.EXCEL_5 else 2)
    is_wide = reader.make is Make.EXCEL_97 and bool(compiled[position + 1 : start].strip(b"\0"))
    reader.position = stop = start + count * (2 if is_wide else 1)
    return compiled[start:stop].decode("utf-16-le" if is_wide else "latin-1", "replace")


def _operand(kind: int, stored: bytes, reader: _Reader) -> Node:
    node: Node = Fault("#REF!") if kind in {0x2A, 0x2B, 0x3C, 0x3D} else Unknown("?")
    match kind:
        case 0x1C:
            node = Fault(_FAULTS.get(_number(stored[:1], 0), "#VALUE!"))
        case 0x1D:
            node = bool(stored.strip(b"\0"))
        case 0x1E:
            node = float(_number(stored, 0))
        case 0x1F if len(stored) == 8:
            node = float(struct.unpack("<d", stored)[0])
        case 0x23:
            node = reader.links.name(_number(stored, 0))
        case 0x24 | 0x25 | 0x2C | 0x2D | 0x3A | 0x3B:
            node = _reference(kind, stored, reader)
        case 0x39:
            node = reader.links.name(_number(stored, 2))
    return node


def _reference(kind: int, stored: bytes, reader: _Reader) -> Node:
    sheet = ""
    if kind in {0x3A, 0x3B}:
        sheet, stored = _other_sheet(stored, reader)
    is_area = kind in {0x25, 0x2D, 0x3B}
    row_bytes = 4 if reader.make is Make.EXCEL_2007 else 2
    column_bytes = 1 if reader.make is Make.EXCEL_5 else 2
    if len(stored) < (row_bytes + column_bytes) * (2 if is_area else 1):
        return Fault("#REF!")
    rows = [*_numbers(stored, row_bytes, 2 if is_area else 1)]
    columns = [*_numbers(stored[row_bytes * len(rows) :], column_bytes, len(rows))]
    places = [
        _place(row, column, reader, near=kind in {0x2C, 0x2D})
        for row, column in zip(rows, columns, strict=True)
    ]
    (top, left), (bottom, right) = places[0], places[-1]
    return Ref(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _other_sheet(stored: bytes, reader: _Reader) -> tuple[str, bytes]:
    number = _number(stored, 0)
    if reader.make is not Make.EXCEL_5:
        return reader.links.sheet(number), stored[2:]
    # Excel 5 writes a link, eight bytes of nothing, and the first and the last sheet.
    return reader.links.sheet(_number(stored, 10)), stored[14:]


def _place(row: int, column: int, reader: _Reader, *, near: bool) -> tuple[int, int]:
    """Flags in the column say which of both is counted from the cell of the formula."""
    if reader.make is Make.EXCEL_5:
        return row & 0x3FFF, column
    flags, number = column >> 14, column & 0x3FFF
    rows, columns = (1 << 20, 1 << 14) if reader.make is Make.EXCEL_2007 else (1 << 16, 1 << 8)
    if near and flags & 0x2:
        row += reader.at[0]
    if near and flags & 0x1:
        number += reader.at[1]
    return row % rows, number % columns


def _numbers(stored: bytes, size: int, count: int) -> Iterator[int]:
    for index in range(count):
        yield int.from_bytes(stored[index * size : (index + 1) * size], "little")


def _number(compiled: bytes, position: int) -> int:
    return int.from_bytes(compiled[position : position + 2], "little")
