"""Judges Excel 4.0 macro sheets, in workbooks of every make: what they call, and what starts them.

A macro sheet is suspicious, for hardly anybody has written one since 1993 but attackers.
One that calls programs, Windows or the disk, and starts by itself or is hidden, is malicious.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import biff, xlsb
from gateway.scan.formats.compound import CompoundFile
from gateway.scan.formats.inflate import BROKEN
from gateway.scan.formats.xlmformula import Make, words
from gateway.scan.formats.xmlevents import End, MalformedError, Start, Text, events
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_MOST = 32 << 20
_MOST_FORMULAS = 50_000
_BOUND_SHEET, _NAME, _END, _FORMULA = 0x0085, 0x0018, 0x000A, frozenset({0x0006, 0x0206, 0x0406})
_MACRO_SHEET = 0x01
_MACRO_SHEETS_BEGIN = re.compile(rb"\x09[\x02\x04\x08][\s\S]{4}\x40\x00")
_VISIBILITY = {0: "visible", 1: "hidden", 2: "very hidden"}
_IS_BUILT_IN = 0x20
_BUILT_IN_STARTS = {"\x01": "Auto_Open", "\x02": "Auto_Close", "\x0a": "Auto_Activate"}
_STARTS = re.compile(r"(?i)^(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)")
_PART = re.compile(r"(?i)(^|/)(?:intl)?macrosheets/(?!binaryIndex)[^/]+\.(xml|bin)$")
_WORKBOOK_PART = re.compile(r"(?i)(^|/)xl/workbook\.(?:xml|bin)$")
_ROOT = re.compile(rb"<(?:\w{1,20}:)?macrosheet[\s>]")
_START_IN_WORKBOOK = re.compile(
    rb"(?i)_xlnm\.auto_(?:open|close|activate)|\ba\0u\0t\0o\0_\0o\0p\0e\0n\0"
)
_ACTS = re.compile(
    r"\b(EXEC|CALL|REGISTER(?:\.ID)?|FOPEN|FWRITE(?:LN)?|FILE\.DELETE|INITIATE|EXECUTE|SEND\.KEYS)\("
)
_WRITES = re.compile(r"\b(FORMULA(?:\.FILL|\.ARRAY)?)\(")
_DOES = {
    "EXEC": "starts programs",
    "INITIATE": "starts programs",
    "EXECUTE": "starts programs",
    "CALL": "calls Windows directly",
    "REGISTER": "calls Windows directly",
    "REGISTER.ID": "calls Windows directly",
    "FOPEN": "writes files",
    "FWRITE": "writes files",
    "FWRITELN": "writes files",
    "FILE.DELETE": "deletes files",
    "SEND.KEYS": "types in the place of the user",
}


@dataclass(slots=True)
class _Macros:
    """What is known of the macro sheets of a workbook, or of one part of it."""

    sheets: list[str] = field(default_factory=list)
    is_hidden: bool = False
    starts: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)


class XlmAnalyzer:
    """Looks at workbooks, and at the parts of those that are packages."""

    kinds = frozenset({Kind.OLE, Kind.XML, Kind.DATA})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding when there is a macro sheet."""
        macros = _workbook(artifact.data) if Kind.OLE in artifact.kinds else _part(artifact)
        yield from findings(artifact, _judge(macros))


def _judge(macros: _Macros) -> Iterator[Sign]:
    if not macros.sheets:
        return
    acts = {
        formula: _DOES[found[1]] for formula in macros.formulas if (found := _ACTS.search(formula))
    }
    does = ", ".join(dict.fromkeys(acts.values()))
    shown = [*macros.sheets[:2], *macros.starts[:1], *(quote(one) for one in acts)]
    if acts and (macros.starts or macros.is_hidden):
        how = "starts by itself" if macros.starts else "is hidden"
        summary = f"An Excel 4.0 macro {how} and {does}"
        yield from (Sign("macro.xlm-acts", Level.MALICIOUS, summary, one) for one in shown)
        return
    summary = "The workbook has an Excel 4.0 macro sheet" + (f" that {does}" if does else "")
    writes = [quote(one) for one in macros.formulas if _WRITES.search(one)]
    for one in [*shown, *writes]:
        yield Sign("macro.xlm", Level.SUSPICIOUS, summary, one)


def _part(artifact: Artifact) -> _Macros:
    """A part of a package. Nothing in another part says whether it is hidden; so it may be."""
    data, macros = artifact.data, _Macros()
    names = [quote(name) for name in artifact.names if _PART.search(name)]
    root = _ROOT.search(data, 0, 4096)
    if names or root:
        macros.sheets = names[:1] or [root[0].decode("ascii", "replace")] if root else names[:1]
        macros.is_hidden = True
        is_xml = Kind.XML in artifact.kinds
        macros.formulas = [*_in_xml(data)] if is_xml else [*_in_binary(data)]
    elif any(map(_WORKBOOK_PART.search, artifact.names)):
        found = _START_IN_WORKBOOK.search(data)
        if found is not None:
            macros.sheets = [quote(found[0].replace(b"\0", b"").decode("ascii", "replace"))]
    return macros


def _in_xml(data: bytes) -> Iterator[str]:
    formula: list[str] | None = None
    try:
        for event in events(data):
            match event:
                case Start("f"):
                    formula = []
                case Text(text) if formula is not None:
                    formula.append(text)
                case End("f") if formula is not None:
                    yield "".join(formula)
                    formula = None
    except MalformedError:
        # What stood before the fault was given out; Excel opens none of it.
        return


def _in_binary(data: bytes) -> Iterator[str]:
    return (words(one, Make.EXCEL_2007) for one in xlsb.formulas(data))


def _workbook(data: bytes) -> _Macros:
    """The macro sheets that the globals of an .xls list ([MS-XLS] 2.4.28), and their formulas."""
    macros = _Macros()
    opened = CompoundFile(data)
    for entry in opened.entries:
        folded = entry.name.lower()
        if len(entry.path) != 1 or folded not in {biff.EXCEL_97, biff.EXCEL_5}:
            continue
        stream = opened.read(entry, min(entry.size, _MOST))
        make = Make.EXCEL_97 if folded == biff.EXCEL_97 else Make.EXCEL_5
        for place in _globals(stream, make, macros):
            macros.formulas += _formulas(stream[place:], make)
    return macros


def _globals(stream: bytes, make: Make, macros: _Macros) -> Iterator[int]:
    """Fill ``macros``; yield where each macro sheet begins."""
    has_flags = make is Make.EXCEL_97
    places = []
    for kind, body in biff.records(stream):
        if kind == _END:
            break
        if kind == _BOUND_SHEET and len(body) >= 8:
            (place,) = struct.unpack_from("<I", body)
            # The list may lie about a sheet; Excel believes what stands at its beginning.
            begins = _MACRO_SHEETS_BEGIN.match(stream, place) is not None
            if body[5] != _MACRO_SHEET and not begins:
                continue
            hidden = body[4] & 0x3
            name = biff.text(body[7:], body[6], has_flags=has_flags)
            visible = _VISIBILITY.get(hidden, "hidden")
            macros.sheets.append(f"macro sheet {quote(name, 40)}, {visible}")
            macros.is_hidden |= bool(hidden)
            places.append(place)
        elif kind == _NAME and len(body) > 14:
            name = biff.text(body[14:], body[3], has_flags=has_flags)
            plain = _BUILT_IN_STARTS.get(name, "") if body[0] & _IS_BUILT_IN else name
            if _STARTS.match(plain):
                macros.starts.append(f"starts by {quote(plain, 40)}")
    yield from places


def _formulas(stream: bytes, make: Make) -> Iterator[str]:
    count = 0
    for kind, body in biff.records(stream):
        if kind == _END or count > _MOST_FORMULAS:
            return
        if kind in _FORMULA and len(body) > 22:
            count += 1
            length = int.from_bytes(body[20:22], "little")
            yield words(body[22 : 22 + length], make)
