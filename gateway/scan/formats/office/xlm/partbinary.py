"""Reads the parts of .xlsb that macros need ([MS-XLSB] 2.1.7)."""

import struct
from collections.abc import Iterator

from gateway.scan.formats.office import biff, xlsb
from gateway.scan.formats.office.xlm import compiled
from gateway.scan.formats.office.xlm.book import Book, Cell, Sheet
from gateway.scan.formats.office.xlm.compiled import Links, Make
from gateway.scan.formats.office.xlm.parts import Bound, BoundSheet
from gateway.scan.formats.office.xlm.tree import Fault, Scalar

_ROW, _STRING_ITEM, _NAME, _SHEET = 0, 19, 39, 156
_OWN_BOOK, _OTHER_BOOKS, _LINKS = 357, frozenset({355, 358, 359, 360}), 362
_CELL = 8
_VALUE_CELLS = {2: "short", 3: "fault", 4: "truth", 5: "number", 6: "text", 7: "shared text"}
_FORMULA_CELLS = {8: "text", 9: "number", 10: "truth", 11: "fault"}
_VISIBILITY = {0: "visible", 1: "hidden", 2: "very hidden"}
_MOST_STRINGS = 200_000
_MOST_FORMULA_BYTES = 4 << 20


def workbook(data: bytes) -> Bound:
    """The sheets, the names and the links that ``workbook.bin`` lists."""
    bound = Bound()
    names: list[tuple[str, bytes]] = []
    books: list[bool] = []
    links: list[tuple[int, int]] = []
    for kind, body in xlsb.records(data):
        if kind == _SHEET and len(body) >= 12:
            relation, after = xlsb.text(body, 8)
            state = _VISIBILITY.get(int.from_bytes(body[:4], "little"), "hidden")
            bound.sheets.append(BoundSheet(xlsb.text(body, after)[0], state, relation))
        elif kind == _NAME and len(body) >= 13:
            name, after = xlsb.text(body, 9)
            length = int.from_bytes(body[after : after + 4], "little")
            names.append((name, body[after + 4 : after + 4 + length]))
        elif kind == _OWN_BOOK or kind in _OTHER_BOOKS:
            books.append(kind == _OWN_BOOK)
        elif kind == _LINKS:
            whole = body[4 : 4 + (len(body) - 4) // 12 * 12] if len(body) >= 16 else b""
            links += [(book, first) for book, first, _ in struct.iter_unpack("<IiI", whole)]
    listed = [sheet.name for sheet in bound.sheets]
    own = [
        listed[first] if _is_own(books, book) and 0 <= first < len(listed) else "?"
        for book, first in links
    ]
    bound.links = Links(own, [name for name, _ in names])
    bound.names = [
        (name, compiled.read(meaning, Make.EXCEL_2007, bound.links)) for name, meaning in names
    ]
    return bound


def _is_own(books: list[bool], number: int) -> bool:
    return books[number] if number < len(books) else False


def strings(data: bytes) -> Iterator[str]:
    """What ``sharedStrings.bin`` holds."""
    count = 0
    for kind, body in xlsb.records(data):
        if kind == _STRING_ITEM and count < _MOST_STRINGS:
            count += 1
            yield xlsb.text(body, 1)[0]


def fill(book: Book, sheet: Sheet, data: bytes, shared: list[str], links: Links) -> None:
    """Fill a sheet from its part."""
    row, left = 0, _MOST_FORMULA_BYTES
    for kind, body in xlsb.records(data):
        if kind == _ROW and len(body) >= 4:
            row = int.from_bytes(body[:4], "little") & 0xFFFFF
        elif kind in _VALUE_CELLS or kind in _FORMULA_CELLS:
            column = int.from_bytes(body[:4], "little") & 0x3FFF
            what = _VALUE_CELLS.get(kind) or _FORMULA_CELLS[kind]
            value, after = _value(what, body, shared)
            cell = Cell(value)
            if kind in _FORMULA_CELLS and sheet.is_macro:
                length = int.from_bytes(body[after + 2 : after + 6], "little")
                stored = body[after + 6 : after + 6 + length]
                left -= len(stored)
                if left < 0:
                    book.is_cut_short = True
                    return
                cell.formula = compiled.read(stored, Make.EXCEL_2007, links, (row, column))
            book.put(sheet, row, column, cell)


def _value(what: str, body: bytes, shared: list[str]) -> tuple[Scalar | Fault, int]:
    """What a cell shows, and where that ends."""
    match what:
        case "text":
            return xlsb.text(body, _CELL)
        case "number":
            stored = body[_CELL : _CELL + 8]
            return (struct.unpack("<d", stored)[0] if len(stored) == 8 else None), _CELL + 8
        case "truth":
            return body[_CELL : _CELL + 1] == b"\x01", _CELL + 1
        case "fault":
            return Fault("#VALUE!"), _CELL + 1
        case "short":
            return biff.short_number(int.from_bytes(body[_CELL : _CELL + 4], "little")), _CELL + 4
        case _:
            number = int.from_bytes(body[_CELL : _CELL + 4], "little")
            return (shared[number] if number < len(shared) else None), _CELL + 4
