"""Judges Excel 4.0 macro sheets, in workbooks of every make: what they do, and what starts them.

A macro sheet is suspicious, for hardly anybody has written one since 1993 but attackers.
One that calls programs, Windows or the disk, and starts by itself or is hidden, is malicious.
Macros are followed from where they start, so that commands are seen which they put together.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats.archives.inflate import BROKEN
from gateway.scan.formats.office import biff
from gateway.scan.formats.office.compound import CompoundFile
from gateway.scan.formats.office.xlm import machine, package, tree, workbook97
from gateway.scan.formats.office.xlm.book import Book, Sheet
from gateway.scan.formats.office.xlm.compiled import Links, Make
from gateway.scan.formats.office.xlm.machine import ACTS, Deed
from gateway.scan.formats.office.xlm.tree import Call, Node
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_MOST = 32 << 20
_MOST_NODES = 500_000
_PART = re.compile(r"(?i)(^|/)(?:intl)?macrosheets/(?!binaryIndex)[^/]+\.(xml|bin)$")
_WORKBOOK_PART = re.compile(r"(?i)(^|/)xl/workbook\.(?:xml|bin)$")
_ROOT = re.compile(rb"<(?:\w{1,20}:)?macrosheet[\s>]")
_START_IN_WORKBOOK = re.compile(
    rb"(?i)_xlnm\.auto_(?:open|close|activate)|\ba\0u\0t\0o\0_\0o\0p\0e\0n\0"
)
_WRITES = ("FORMULA", "FORMULA.FILL", "FORMULA.ARRAY")
_TELLING = re.compile(r"(?i)\bhttps?:|\bEXEC\(|\bcmd\b|powershell|\.dll\b")
_SHOWN = 220


class XlmAnalyzer:
    """Looks at workbooks, and at macro sheets that lie elsewhere than in one."""

    kinds = frozenset({Kind.OLE, Kind.OOXML, Kind.XML, Kind.DATA})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding when there is a macro sheet, and one when it could not be followed."""
        for book in _books(artifact):
            yield from findings(artifact, _judge(book))


def _books(artifact: Artifact) -> Iterator[Book]:
    if Kind.OLE in artifact.kinds:
        yield from _old(artifact.data)
    elif Kind.OOXML in artifact.kinds:
        yield package.read(artifact.data)
    elif artifact.within[-1:] != (Kind.OOXML,):
        yield _part(artifact)


def _old(data: bytes) -> Iterator[Book]:
    """The workbooks in a compound file: Excel 97 may write one for Excel 5 beside its own."""
    opened = CompoundFile(data)
    for entry in opened.entries:
        folded = entry.name.lower()
        if len(entry.path) == 1 and folded in {biff.EXCEL_97, biff.EXCEL_5}:
            stream = opened.read(entry, min(entry.size, _MOST))
            make = Make.EXCEL_97 if folded == biff.EXCEL_97 else Make.EXCEL_5
            yield workbook97.read(stream, make)


def _part(artifact: Artifact) -> Book:
    """A part without its package. Nothing says whether it is hidden; so it may be."""
    data, book = artifact.data, Book()
    names = [name for name in artifact.names if _PART.search(name)]
    root = _ROOT.search(data, 0, 4096)
    if names or root:
        name = names[0] if names else root[0].decode("ascii", "replace") if root else ""
        sheet = book.add(Sheet(name, "hidden", is_macro=True))
        package.fill(book, sheet, data, [], Links())
    elif any(map(_WORKBOOK_PART.search, artifact.names)):
        found = _START_IN_WORKBOOK.search(data)
        if found is not None:
            book.define(found[0].replace(b"\0", b"").decode("ascii", "replace"), None)
    return book


def _judge(book: Book) -> Iterator[Sign]:
    sheets = book.macro_sheets
    starts = [f"starts by {quote(name, 40)}" for name, _ in book.starts[:1]]
    if not sheets:
        for one in starts:
            yield Sign("macro.xlm", Level.SUSPICIOUS, "A name of the workbook starts macros", one)
        return
    outcome = machine.follow(book)
    deeds = sorted(_all_deeds(book, outcome), key=_rank)
    does = ", ".join(dict.fromkeys(deed.does for deed in deeds))
    listed = [f"macro sheet {quote(one.name, 40)}, {one.visibility}" for one in sheets[:2]]
    head = "; ".join([*listed, *starts])
    shown = [head, *dict.fromkeys(_quoted(deed, book) for deed in deeds)]
    is_hidden = any(sheet.visibility != "visible" for sheet in sheets)
    if deeds and (starts or is_hidden):
        how = "starts by itself" if starts else "is hidden"
        summary = f"An Excel 4.0 macro {how} and {does}"
        yield from (Sign("macro.xlm-acts", Level.MALICIOUS, summary, one) for one in shown)
    else:
        summary = "The workbook has an Excel 4.0 macro sheet" + (f" that {does}" if does else "")
        first = islice(_calls(book, _WRITES), 50) if deeds else islice(_calls(book), 50)
        for one in [*shown, *(_quoted(call, book) for call in first)]:
            yield Sign("macro.xlm", Level.SUSPICIOUS, summary, one)
    yield from _unclear(book, outcome)


def _all_deeds(book: Book, outcome: machine.Outcome) -> Iterator[Deed]:
    """What was come by, and what formulas say that were not: some are reached by ways unknown."""
    yield from outcome.deeds
    reached = {(deed.place, deed.does) for deed in outcome.deeds}
    for deed in _calls(book, tuple(ACTS)):
        if (deed.place, deed.does) not in reached:
            yield deed


def _calls(book: Book, names: tuple[str, ...] = ()) -> Iterator[Deed]:
    """Calls of these functions; without names, what each cell calls."""
    left = _MOST_NODES
    for sheet in book.macro_sheets:
        for (row, column), cell in sheet.cells.items():
            waiting: list[Node] = [cell.formula]
            while waiting and left > 0:
                left -= 1
                node = waiting.pop()
                if not isinstance(node, Call):
                    continue
                waiting += node.arguments if names else ()
                if node.name in names or not names:
                    place = tree.show(tree.cell(sheet.name.casefold(), row, column))
                    yield Deed(place, ACTS.get(node.name, ""), tree.show(node))


def _rank(deed: Deed) -> tuple[bool, str, str]:
    """What tells most comes first: addresses and command lines."""
    return _TELLING.search(deed.shown) is None, deed.place, deed.shown


def _quoted(deed: Deed, book: Book) -> str:
    name, _, cell = deed.place.rpartition("!")
    sheet = book.sheets.get(name)
    return f"{quote(sheet.name if sheet else name, 40)}!{cell}: {quote(deed.shown, _SHOWN)}"


def _unclear(book: Book, outcome: machine.Outcome) -> Iterator[Sign]:
    summary = "What an Excel 4.0 macro does could not be followed to its end"
    if book.is_cut_short or outcome.is_cut_short:
        why = "there is more of it than is looked at"
        yield Sign("macro.xlm-unclear", Level.SUSPICIOUS, summary, why)
    for question in islice(outcome.unknown, 3):
        asked = f"it asks the machine: {quote(question, 80)}"
        yield Sign("macro.xlm-unclear", Level.NOTE, summary, asked)
