"""Opens mail: every part that some reader would show, under every name it may show."""

from collections.abc import Iterator
from io import BytesIO
from itertools import count

from gateway import mime
from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.kinds import Kind


class MessageExtractor:
    """Opens a message; attached mails are members, opened in their turn."""

    kinds = frozenset({Kind.MESSAGE})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield what is odd about the message itself, and each file in it."""
        number = count(1)
        for found in mime.read(artifact.data, artifact.lineage).open():
            yield _member(found, next(number)) if isinstance(found, mime.Payload) else found


def _member(found: mime.Payload, number: int) -> Member:
    name = found.names[0] if found.names else f"{found.declared_type} part {number}"
    return Member(name, BytesIO(found.data), found.names[1:], found.declared_type)
