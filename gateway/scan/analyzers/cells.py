"""Sees formulas that act, in texts that a spreadsheet program opens: CSV, SYLK and their like."""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames
from gateway.scan.formats.addresses import defanged
from gateway.scan.formats.commands import starts_program
from gateway.scan.formats.office import links as officelinks
from gateway.scan.formats.text import markup
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_TABLES = frozenset({"csv", "tsv", "tab", "slk", "sylk", "dif", "prn", "xls"})
_SYLK = b"ID;P"
_CELL = r"(?im)(?:^|[,;\t])[ \"']{0,6}"
_ASKS = re.compile(_CELL + r"(?:E(?=\w{1,40}\|))?([=+@-]?[^|,;\t\r\n\"]{0,200}\|[^!\r\n]{0,1000}!)")
_FETCHES = re.compile(
    _CELL + r"([=+@-][^\r\n]{0,200}\b(?:WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED"
    r"|IMPORTRANGE|HYPERLINK|IMAGE)\s{0,4}\([^\r\n]{0,300})"
)
_DDE = re.compile(_CELL + r"=[^\r\n]{0,200}\bDDE\s{0,4}\(([^\r\n]{1,300})")
"""The function of LibreOffice: ``=DDE("cmd";"/c calc";"x")``."""
_JOINS = re.compile(r"(?i)\b(?:HYPERLINK|IMAGE)\b(?!.*(?:[A-Z]{1,3}\d|&))")
_MACRO_SHEET = re.compile(r"(?m)^O;(?:[^;\r\n]*;)*E\s*$")
_STARTS = re.compile(r"(?im)^NN;NAuto_(?:open|close)")
_CALLS = re.compile(
    r"(?im)^C;[^\r\n]{0,80}?;E([^\r\n]{0,40}?(?:EXEC|CALL|REGISTER|FOPEN)\([^\r\n]{0,300})"
)


class CellAnalyzer:
    """Looks at texts with the name of a table, and at SYLK under any name."""

    kinds = frozenset({Kind.TEXT, Kind.HL7, Kind.HPRIM})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what its cells start, fetch or send."""
        is_sylk = artifact.data.startswith(_SYLK)
        is_table = any(filenames.extension(name) in _TABLES for name in artifact.names)
        if is_sylk or is_table:
            # Excel saves "Unicode text" as UTF-16, and opens it.
            text = markup.decode(artifact.data)
            yield from findings(artifact, _signs(text))
            if is_sylk:
                yield from findings(artifact, _macros(text))


def _signs(text: str) -> Iterator[Sign]:
    if "|" in text:
        for found in _ASKS.finditer(text):
            if starts_program(found[1]):
                yield officelinks.of_dde(found[1], found[1])
    for found in _DDE.finditer(text):
        yield officelinks.of_dde(found[1], found[1])
    for found in _FETCHES.finditer(text):
        if not _JOINS.search(found[1]):
            summary = "A cell fetches from an address, and may send what stands in others"
            yield Sign("office.remote-object", Level.SUSPICIOUS, summary, quote(defanged(found[1])))


def _macros(text: str) -> Iterator[Sign]:
    """SYLK holds Excel 4.0 macros too, and Excel asks nobody before it opens them."""
    calls = [found[1] for found in _CALLS.finditer(text)]
    starts = _STARTS.search(text)
    if calls and starts:
        summary = "An Excel 4.0 macro starts by itself and calls programs or Windows"
        yield from (Sign("macro.xlm-acts", Level.MALICIOUS, summary, quote(one)) for one in calls)
    elif calls or starts or _MACRO_SHEET.search(text):
        summary = "The table has an Excel 4.0 macro sheet"
        shown = calls or [starts[0]] if starts else calls
        yield Sign("macro.xlm", Level.SUSPICIOUS, summary, quote("; ".join(shown)))
