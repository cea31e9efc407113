"""Opens DICOM files: the documents in them, and whatever stands behind their end."""

from collections.abc import Iterator

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats import dicomdata, inflate
from gateway.scan.kinds import Kind

_NAMES = {
    "application/pdf": "document.pdf",
    "text/xml": "document.xml",
    "application/hl7-sda+xml": "document.xml",
    "model/stl": "model.stl",
    "model/obj": "model.obj",
}
_LEAST_BEHIND = 4


class DicomExtractor:
    """Opens encapsulated documents (PS3.3, A.45); pixels are no files."""

    kinds = frozenset({Kind.DICOM})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each document, then what is behind the last element; a deflated data set whole."""
        data = artifact.data
        found = dicomdata.read(data)
        if found.deflated_from is not None:
            once = inflate.once(inflate.deflate)
            stream = inflate.Inflated(data, once, found.deflated_from, len(data))
            yield Member("data set", stream)
        for start, stop in found.documents:
            name = _NAMES.get(found.document_type.lower(), "document")
            inside = inflate.stored(data, start, stop)
            yield Member(name, inside, declared_type=found.document_type.lower())
        behind = data[found.end :].strip(b"\0")
        if len(behind) >= _LEAST_BEHIND:
            yield Member("behind the end", inflate.stored(data, found.end, len(data)))
