"""Opens ALZ, the archive of ALZip, which Korean senders use."""

from collections.abc import Iterator

from gateway.model import Gap, Reason
from gateway.scan.api import Artifact, Context, Member, Stream
from gateway.scan.formats.archives import alzrecords, inflate
from gateway.scan.formats.archives.alzrecords import Entry
from gateway.scan.kinds import Kind

_METHODS: dict[int, inflate.Begin] = {
    alzrecords.BZIP2: inflate.bzip2,
    alzrecords.DEFLATED: inflate.deflate,
}


class AlzExtractor:
    """Opens ALZ archives; a locked file in one is a gap."""

    kinds = frozenset({Kind.ALZ})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Gap]:
        """Yield each file inside."""
        for entry in alzrecords.entries(artifact.data):
            if not entry.is_folder:
                yield _member(artifact, entry)


def _member(artifact: Artifact, entry: Entry) -> Member | Gap:
    lineage = (*artifact.lineage, entry.name)
    if entry.is_encrypted:
        return Gap(Reason.ENCRYPTED, "needs a password", lineage)
    stream = _stream(artifact.data, entry)
    if stream is None:
        return Gap(Reason.UNSUPPORTED, f"compression method {entry.method}", lineage)
    return Member(entry.name, inflate.Checked(stream, entry.size, entry.crc))


def _stream(data: bytes, entry: Entry) -> Stream | None:
    if entry.method == alzrecords.STORED:
        return inflate.stored(data, entry.body, entry.stop)
    begin = _METHODS.get(entry.method)
    if begin is None:
        return None
    return inflate.Inflated(data, inflate.once(begin), entry.body, entry.stop)
