"""Judges OneNote sections by the files that their pages carry, to be started by a click.

A page shows an attached file as an icon, and a picture of a button over it leads to the click.
A document or a picture is what people attach; what Windows runs has no honest use there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames
from gateway.scan.formats.office import onepage, onestore
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_MOST_FILES = 200
_RUN = frozenset(
    {Kind.PE, Kind.ELF, Kind.MACHO, Kind.JAVA_CLASS, Kind.JAR, Kind.MSI, Kind.LNK, Kind.CHM}
    | {Kind.SCRIPT}
)
_SHOWN = frozenset(
    {Kind.PDF, Kind.OOXML, Kind.ODF, Kind.OLE, Kind.RTF, Kind.IMAGE, Kind.AUDIO_VIDEO, Kind.TEXT}
    | {Kind.DICOM, Kind.HL7, Kind.HPRIM, Kind.MESSAGE, Kind.EMPTY, Kind.FONT}
)
_WINDOWS_PAGE = re.compile(rb"(?i)<hta:application")
_LURE = re.compile(
    r"""(?ix) \b double [\s-]? cli(?:ck|qu|c\b) | \b doppel [\s-]? kli?ck | \b doble [\s-]? clic
    | \b doppio [\s-]? clic | \b cli(?:ck|quez) \s+ (?:here|ici|to|pour|sur) \b"""
)


@dataclass(frozen=True, slots=True)
class _File:
    """An attached file that is no picture."""

    shown: str
    runs: bool
    is_document: bool


class OneNoteAnalyzer:
    """Looks at sections of every packaging."""

    kinds = frozenset({Kind.ONENOTE})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what a click would start; the files themselves are looked at one by one."""
        yield from findings(artifact, _signs(artifact.data))


def _signs(data: bytes) -> Iterator[Sign]:
    attached = [*islice(onestore.files(data), _MOST_FILES)]
    pages = onepage.read(data)
    drawn = sum(onestore.is_picture(data, one.start) for one in attached)
    pictures = max(drawn, len(pages.pictures))
    files = [_file(data, one) for one in attached if not onestore.is_picture(data, one.start)]
    # A name says what a click does even where the file behind it was not found.
    known = {one.name for one in attached}
    files += [
        _File(quote(name, 80), runs=True, is_document=False)
        for name in pages.files
        if name not in known and filenames.runs(name)
    ]
    lure = next(filter(None, map(_lure, (*pages.texts, *pages.pictures))), "")
    around = [f"{pictures} pictures on its pages" if pictures != 1 else "1 picture on its pages"]
    around += [f"the page says: {quote(lure, 80)}"] if lure else []
    running = [one for one in files if one.runs]
    if running:
        summary = f"A notebook carries {_counted(len(running))} that a click starts"
        for shown in ["; ".join(one.shown for one in running[:3]), *around]:
            yield Sign("onenote.runs", Level.MALICIOUS, summary, shown)
    elif lure and any(not one.is_document for one in files):
        summary = "A notebook asks for a click on a file that is no document"
        for shown in [*(one.shown for one in files if not one.is_document), *around]:
            yield Sign("onenote.lure", Level.SUSPICIOUS, summary, shown)


def _file(data: bytes, attached: onestore.Attached) -> _File:
    content = data[attached.start : attached.stop]
    kinds = identify(content, "")
    runs = (
        filenames.runs(attached.name)
        or not _RUN.isdisjoint(kinds)
        or _WINDOWS_PAGE.search(content, 0, 1 << 16) is not None
    )
    shown = (
        f"{quote(attached.name, 80) or 'a file without a name'} ({kinds[0]}, {len(content)} bytes)"
    )
    return _File(shown, runs=runs, is_document=kinds[0] in _SHOWN)


def _lure(text: str) -> str:
    return text if _LURE.search(text) else ""


def _counted(count: int) -> str:
    return "a file" if count == 1 else f"{count} files"
