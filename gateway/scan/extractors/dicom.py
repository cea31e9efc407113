"""Opens DICOM files: the documents in them, and whatever stands behind their end."""

from collections.abc import Iterator
from itertools import chain

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.health import dicomdata
from gateway.scan.kinds import Kind

_NAMES = {
    "application/pdf": "document.pdf",
    "text/xml": "document.xml",
    "application/hl7-sda+xml": "document.xml",
    "model/stl": "model.stl",
    "model/obj": "model.obj",
}
_LEAST_BEHIND = 4
_CHUNK = 1 << 16
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_PLAIN = b"1.2.840.10008.1.2.1\0\0\0"


class DicomExtractor:
    """Opens encapsulated documents (PS3.3, A.45); pixels are no files."""

    kinds = frozenset({Kind.DICOM})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each document, then what is behind the last element; a deflated file in plain."""
        data = artifact.data
        found = dicomdata.read(data)
        if found.deflated_from is not None:
            yield Member("inflated.dcm", _inflated(data, found.deflated_from))
        for start, stop in found.documents:
            name = _NAMES.get(found.document_type.lower(), "document")
            inside = inflate.stored(data, start, stop)
            yield Member(name, inside, declared_type=found.document_type.lower())
        behind = data[found.end :].strip(b"\0")
        if len(behind) >= _LEAST_BEHIND:
            yield Member("behind the end", inflate.stored(data, found.end, len(data)))


def _inflated(data: bytes, start: int) -> inflate.Chunked:
    """The same file, its data set in plain (PS3.5, A.5), so that it is opened like any other."""
    stream = inflate.Inflated(data, inflate.once(inflate.deflate), start)
    head = data[:start].replace(_DEFLATED, _PLAIN)
    return inflate.Chunked(chain([head], iter(lambda: stream.read(_CHUNK), b"")))
