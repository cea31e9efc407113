"""Opens ActiveMime: the macros of a Word document that is saved as a web page."""

from collections.abc import Iterator

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.inflate import DamagedError, Inflated
from gateway.scan.kinds import Kind

_USUAL_START = 0x32
_HEADERS = (b"\x78\x9c", b"\x78\x01", b"\x78\xda", b"\x78\x5e")


class ActiveMimeExtractor:
    """Opens .mso: a compound file, packed."""

    kinds = frozenset({Kind.ACTIVEMIME})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield the compound file."""
        head = artifact.data[:512]
        starts = [_USUAL_START, *sorted(head.find(header, 10) for header in _HEADERS)]
        start = next((at for at in starts if head[at : at + 2] in _HEADERS and at > 0), -1)
        if start < 0:
            raise DamagedError("ActiveMime without its packed content")
        stream = Inflated(artifact.data, inflate.once(inflate.zlib_wrapped), start)
        yield Member("editdata.bin", stream)
