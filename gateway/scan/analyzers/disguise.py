"""Compares what a file is with what it is called, under every name that a reader may show.

The content decides and the name is evidence. A program that looks like a document is malicious; a
picture with another picture's name is a note. Programs under their own names are judged elsewhere.
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames, lookalikes
from gateway.scan.formats.archives import ziprecords
from gateway.scan.formats.kindnames import in_words
from gateway.scan.identity import is_polyglot
from gateway.scan.kinds import Kind

_PROGRAMS = frozenset({Kind.PE, Kind.ELF, Kind.MACHO, Kind.JAR, Kind.MSI, Kind.LNK, Kind.SCRIPT})
_VAGUE = frozenset({Kind.DATA, Kind.TEXT, Kind.HPRIM, Kind.EMPTY})
_BINARIES = _PROGRAMS - {Kind.LNK, Kind.SCRIPT}
_PICTURES = ("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp")
_OLDER, _NEWER = (
    ("doc", "dot", "xls", "ppt", "pps"),
    ("docx", "docm", "xlsx", "xlsm", "pptx", "ppsx"),
)
_EXPECTED: dict[str, frozenset[Kind]] = {
    "pdf": frozenset({Kind.PDF}),
    "rtf": frozenset({Kind.RTF}),
    **dict.fromkeys(_OLDER, frozenset({Kind.OLE})),
    # A locked document is a compound file.
    **dict.fromkeys((*_NEWER, "xlsb"), frozenset({Kind.OOXML, Kind.OLE, Kind.ZIP})),
    **dict.fromkeys(("odt", "ods", "odp"), frozenset({Kind.ODF, Kind.ZIP})),
    **dict.fromkeys(_PICTURES, frozenset({Kind.IMAGE})),
    **dict.fromkeys(("dcm", "dicom"), frozenset({Kind.DICOM})),
    **dict.fromkeys(("txt", "csv", "log"), frozenset({Kind.HTML, Kind.XML, Kind.HL7, Kind.SCRIPT})),
    "zip": frozenset({Kind.ZIP, Kind.OOXML, Kind.ODF, Kind.JAR}),
}
_ARCHIVES = frozenset({Kind.ZIP, Kind.OOXML, Kind.ODF, Kind.JAR})
_ATTACHMENT = re.compile(rb"/EmbeddedFile\b[^\0]{0,400}>>\s{0,9}stream\r?\n\Z")
_SHOWN_TYPES = ("image/", "audio/", "video/", "text/plain", "application/pdf")
"""What mail programs show at once, or open without a question."""

_SUMMARIES = {
    "disguise.right-to-left": ("Invisible characters turn part of the name round", "T1036.002"),
    "disguise.padding": ("Blanks push the extension of a program out of sight", "T1036.008"),
    "disguise.double-extension": ("A program's name posing as a document's", "T1036.007"),
    "disguise.polyglot": ("One file that two programs read as two different things", "T1036.008"),
    "disguise.lookalike": ("Letters in the name only look like those they seem", "T1036.008"),
    "disguise.type": ("The sender states a type that the content is not", "T1036.008"),
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
        found = _hidden(artifact, name)
        if found is not None:
            code, level = found
            yield _finding(code, level, artifact, name)


def _hidden(artifact: Artifact, name: str) -> tuple[str, Level] | None:
    """What a name hides, and how bad that is."""
    is_program = filenames.runs(name) or not _PROGRAMS.isdisjoint(artifact.kinds)
    if filenames.turns_round(name, is_program=is_program):
        return "disguise.right-to-left", Level.MALICIOUS if is_program else Level.SUSPICIOUS
    if filenames.runs(name) and filenames.is_padded(name):
        return "disguise.padding", Level.MALICIOUS
    if filenames.has_double_extension(name):
        return "disguise.double-extension", Level.MALICIOUS
    seems = lookalikes.plain(name)
    if lookalikes.mixed_word(name) or (filenames.runs(seems) and not filenames.runs(name)):
        return "disguise.lookalike", Level.SUSPICIOUS
    return None


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
        careless = (name for name in artifact.names if _is_careless(artifact, name))
        if name := next(careless, ""):
            yield _finding("disguise.mismatch", Level.NOTE, artifact, name)
    if not _BINARIES.isdisjoint(artifact.kinds) and artifact.declared_type.startswith(_SHOWN_TYPES):
        stated = f"stated as {artifact.declared_type}, it"
        yield _finding("disguise.type", Level.SUSPICIOUS, artifact, stated)


def _is_careless(artifact: Artifact, name: str) -> bool:
    expected = _EXPECTED.get(filenames.extension(name))
    return expected is not None and expected.isdisjoint(artifact.kinds)


def _is_polyglot(artifact: Artifact) -> bool:
    """Whether its bytes are two things; that it is mail may be only what was declared."""
    kinds = tuple(kind for kind in artifact.kinds if kind is not Kind.MESSAGE)
    return is_polyglot(kinds) and not _is_attachment(artifact.data, frozenset(kinds))


def _is_attachment(data: bytes, kinds: frozenset[Kind]) -> bool:
    """Whether the archive in a PDF is a file attached to it, unpacked and in full."""
    if Kind.PDF not in kinds or not kinds - {Kind.PDF} <= _ARCHIVES or data[:5] != b"%PDF-":
        return False
    directory = ziprecords.last_directory(data)
    if directory is None:
        return False
    before = data[max(0, directory.shift - 500) : directory.shift]
    ends = data[directory.stop : directory.stop + 12].lstrip()
    return _ATTACHMENT.search(before) is not None and ends.startswith(b"endstream")


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
    evidence = f"{quote(name) or 'no name'} is {in_words(artifact.kinds)}"
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
