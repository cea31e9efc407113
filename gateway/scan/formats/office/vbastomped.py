"""Compares the compiled form of macros, which Office runs, with their source, which scanners read.

Lines may be taken out of the source, or a harmless source of the same length put in its place.
Names that nobody uses any more stay in the list of a project: only those count that compiled lines
refer to. Strings are written into the lines themselves.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from gateway.model import Level
from gateway.scan.evidence import quote
from gateway.scan.formats.office import vbacompiled
from gateway.scan.formats.office.vba import Module
from gateway.scan.signs import Sign

_SLIP, _MANY = 2, 10
"""Lines that the source may lack, and so many that nobody lost them by accident."""
_SHORTEST = 4
_MOST_LOOKED_FOR = 50
_MOST_STRINGS = 20_000
_WORD = re.compile(r"[^\W\d]\w{0,254}")
_QUOTED = re.compile(r'"((?:[^"\r\n]|"")*)"')
_STARTS = re.compile(
    r"auto_?(?:exec|open|close|new)|document_(?:open|close|new)|workbook_(?:open|activate"
    r"|beforeclose)|presentation_open"
)
_ACTS = re.compile(
    r"shell|shellexecute(?:ex)?[aw]?|winexec|createprocess[aw]?|createthread|virtualalloc(?:ex)?"
    r"|writeprocessmemory|urldownloadtofile[aw]?|createobject|getobject|callbyname|strreverse"
    r"|macscript|wscript|xmlhttp"
)
_TELLS = re.compile(
    r"(?i)\bhttps?:|\bftp:|\\\\[\w.]{3,}\\|powershell|\bcmd\b|mshta|rundll32|regsvr32|certutil"
    r"|wscript|XMLHTTP|ADODB\.Stream|\.(?:exe|dll|ps1|vbs|bat|hta)\b"
)


def signs(modules: Sequence[Module]) -> Iterator[Sign]:
    """What compiled forms have and sources have not."""
    for module in modules:
        yield from _missing_lines(module)
    compiled = [module for module in modules if module.compiled]
    if compiled:
        sources = [module.source for module in modules]
        yield from _missing_strings(compiled, sources)
        yield from _missing_names(compiled, sources)


def _missing_lines(module: Module) -> Iterator[Sign]:
    attribute = "Attribute "
    source = module.source.rstrip("\0").splitlines()
    kept = module.source.rstrip("\0\r\n \t").splitlines()
    # Blank lines at the end were compiled too; no more of them than nobody leaves by accident.
    blank = min(len(source) - len(kept), _MANY - 1)
    written = sum(not line.startswith(attribute) for line in kept) + blank
    compiled = vbacompiled.count(module.compiled)
    missing = compiled - written
    # Lines that go on in the next one make a small difference.
    if missing > _SLIP + written // 10:
        name = quote(module.name, 40)
        shown = f"{name}: {compiled} compiled lines, {written} lines of source"
        level = Level.MALICIOUS if missing >= _MANY else Level.SUSPICIOUS
        summary = "The source of a macro was taken out, and its compiled form is there and runs"
        yield Sign("macro.stomped", level, summary, shown)


def _missing_strings(compiled: Sequence[Module], sources: Sequence[str]) -> Iterator[Sign]:
    written: set[str] = set()
    for source in sources:
        for found in _QUOTED.finditer(source):
            if len(written) < _MOST_STRINGS:
                written.add(found[1].replace('""', '"'))
    looked_for = 0
    for module in compiled:
        for stored in vbacompiled.strings(module.compiled):
            # In what other letters mean two code pages may differ.
            text = stored.decode("ascii", "ignore")
            if len(text) < max(_SHORTEST, len(stored)) or text in written or not text.isprintable():
                continue
            looked_for += 1
            doubled = text.replace('"', '""')
            if looked_for > _MOST_LOOKED_FOR or any(doubled in source for source in sources):
                continue
            level = Level.MALICIOUS if _TELLS.search(text) else Level.SUSPICIOUS
            summary = "The compiled form of a macro, which runs, says what its source does not"
            shown = f'{quote(module.name, 40)}: "{quote(text)}"'
            yield Sign("macro.stomped", level, summary, shown)


def _missing_names(compiled: Sequence[Module], sources: Sequence[str]) -> Iterator[Sign]:
    known = frozenset(word[0].casefold() for text in sources for word in _WORD.finditer(text))
    for project, modules in groupby(compiled, key=lambda module: module.project):
        used = vbacompiled.used(project, [module.compiled for module in modules], known)
        only = {name: is_in_line for name, is_in_line in used if name not in known}
        starts = [name for name in only if _STARTS.fullmatch(name)]
        acts = [name for name, is_in_line in only.items() if is_in_line and _ACTS.fullmatch(name)]
        level = Level.MALICIOUS if starts and acts else Level.SUSPICIOUS
        summary = "The compiled form of a macro, which runs, uses names that its source does not"
        for name in (*starts, *acts):
            yield Sign("macro.stomped", level, summary, quote(name, 60))
