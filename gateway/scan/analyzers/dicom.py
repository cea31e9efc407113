"""Looks at DICOM files where they can be something else as well: preamble, documents, and end.

The 128 bytes before an image are for the reader of another format (PS3.10, 7.1). A TIFF header
there is honest; the head of a program makes one file that is an image and runs (CVE-2019-11687).
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats.health import dicomdata
from gateway.scan.formats.health.dicomdata import Contents
from gateway.scan.formats.kindnames import in_words
from gateway.scan.kinds import Kind

_HONEST = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""Heads of TIFF and BigTIFF, by which viewers of whole slides open the same file."""
_RUNS = re.compile(
    rb"""(?x) MZ | \x7fELF | \#! | \xca\xfe\xba\xbe | [\xce\xcf]\xfa\xed\xfe
    | \xfe\xed\xfa[\xce\xcf] | PK\x03\x04 | %PDF | \xd0\xcf\x11\xe0 | L\x00\x00\x00\x01\x14\x02\x00
    | MSCF | (?i: \s* (?: <(?: script|html|svg|\?php|job|hta|!doctype )
    | @?echo\s | :: | rem\s | powershell | \{\\rt ))"""
)
_DOCUMENTS = {
    "application/pdf": b"%PDF",
    "text/xml": b"<",
    "application/hl7-sda+xml": b"<",
}
"""Documents that the standard allows, and how they begin; the models for printers begin anyhow."""
_MODELS = frozenset({"model/stl", "model/obj", "model/mtl", "application/sla"})
_LEAST_BEHIND = 4
_HOME = frozenset({Kind.DICOM, Kind.MESSAGE})


class DicomAnalyzer:
    """Looks at DICOM files."""

    kinds = frozenset({Kind.DICOM})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what is in the preamble, which documents it carries, and what follows its end."""
        found = dicomdata.read(artifact.data)
        yield from _preamble(artifact, found.preamble)
        yield from _documents(artifact, found)
        yield from _end(artifact, found)


def _preamble(artifact: Artifact, preamble: bytes) -> Iterator[Finding]:
    if _RUNS.match(preamble):
        summary = "A medical image that another program runs or opens as well"
        others = [kind for kind in artifact.kinds if kind not in _HOME]
        also = f"it is {in_words(others)} too, and " if others else "it "
        evidence = f"{also}begins with {quote_bytes(preamble, 60)}"
        yield _finding("dicom.preamble", Level.MALICIOUS, summary, evidence, artifact)
    elif preamble.strip(b"\0 ") and not preamble.startswith(_HONEST):
        summary = "The preamble of a medical image is in use"
        evidence = f"it begins with {quote_bytes(preamble, 60)}"
        yield _finding("dicom.preamble", Level.NOTE, summary, evidence, artifact)


def _documents(artifact: Artifact, found: Contents) -> Iterator[Finding]:
    kind = found.document_type.lower()
    for start, stop in found.documents:
        head = artifact.data[start : min(stop, start + 40)].lstrip(b"\xef\xbb\xbf \r\n\t")
        evidence = f"{stop - start} bytes, stated as {quote(kind, 60) or 'nothing'}"
        if kind in _MODELS or (kind in _DOCUMENTS and head.startswith(_DOCUMENTS[kind])):
            summary = "A document inside a DICOM file; it was looked at too"
            yield _finding("dicom.document", Level.NOTE, summary, evidence, artifact)
        else:
            summary = "A file inside a DICOM file that is no medical document"
            evidence += f", begins with {quote_bytes(head, 30)}"
            yield _finding("dicom.document", Level.SUSPICIOUS, summary, evidence, artifact)


def _end(artifact: Artifact, found: Contents) -> Iterator[Finding]:
    behind = artifact.data[found.end :].strip(b"\0")
    if len(behind) < _LEAST_BEHIND:
        return
    size = len(artifact.data) - found.end
    if found.is_cut:
        summary = "A DICOM file ends in the middle"
        evidence = f"{size} bytes of an element that is longer"
        yield _finding("dicom.appended", Level.NOTE, summary, evidence, artifact)
        return
    evidence = f"{size} bytes behind the last element, which begin {quote_bytes(behind[:16])}"
    summary = "Something stands behind the end of a medical image"
    yield _finding("dicom.appended", Level.SUSPICIOUS, summary, evidence, artifact)


def _finding(code: str, level: Level, summary: str, evidence: str, artifact: Artifact) -> Finding:
    return Finding(code, level, summary, evidence, artifact.lineage, technique="T1036.008")
