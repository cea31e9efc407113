"""Turns compiled formulas of Excel 4.0 macros back into words ([MS-XLS] 2.5.198, [MS-XLSB] 2.5.97).

Only as far as somebody needs who reads evidence: functions by their names, strings joined,
characters by their numbers spoken.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

_DEEPEST = 200
_LONGEST = 2_000

FUNCTIONS: Mapping[int, str] = {
    0x0035: "GOTO", 0x0036: "HALT", 0x0037: "RETURN", 0x004A: "NEXT", 0x0058: "SET.NAME",
    0x006C: "SET.VALUE", 0x006E: "EXEC", 0x006F: "CHAR", 0x0084: "FOPEN", 0x0089: "FWRITELN",
    0x008A: "FWRITE", 0x0095: "REGISTER", 0x0096: "CALL", 0x00AF: "INITIATE", 0x00B2: "EXECUTE",
    0x00B9: "GET.CELL", 0x00BA: "GET.WORKSPACE", 0x00C9: "UNREGISTER", 0x0101: "EVALUATE",
    0x010B: "REGISTER.ID", 0x8006: "FILE.DELETE", 0x8011: "RUN", 0x8060: "FORMULA",
    0x8061: "FORMULA.FILL", 0x8062: "FORMULA.ARRAY", 0x8083: "SEND.KEYS",
}  # fmt: skip
"""By number; the upper bit marks a command. Others are written as ``f12``."""
_OPERATORS = ("+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":")


class Make(Enum):
    """Who wrote the formula: the sizes of its operands differ."""

    EXCEL_5 = 0
    EXCEL_97 = 1
    EXCEL_2007 = 2


_SIZES: Mapping[int, tuple[int, int, int]] = {
    # token: bytes behind it as Excel 5, Excel 97 and Excel 2007 write it
    0x01: (3, 4, 4), 0x02: (3, 4, 4), 0x18: (5, 5, 5), 0x1C: (1, 1, 1), 0x1D: (1, 1, 1),
    0x1E: (2, 2, 2), 0x1F: (8, 8, 8), 0x20: (7, 7, 14), 0x23: (14, 4, 4), 0x24: (3, 4, 6),
    0x25: (6, 8, 12), 0x26: (6, 6, 6), 0x27: (6, 6, 6), 0x28: (6, 6, 6), 0x29: (2, 2, 2),
    0x2A: (3, 4, 6), 0x2B: (6, 8, 12), 0x2C: (3, 4, 6), 0x2D: (6, 8, 12), 0x39: (24, 6, 6),
    0x3A: (17, 6, 8), 0x3B: (20, 10, 14), 0x3C: (17, 6, 8), 0x3D: (20, 10, 14),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    literal: str | None = None
    """What it says, where it is a string that is known."""


def words(compiled: bytes, make: Make) -> str:
    """The formula; as far as it could be read."""
    stack: list[_Piece] = []
    position = 0
    while position < len(compiled) and len(stack) < _DEEPEST:
        token = compiled[position]
        position += 1
        if 0x03 <= token <= 0x11:
            right, left = _taken(stack, 2)
            stack.append(_joined(left, right, _OPERATORS[token - 3]))
            continue
        if token == 0x17:
            text, position = _string(compiled, position, make)
            stack.append(_Piece(f'"{text}"', text))
            continue
        if token == 0x19:
            position += 3 + _choices(compiled, position)
            continue
        kind = token if token < 0x20 else (token & 0x1F) | 0x20
        if kind in {0x21, 0x22}:
            position = _call(stack, compiled, position, kind)
            continue
        size = 0 if 0x12 <= token <= 0x16 else _SIZES.get(kind, (len(compiled),) * 3)[make.value]
        if token == 0x16 or token > 0x16:
            stack.append(_operand(kind, compiled[position : position + size]))
        position += size
    return ", ".join(piece.text for piece in stack)[:_LONGEST]


def _taken(stack: list[_Piece], count: int) -> Iterator[_Piece]:
    for _ in range(count):
        yield stack.pop() if stack else _Piece("?")


def _joined(left: _Piece, right: _Piece, operator: str) -> _Piece:
    if operator == "&" and left.literal is not None and right.literal is not None:
        text = (left.literal + right.literal)[:_LONGEST]
        return _Piece(f'"{text}"', text)
    return _Piece(f"{left.text}{operator}{right.text}"[:_LONGEST])


def _call(stack: list[_Piece], compiled: bytes, position: int, kind: int) -> int:
    count, at = 1, position
    if kind == 0x22:
        count, at = _number(compiled, position) & 0x7F, position + 1
    number, stop = _number(compiled, at), at + 2
    arguments = [*_taken(stack, min(count, len(stack)))][::-1]
    name = FUNCTIONS.get(number, f"f{number & 0x7FFF}")
    if name == "CHAR" and len(arguments) == 1 and arguments[0].text.isdecimal():
        text = chr(int(arguments[0].text) % 256)
        stack.append(_Piece(f'"{text}"', text))
    else:
        stack.append(_Piece(f"{name}({','.join(one.text for one in arguments)})"[:_LONGEST]))
    return stop


def _string(compiled: bytes, position: int, make: Make) -> tuple[str, int]:
    if make is Make.EXCEL_2007:
        stop = position + 2 + 2 * _number(compiled, position)
        return compiled[position + 2 : stop].decode("utf-16-le", "replace"), stop
    count = compiled[position] if position < len(compiled) else 0
    start = position + (1 if make is Make.EXCEL_5 else 2)
    is_wide = make is Make.EXCEL_97 and bool(compiled[position + 1 : start] != b"\0")
    stop = start + count * (2 if is_wide else 1)
    return compiled[start:stop].decode("utf-16-le" if is_wide else "latin-1", "replace"), stop


def _choices(compiled: bytes, position: int) -> int:
    """How many bytes a list of jumps takes besides."""
    is_list = bool(compiled[position : position + 1] and compiled[position] & 0x04)
    return 2 * (_number(compiled, position + 1) + 1) if is_list else 0


def _operand(kind: int, stored: bytes) -> _Piece:
    if kind == 0x1E and len(stored) == 2:
        return _Piece(str(int.from_bytes(stored, "little")))
    if kind == 0x1F and len(stored) == 8:
        return _Piece(f"{struct.unpack('<d', stored)[0]:g}")
    if kind == 0x24 and len(stored) in {4, 6}:
        row = int.from_bytes(stored[:-2], "little")
        return _Piece(f"R{row + 1}C{(int.from_bytes(stored[-2:], 'little') & 0x3FFF) + 1}")
    return _Piece("" if kind == 0x16 else "ref" if kind > 0x20 else str(stored[:1].hex()))


def _number(compiled: bytes, position: int) -> int:
    return int.from_bytes(compiled[position : position + 2], "little")
