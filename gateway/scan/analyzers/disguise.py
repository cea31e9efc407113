"""Compares what a file is with what it is called, under every name that a reader may show.

The content decides and the name is evidence. A program that looks like a document is malicious;
one that looks like a program is suspicious; a picture with another picture's name is a note.
"""

from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames
from gateway.scan.kinds import Kind, is_polyglot

_BINARIES = frozenset({Kind.PE, Kind.ELF, Kind.MACHO, Kind.JAR, Kind.MSI})
_RUN_BY_KIND = frozenset({Kind.LNK, Kind.CHM})
_PROGRAMS = _BINARIES | {Kind.LNK, Kind.SCRIPT}
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
    "program.attached": ("A program is attached", "T1204.002"),
    "program.script": ("A file is attached that acts when it is opened", "T1204.002"),
}


class DisguiseAnalyzer:
    """Looks at every file."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what its names hide; of a file that runs, at least that it does."""
        hidden = [*_by_name(artifact), *_by_content(artifact)]
        yield from hidden
        if not any(finding.level >= Level.MALICIOUS for finding in hidden):
            yield from _in_the_open(artifact)


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


def _in_the_open(artifact: Artifact) -> Iterator[Finding]:
    """A file that runs and does not hide it."""
    running = next((name for name in artifact.names if filenames.runs(name)), "")
    last = filenames.extension(running)
    if last == "com" and not {Kind.HTML, Kind.MESSAGE}.isdisjoint(artifact.kinds):
        # A page or a mail called www.example.com is no program of MS-DOS.
        return
    shown = running or artifact.name
    if last in filenames.RUNS_AS_PROGRAM or not _BINARIES.isdisjoint(artifact.kinds):
        yield _finding("program.attached", Level.SUSPICIOUS, artifact, shown)
    elif running or not _RUN_BY_KIND.isdisjoint(artifact.kinds):
        yield _finding("program.script", Level.SUSPICIOUS, artifact, shown)


def _finding(code: str, level: Level, artifact: Artifact, name: str) -> Finding:
    summary, technique = _SUMMARIES[code]
    kinds = " and ".join(kind.value for kind in artifact.kinds)
    evidence = f"{quote(name) or 'no name'}: the content is {kinds}"
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
