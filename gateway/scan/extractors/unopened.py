"""Says of the containers that nobody here can open that they were not looked at."""

import re
from collections.abc import Iterator

from gateway.model import Gap, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind

_VOLUME = re.compile(r"(?i)\.(?:(?:7z|zip|rar|tar|gz|iso|exe)\.\d{3}|[zra]\d\d)$")


class UnopenedExtractor:
    """Knows archives by their signature or, of a volume, by its name, and cannot open them."""

    kinds = frozenset(
        {Kind.ACE, Kind.EGG, Kind.ZOO, Kind.ZPAQ, Kind.RARE_ARCHIVE, Kind.VAULT} | {Kind.DATA}
    )
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Gap]:
        """Yield one gap for each such kind."""
        for kind in artifact.kinds:
            if kind is Kind.VAULT:
                yield Gap(Reason.ENCRYPTED, "a vault with a password", artifact.lineage)
            elif kind is Kind.DATA:
                yield from _volume(artifact)
            elif kind in self.kinds:
                yield Gap(Reason.UNSUPPORTED, f"{kind.value} archive", artifact.lineage)


def _volume(artifact: Artifact) -> Iterator[Gap]:
    """A later volume of a split archive has no signature: its name alone tells what it is."""
    if any(map(_VOLUME.search, artifact.names)):
        detail = "a volume of a split archive, which means nothing without the others"
        yield Gap(Reason.UNSUPPORTED, detail, artifact.lineage)
