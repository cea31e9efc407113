"""Reads workbooks that are packages (.xlsm, .xlsb) as far as their macros need it."""

import posixpath
import re
from collections.abc import Iterator

from gateway.scan.formats.office.xlm import partbinary, partxml
from gateway.scan.formats.office.xlm.book import Book, Sheet
from gateway.scan.formats.office.xlm.compiled import Links
from gateway.scan.formats.office.xlm.parts import Bound, BoundSheet, Parts
from gateway.scan.formats.text.xmlevents import MalformedError, Start, events

_MACRO_TYPES = re.compile(rb"(?i)macrosheet")
_MACRO_PART = re.compile(
    r"(?i)(?:^|/)(?:intl)?macrosheets/(?!_rels/|binaryIndex)[^/]+\.(?:xml|bin)$"
)
_MACRO_RELATION = re.compile(r"(?i)/xl(?:intl)?macrosheet$")
_MACRO_ROOT = re.compile(rb"<(?:\w{1,20}:)?macrosheet[\s>]")
_WORKBOOK = re.compile(r"(?i)^xl/workbook\.(xml|bin)$")
_TYPES = "[content_types].xml"


def read(data: bytes) -> Book:
    """The workbook in a ZIP file; its sheets stay empty if none of them holds macros."""
    parts = Parts(data)
    path = _workbook(parts)
    is_binary = path.lower().endswith(".bin")
    bound = _bound(parts, path, is_binary=is_binary)
    book = Book()
    for name, meaning in bound.names:
        book.define(name, meaning)
    if not any(map(_MACRO_PART.search, parts.names)) and not _states_macros(parts):
        return book
    strings = _strings(parts, path, is_binary=is_binary)
    sheets = [(book.add(_sheet(one, parts)), one.part) for one in bound.sheets]
    known = {part.lower() for _, part in sheets}
    sheets += [
        (book.add(Sheet(posixpath.basename(name), is_macro=True)), name)
        for name in parts.names
        if _MACRO_PART.search(name) and name.lower() not in known
    ]
    # Macros come first: for them the room must last.
    for sheet, part in sorted(sheets, key=lambda one: not one[0].is_macro):
        fill(book, sheet, parts.read(part), strings, bound.links)
    book.is_cut_short |= parts.is_cut_short
    return book


def fill(book: Book, sheet: Sheet, part: bytes, strings: list[str], links: Links) -> None:
    """Fill a sheet from its part, of either make."""
    try:
        if part.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            partxml.fill(book, sheet, part, strings)
        else:
            partbinary.fill(book, sheet, part, strings, links)
    except MalformedError:
        # What stood before the fault was taken; Excel opens none of it.
        book.is_cut_short = True


def _workbook(parts: Parts) -> str:
    """Where the workbook is: packages say so, and most have it at the usual place."""
    relations = _relations(parts, "").values()
    stated = (path for kind, path in relations if kind.endswith("/officeDocument"))
    return next(stated, "") or next(filter(_WORKBOOK.match, parts.names), "")


def _states_macros(parts: Parts) -> bool:
    return _MACRO_TYPES.search(parts.read(_TYPES)) is not None


def _bound(parts: Parts, path: str, *, is_binary: bool) -> Bound:
    data = parts.read(path)
    if not is_binary and b"workbook" not in data and b"\0" not in data[:64]:
        # The text of a letter or the frame of slides: to read it as XML takes 20 ms.
        return Bound()
    bound = partbinary.workbook(data) if is_binary else partxml.workbook(data)
    relations = _relations(parts, path)
    for sheet in bound.sheets:
        kind, sheet.part = relations.get(sheet.relation, ("", ""))
        sheet.is_macro |= _MACRO_RELATION.search(kind) is not None
    return bound


def _sheet(bound: BoundSheet, parts: Parts) -> Sheet:
    is_macro = (
        bound.is_macro
        or _MACRO_PART.search(bound.part) is not None
        or _MACRO_ROOT.search(parts.read(bound.part)[:4096]) is not None
    )
    return Sheet(bound.name, bound.visibility, is_macro)


def _relations(parts: Parts, path: str) -> dict[str, tuple[str, str]]:
    """Where the relationships of a part lead, and of what type they are; "" for the package."""
    folder, _, name = path.rpartition("/")
    relations = {}
    try:
        for event in events(parts.read(f"{folder}/_rels/{name}.rels".lstrip("/"))):
            if isinstance(event, Start) and event.name == "Relationship":
                target = event.attributes.get("Target", "")
                whole = posixpath.normpath(posixpath.join("/", folder, target))
                kind = event.attributes.get("Type", "")
                relations[event.attributes.get("Id", "")] = (kind, whole.lstrip("/"))
    except MalformedError:
        return relations
    return relations


def _strings(parts: Parts, path: str, *, is_binary: bool) -> list[str]:
    folder = path.rpartition("/")[0]
    if is_binary:
        return list(partbinary.strings(parts.read(f"{folder}/sharedStrings.bin")))
    return list(_whole(partxml.strings(parts.read(f"{folder}/sharedStrings.xml"))))


def _whole(strings: Iterator[str]) -> Iterator[str]:
    try:
        yield from strings
    except MalformedError:
        return
