"""Says of PGP messages what cannot be seen: only the recipient has the key."""

from collections.abc import Iterator

from gateway.mime import pgp
from gateway.model import Gap, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind


class PgpExtractor:
    """Tells encrypted messages from keys and signatures."""

    kinds = frozenset({Kind.PGP})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Gap]:
        """Yield a gap unless there is nothing inside to see."""
        match pgp.content_of(artifact.data):
            case pgp.Content.FOR_A_KEY:
                yield Gap(Reason.ENCRYPTED_MAIL, "PGP", artifact.lineage)
            case pgp.Content.FOR_A_PASSWORD:
                yield Gap(Reason.ENCRYPTED, "PGP with a password", artifact.lineage)
            case pgp.Content.PACKED:
                yield Gap(Reason.UNSUPPORTED, "signed or packed PGP content", artifact.lineage)
            case pgp.Content.NONE:
                return
