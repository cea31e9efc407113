"""Says of the containers that nobody here can open that they were not looked at."""

from collections.abc import Iterator

from gateway.model import Gap, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind


class UnopenedExtractor:
    """Knows archives by their signature, and cannot open them."""

    kinds = frozenset(
        {Kind.ACE, Kind.ALZ, Kind.EGG, Kind.ZOO, Kind.ZPAQ, Kind.LZ4, Kind.RARE_ARCHIVE, Kind.VAULT}
    )
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Gap]:
        """Yield one gap for each such kind."""
        for kind in artifact.kinds:
            if kind is Kind.VAULT:
                yield Gap(Reason.ENCRYPTED, "a vault with a password", artifact.lineage)
            elif kind in self.kinds:
                yield Gap(Reason.UNSUPPORTED, f"{kind.value} archive", artifact.lineage)
