"""Sees Excel 4.0 macro sheets, in workbooks of either make."""

import re
import struct
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats.compound import CompoundFile
from gateway.scan.formats.inflate import BROKEN
from gateway.scan.kinds import Kind

_EXCEL_97, _EXCEL_5 = ("workbook",), ("book",)
_MOST_GLOBALS = 4 << 20
_BOUND_SHEET, _END_OF_GLOBALS = 0x0085, 0x000A
_MACRO_SHEET = 0x01
_VISIBILITY = {0: "visible", 1: "hidden", 2: "very hidden"}
_PART = re.compile(r"(?i)(^|/)(?:intl)?macrosheets/[^/]+\.(xml|bin)$")
_ROOT = re.compile(rb"<(?:\w{1,20}:)?macrosheet[\s>]")


class XlmAnalyzer:
    """Looks at workbooks, and at the parts of those that are packages."""

    kinds = frozenset({Kind.OLE, Kind.XML, Kind.DATA})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding when there is a macro sheet."""
        shown = list(_sheets(artifact.data)) if Kind.OLE in artifact.kinds else _part(artifact)
        if shown:
            yield Finding(
                "macro.xlm",
                Level.SUSPICIOUS,
                "The workbook has an Excel 4.0 macro sheet",
                "; ".join(shown[:4]),
                artifact.lineage,
                technique="T1059",
            )


def _part(artifact: Artifact) -> list[str]:
    names = [quote(name) for name in artifact.names if _PART.search(name)]
    root = _ROOT.search(artifact.data, 0, 4096)
    return names or ([root[0].decode("ascii", "replace")] if root else [])


def _sheets(data: bytes) -> Iterator[str]:
    """The macro sheets that the globals of an .xls list ([MS-XLS] 2.4.28)."""
    opened = CompoundFile(data)
    for entry in opened.entries:
        path = tuple(map(str.lower, entry.path))
        if path not in {_EXCEL_97, _EXCEL_5}:
            continue
        for body in _bound_sheets(opened.read(entry, _MOST_GLOBALS)):
            hidden, kind = body[4] & 0x3, body[5]
            if kind == _MACRO_SHEET:
                name = _name(body[6:], has_flags=path == _EXCEL_97)
                yield f"macro sheet {quote(name, 40)}, {_VISIBILITY.get(hidden, 'hidden')}"


def _bound_sheets(stream: bytes) -> Iterator[bytes]:
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + length]
        if kind == _END_OF_GLOBALS:
            return
        if kind == _BOUND_SHEET and len(body) >= 8:
            yield body
        position += 4 + length


def _name(stored: bytes, *, has_flags: bool) -> str:
    """A counted name; since Excel 97 a byte of flags says whether it is wide."""
    if not has_flags:
        return stored[1 : 1 + stored[0]].decode("cp1252", "replace")
    if stored[1] & 1:
        return stored[2 : 2 + 2 * stored[0]].decode("utf-16-le", "replace")
    return stored[2 : 2 + stored[0]].decode("latin-1")
