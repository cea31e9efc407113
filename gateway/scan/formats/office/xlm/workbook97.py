"""Reads the workbooks of Excel 5 to 2003 ([MS-XLS]) as far as their macros need it."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.scan.formats.office import biff
from gateway.scan.formats.office.xlm import compiled
from gateway.scan.formats.office.xlm.book import Book, Cell, Sheet
from gateway.scan.formats.office.xlm.compiled import Links, Make
from gateway.scan.formats.office.xlm.tree import Fault, Scalar

_BEGINS, _ENDS, _CONTINUES = frozenset({0x0809, 0x0409, 0x0209, 0x0009}), 0x000A, 0x003C
_BOUND_SHEET, _NAME, _EXTERN_SHEET, _SUPPORTING_BOOK = 0x0085, 0x0018, 0x0017, 0x01AE
_STRINGS, _SHARED = 0x00FC, 0x04BC
_FORMULA = frozenset({0x0006, 0x0206, 0x0406})
_STRING_OF_FORMULA = frozenset({0x0207, 0x0007})
_LABEL, _LABEL_BY_NUMBER = frozenset({0x0204, 0x00D6, 0x0004}), 0x00FD
_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS = frozenset({0x0203, 0x0003}), 0x027E, 0x00BD
_TRUTH = frozenset({0x0205, 0x0005})
_MACROS_BEGIN = 0x40
_MACRO_SHEET = 0x01
_VISIBILITY = {0: "visible", 1: "hidden", 2: "very hidden"}
_IS_BUILT_IN = 0x20
_BUILT_IN = {"\x01": "Auto_Open", "\x02": "Auto_Close", "\x0a": "Auto_Activate",
             "\x0b": "Auto_Deactivate"}  # fmt: skip
_MOST_FORMULA_BYTES = 4 << 20
_MOST_STRINGS = 200_000
_OWN_BOOK = re.compile(rb"..\x01\x04", re.DOTALL)
_REFERS_TO_SHARED = 0x01


@dataclass(slots=True)
class _Globals:
    """What stands before the sheets."""

    sheets: list[tuple[int, Sheet]] = field(default_factory=list)
    """Each with the place where it begins."""
    names: list[tuple[str, bytes]] = field(default_factory=list)
    """Each with its compiled meaning."""
    books: list[bool] = field(default_factory=list)
    """Whether a supporting book is this one."""
    links: list[tuple[int, int]] = field(default_factory=list)
    """A supporting book and a sheet in it."""
    strings: list[str] = field(default_factory=list)


def read(stream: bytes, make: Make) -> Book:
    """The workbook in a stream of a compound file; sheets without a formula stay empty."""
    found = _globals(stream, make)
    book = Book()
    sheets = [book.add(sheet) for _, sheet in found.sheets]
    if not book.macro_sheets:
        return book
    links = _links(found, [sheet.name for sheet in sheets], make)
    for name, meaning in found.names:
        book.define(name, compiled.read(meaning, make, links))
    reader = _SheetReader(book, make, links, found.strings)
    # Macros come first: for them the room must last.
    for place, sheet in sorted(found.sheets, key=lambda one: not one[1].is_macro):
        reader.read(stream, place, sheet)
    return book


def _globals(stream: bytes, make: Make) -> _Globals:
    found = _Globals()
    strings: list[bytes] = []
    is_in_strings = False
    for kind, body in biff.records(stream):
        if kind == _ENDS:
            break
        if kind == _BOUND_SHEET and len(body) >= 8:
            found.sheets.append(_bound(stream, body, make))
        elif kind == _NAME and len(body) > 14:
            found.names.append(_name(body, make))
        elif kind == _SUPPORTING_BOOK:
            found.books.append(_OWN_BOOK.fullmatch(body[:4]) is not None)
        elif kind == _EXTERN_SHEET and make is Make.EXCEL_97:
            count = int.from_bytes(body[:2], "little")
            found.links += [
                (book, sheet) for book, sheet, _ in struct.iter_unpack("<HHH", _even(body, count))
            ]
        is_in_strings = kind == _STRINGS or (is_in_strings and kind == _CONTINUES)
        if is_in_strings:
            strings.append(body)
    found.strings = list(_shared_strings(strings))
    return found


def _even(body: bytes, count: int) -> bytes:
    whole = min(count, (len(body) - 2) // 6)
    return body[2 : 2 + 6 * max(whole, 0)]


def _bound(stream: bytes, body: bytes, make: Make) -> tuple[int, Sheet]:
    (place,) = struct.unpack_from("<I", body)
    # The list may lie about a sheet; Excel believes what stands at its beginning.
    begins = stream[place + 6 : place + 8] == bytes([_MACROS_BEGIN, 0])
    name = biff.text(body[7:], body[6], has_flags=make is Make.EXCEL_97)
    visible = _VISIBILITY.get(body[4] & 0x3, "hidden")
    return place, Sheet(name, visible, is_macro=body[5] == _MACRO_SHEET or begins)


def _name(body: bytes, make: Make) -> tuple[str, bytes]:
    has_flags = make is Make.EXCEL_97
    name = biff.text(body[14:], body[3], has_flags=has_flags)
    is_wide = has_flags and bool(body[14] & 1)
    start = 14 + has_flags + body[3] * (2 if is_wide else 1)
    if body[0] & _IS_BUILT_IN:
        # Excel looks at the first character only.
        name = _BUILT_IN.get(name[:1], name)
    return name, body[start : start + int.from_bytes(body[4:6], "little")]


def _links(found: _Globals, sheets: list[str], make: Make) -> Links:
    names = [name for name, _ in found.names]
    if make is Make.EXCEL_5:
        return Links(sheets, names)
    own = [
        sheets[sheet] if book < len(found.books) and found.books[book] and sheet < len(sheets)
        else "?"
        for book, sheet in found.links
    ]  # fmt: skip
    return Links(own, names)


def _shared_strings(pieces: list[bytes]) -> Iterator[str]:
    """The strings of all sheets (2.4.265); where a piece ends within one, that one is left out.

    A string that goes on in the next piece has its flags again there, so it is put together.
    """
    if not pieces:
        return
    walk = _Pieces(pieces, position=8)
    for _ in range(min(int.from_bytes(pieces[0][4:8], "little"), _MOST_STRINGS)):
        text = walk.string()
        if text is None:
            return
        yield text


@dataclass(slots=True)
class _Pieces:
    """A record and those that it goes on in."""

    pieces: list[bytes]
    position: int = 0
    index: int = 0

    def string(self) -> str | None:
        """The next string; None at the end."""
        head = self.take(3)
        if len(head) < 3:
            return None
        count, flags = int.from_bytes(head[:2], "little"), head[2]
        runs = int.from_bytes(self.take(2), "little") if flags & 0x08 else 0
        extra = int.from_bytes(self.take(4), "little") if flags & 0x04 else 0
        text = self.characters(count, is_wide=bool(flags & 1))
        self.take(min(4 * runs + extra, 1 << 20))
        return text

    def characters(self, count: int, *, is_wide: bool) -> str:
        """``count`` of them; each further piece says anew how wide they are."""
        text = ""
        while count > 0 and self.index < len(self.pieces):
            width = 2 if is_wide else 1
            piece = self.pieces[self.index]
            stored = piece[self.position : self.position + count * width]
            text += stored.decode("utf-16-le" if is_wide else "latin-1", "replace")
            self.position += len(stored)
            count -= len(stored) // width
            if count > 0 and self.follow():
                is_wide = bool(self.pieces[self.index][:1] > b"\0")
                self.position = 1
        return text

    def take(self, count: int) -> bytes:
        """``count`` bytes, over the ends of pieces."""
        taken = b""
        while len(taken) < count and self.index < len(self.pieces):
            stored = self.pieces[self.index][self.position : self.position + count - len(taken)]
            taken += stored
            self.position += len(stored)
            if len(taken) < count:
                self.follow()
        return taken

    def follow(self) -> bool:
        """Go on to the next piece; False if there is none."""
        self.index, self.position = self.index + 1, 0
        return self.index < len(self.pieces)


@dataclass(slots=True)
class _SheetReader:
    book: Book
    make: Make
    links: Links
    strings: list[str]
    formula_bytes: int = _MOST_FORMULA_BYTES

    def read(self, stream: bytes, place: int, sheet: Sheet) -> None:
        """Fill the cells of a sheet that begins at ``place``."""
        last, depth = (0, 0), 0
        shared: list[tuple[tuple[int, int], bytes]] = []
        for kind, body in biff.records(stream[place:]):
            if kind in _BEGINS:
                depth += 1
            elif kind == _ENDS:
                depth -= 1
                if depth <= 0:
                    break
            elif kind in _FORMULA and len(body) > 22:
                last = self._formula(sheet, body, shared)
            elif kind in _STRING_OF_FORMULA and last in sheet.cells:
                sheet.cells[last].value = self._text(body)
            elif kind == _SHARED and len(body) > 10:
                length = int.from_bytes(body[8:10], "little")
                shared.append((last, body[10 : 10 + length]))
                self._use_shared(sheet, last, body[10 : 10 + length])
            else:
                self._value(sheet, kind, body)

    def _formula(
        self, sheet: Sheet, body: bytes, shared: list[tuple[tuple[int, int], bytes]]
    ) -> tuple[int, int]:
        row, column = struct.unpack_from("<HH", body)
        length = int.from_bytes(body[20:22], "little")
        stored = body[22 : 22 + length]
        cell = Cell(_cached(body[6:14]))
        if sheet.is_macro and self._pays(len(stored)):
            if stored[:1] == bytes([_REFERS_TO_SHARED]) and len(stored) >= 5:
                first = struct.unpack_from("<HH", stored, 1)
                stored = next((one for at, one in shared if at == first), stored)
            cell.formula = compiled.read(stored, self.make, self.links, (row, column))
        self.book.put(sheet, row, column, cell)
        return row, column

    def _use_shared(self, sheet: Sheet, at: tuple[int, int], stored: bytes) -> None:
        """The formula stands behind the first cell that uses it."""
        if at in sheet.cells and sheet.is_macro and self._pays(len(stored)):
            sheet.cells[at].formula = compiled.read(stored, self.make, self.links, at)

    def _pays(self, size: int) -> bool:
        self.formula_bytes -= size
        self.book.is_cut_short |= self.formula_bytes < 0
        return self.formula_bytes >= 0

    def _text(self, body: bytes) -> str:
        count = int.from_bytes(body[:2], "little")
        return biff.text(body[2:], count, has_flags=self.make is Make.EXCEL_97)

    def _value(self, sheet: Sheet, kind: int, body: bytes) -> None:
        if len(body) < 6:
            return
        row, column = struct.unpack_from("<HH", body)
        if kind == _SHORT_NUMBERS:
            for index, (_, number) in enumerate(struct.iter_unpack("<HI", _sixes(body))):
                self.book.put(sheet, row, column + index, Cell(biff.short_number(number)))
            return
        value = self._stored(kind, body[6:])
        if value is not None:
            self.book.put(sheet, row, column, Cell(value))

    def _stored(self, kind: int, body: bytes) -> Scalar | Fault:
        if kind in _LABEL:
            return self._text(body)
        if kind == _LABEL_BY_NUMBER:
            number = int.from_bytes(body[:4], "little")
            return self.strings[number] if number < len(self.strings) else None
        if kind in _NUMBER and len(body) >= 8:
            return float(struct.unpack_from("<d", body)[0])
        if kind == _SHORT_NUMBER and len(body) >= 4:
            return biff.short_number(int.from_bytes(body[:4], "little"))
        if kind in _TRUTH and len(body) >= 2:
            return Fault("#VALUE!") if body[1] else bool(body[0])
        return None


def _sixes(body: bytes) -> bytes:
    """The cells of a row of numbers, without the two bytes behind them."""
    return body[4 : 4 + (len(body) - 6) // 6 * 6]


def _cached(stored: bytes) -> Scalar | Fault:
    """What a formula gave (2.5.133); a string follows in a record of its own."""
    if stored[6:8] != b"\xff\xff":
        return float(struct.unpack("<d", stored)[0]) if len(stored) == 8 else None
    match stored[0]:
        case 1:
            return bool(stored[2])
        case 2:
            return Fault("#VALUE!")
        case _:
            return None
