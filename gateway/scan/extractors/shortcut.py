"""Opens Windows shortcuts: the load that a few of them carry behind their end."""

from collections.abc import Iterator

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats import shelllink
from gateway.scan.formats.archives import inflate
from gateway.scan.kinds import Kind

_SLACK = 4
"""The mark that ends the last block may be missing or doubled."""


class ShortcutExtractor:
    """Opens .lnk; what it does is told by an analyzer."""

    kinds = frozenset({Kind.LNK})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield what stands behind the last block."""
        data = artifact.data
        end = shelllink.read(data).end
        if len(data[end:].strip(b"\0")) > _SLACK:
            yield Member("appended", inflate.stored(data, end, len(data)))
