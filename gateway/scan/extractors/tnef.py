"""Opens TNEF: the attachments and the bodies that Outlook packs into winmail.dat."""

from collections.abc import Iterator
from io import BytesIO
from itertools import count

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member, Stream
from gateway.scan.formats import lzfu, tnef
from gateway.scan.formats.archives import inflate
from gateway.scan.kinds import Kind


class TnefExtractor:
    """Opens winmail.dat; an attached message is TNEF again."""

    kinds = frozenset({Kind.TNEF})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each attachment under its names, and each body."""
        number = count(1)
        for packed in tnef.files(artifact.data):
            name, *others = (*filter(None, packed.names), f"attachment {next(number)}")
            yield Member(
                name, _stream(packed.data), tuple(others[:-1]), declared_type=packed.declared_type
            )


def _stream(data: bytes) -> Stream:
    return lzfu.opened(data) if lzfu.is_packed(data) else BytesIO(data)
