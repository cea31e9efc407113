"""Compares what a file is with what it is called, under every name that a reader may show.

The content decides and the name is evidence. A program that looks like a document is malicious; a
picture with another picture's name is a note. Programs under their own names are judged elsewhere.
"""

from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames
from gateway.scan.kinds import Kind, is_polyglot

_PROGRAMS = frozenset({Kind.PE, Kind.ELF, Kind.MACHO, Kind.JAR, Kind.MSI, Kind.LNK, Kind.SCRIPT})
_VAGUE = frozenset({Kind.DATA, Kind.TEXT, Kind.EMPTY})
_OFFICE = frozenset({Kind.OLE, Kind.OOXML, Kind.RTF, Kind.HTML, Kind.XML, Kind.MESSAGE, Kind.ZIP})
_EXPECTED: dict[str, frozenset[Kind]] = {
    "pdf": frozenset({Kind.PDF}),
    **dict.fromkeys(("doc", "docx", "docm", "dot", "rtf", "xls", "xlsx", "xlsm", "xlsb"), _OFFICE),
    **dict.fromkeys(("ppt", "pptx", "pps", "ppsx"), _OFFICE),
    **dict.fromkeys(("odt", "ods", "odp"), frozenset({Kind.ODF, Kind.ZIP})),
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff"), frozenset({Kind.IMAGE})),
    **dict.fromkeys(("dcm", "dicom"), frozenset({Kind.DICOM})),
    **dict.fromkeys(("txt", "csv", "log"), frozenset({Kind.HTML, Kind.XML, Kind.HL7, Kind.SCRIPT})),
    "zip": frozenset({Kind.ZIP, Kind.OOXML, Kind.ODF, Kind.JAR}),
}

_SUMMARIES = {
    "disguise.right-to-left": ("Invisible characters turn part of the name round", "T1036.002"),
    "disguise.padding": ("Blanks push the extension of a program out of sight", "T1036.008"),
    "disguise.double-extension": ("A program's name posing as a document's", "T1036.007"),
    "disguise.polyglot": ("One file that two programs read as two different things", "T1036.008"),
    "disguise.program": ("A program under the name of a document", "T1036.008"),
    "disguise.mismatch": ("The content is of another kind than the name says", "T1036.008"),
}


class DisguiseAnalyzer:
    """Looks at every file."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what its names hide."""
        yield from _by_name(artifact)
        yield from _by_content(artifact)


def _by_name(artifact: Artifact) -> Iterator[Finding]:
    for name in artifact.names:
        if filenames.RIGHT_TO_LEFT_OVERRIDE in name:
            is_program = filenames.runs(name) or not _PROGRAMS.isdisjoint(artifact.kinds)
            level = Level.MALICIOUS if is_program else Level.SUSPICIOUS
            yield _finding("disguise.right-to-left", level, artifact, name)
        elif filenames.runs(name) and filenames.is_padded(name):
            yield _finding("disguise.padding", Level.MALICIOUS, artifact, name)
        elif filenames.has_double_extension(name):
            yield _finding("disguise.double-extension", Level.MALICIOUS, artifact, name)


def _by_content(artifact: Artifact) -> Iterator[Finding]:
    programs = [kind for kind in artifact.kinds if kind in _PROGRAMS]
    if _is_polyglot(artifact):
        level = Level.MALICIOUS if programs else Level.SUSPICIOUS
        yield _finding("disguise.polyglot", level, artifact, artifact.name)
    elif programs:
        disguised = (name for name in artifact.names if _is_document(name, programs[0]))
        if name := next(disguised, ""):
            yield _finding("disguise.program", Level.MALICIOUS, artifact, name)
    elif artifact.kinds[0] not in _VAGUE:
        expected = _EXPECTED.get(filenames.extension(artifact.name))
        if expected is not None and expected.isdisjoint(artifact.kinds):
            yield _finding("disguise.mismatch", Level.NOTE, artifact, artifact.name)


def _is_polyglot(artifact: Artifact) -> bool:
    """Whether its bytes are two things; that it is mail may be only what was declared."""
    kinds = tuple(kind for kind in artifact.kinds if kind is not Kind.MESSAGE)
    return is_polyglot(kinds)


def _is_document(name: str, program: Kind) -> bool:
    last = filenames.extension(name)
    if program is Kind.SCRIPT and last in filenames.PLAIN_TEXTS:
        return False
    # A Java archive is a zip file, and unpacked as one it does nothing.
    if program is Kind.JAR and last == "zip":
        return False
    return last in filenames.DOCUMENTS


def _finding(code: str, level: Level, artifact: Artifact, name: str) -> Finding:
    summary, technique = _SUMMARIES[code]
    kinds = " and ".join(kind.value for kind in artifact.kinds)
    evidence = f"{quote(name) or 'no name'}: the content is {kinds}"
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
