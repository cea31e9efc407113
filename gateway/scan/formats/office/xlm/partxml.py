"""Reads the parts of .xlsx and .xlsm that macros need (ECMA-376 part 1, 18)."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.scan.formats.office.xlm import typed
from gateway.scan.formats.office.xlm.book import Book, Cell, Sheet
from gateway.scan.formats.office.xlm.parts import Bound, BoundSheet
from gateway.scan.formats.office.xlm.tree import LONGEST_TEXT, Fault, Ref, Scalar, Unknown
from gateway.scan.formats.text.xmlevents import End, MalformedError, Start, Text, events

_VISIBILITY = {"hidden": "hidden", "veryhidden": "very hidden"}
_MOST_STRINGS = 200_000


def workbook(data: bytes) -> Bound:
    """The sheets and the names that ``workbook.xml`` lists."""
    bound = Bound()
    name = ""
    text: list[str] = []
    try:
        for event in events(data):
            match event:
                case Start("sheet", attributes):
                    bound.sheets.append(_bound_sheet(attributes))
                case Start("definedName", attributes):
                    name, text = attributes.get("name", ""), []
                case Text(piece):
                    text.append(piece)
                case End("definedName") if name:
                    bound.names.append((name, typed.read("".join(text))))
                    name = ""
    except MalformedError:
        return bound
    return bound


def _bound_sheet(attributes: dict[str, str]) -> BoundSheet:
    state = attributes.get("state", "").lower()
    return BoundSheet(
        attributes.get("name", ""), _VISIBILITY.get(state, "visible"), attributes.get("id", "")
    )


def strings(data: bytes) -> Iterator[str]:
    """What ``sharedStrings.xml`` holds. Raises MalformedError."""
    text: list[str] = []
    count, is_reading = 0, False
    for event in events(data):
        match event:
            case Start("si"):
                text = []
            case Start("t"):
                is_reading = True
            case End("t"):
                is_reading = False
            case Text(piece) if is_reading:
                text.append(piece)
            case End("si"):
                count += 1
                yield "".join(text)[:LONGEST_TEXT]
                if count >= _MOST_STRINGS:
                    return


@dataclass(slots=True)
class _Open:
    """The cell that is being read."""

    row: int = 0
    column: int = 0
    kind: str = ""
    value: str = ""
    formula: str = ""
    is_shared: bool = False


def fill(book: Book, sheet: Sheet, data: bytes, shared: list[str]) -> None:
    """Fill a sheet from its part. Raises MalformedError."""
    cell = _Open()
    text: list[str] = []
    for event in events(data):
        match event:
            case Start("c", attributes):
                cell = _opened(attributes, cell)
            case Start("f", attributes):
                cell.is_shared, text = attributes.get("t") == "shared", []
            case Start("v" | "t"):
                text = []
            case Text(piece):
                text.append(piece)
            case End("f"):
                cell.formula = "".join(text)
            case End("v" | "t"):
                cell.value = "".join(text)
            case End("c"):
                _close(book, sheet, cell, shared)


def _opened(attributes: dict[str, str], last: _Open) -> _Open:
    place = typed.reference(attributes.get("r", ""))
    kind = attributes.get("t", "n")
    if isinstance(place, Ref):
        return _Open(place.top, place.left, kind)
    return _Open(last.row, last.column + 1, kind)


def _close(book: Book, sheet: Sheet, cell: _Open, shared: list[str]) -> None:
    at = (cell.row, cell.column)
    filled = Cell(_value(cell, shared))
    if sheet.is_macro and cell.formula:
        filled.formula = typed.read(cell.formula, at)
    elif sheet.is_macro and cell.is_shared:
        filled.formula = Unknown("shared formula")
    if filled.formula is not None or filled.value is not None:
        book.put(sheet, *at, filled)


def _value(cell: _Open, shared: list[str]) -> Scalar | Fault:
    match cell.kind:
        case "s":
            number = int(cell.value) if cell.value.isdecimal() and len(cell.value) < 9 else -1
            return shared[number] if 0 <= number < len(shared) else None
        case "str" | "inlineStr":
            return cell.value[:LONGEST_TEXT]
        case "b":
            return cell.value.strip() == "1"
        case "e":
            return Fault(cell.value[:20])
        case _:
            return _number(cell.value)


def _number(written: str) -> float | None:
    try:
        return float(written) if written else None
    except ValueError:
        return None
