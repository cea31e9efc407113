"""Opens mail: every part that some reader would show, under every name it may show."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import count, islice, pairwise

from gateway import mime
from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.kinds import Kind

_NEXT_MAIL = re.compile(rb"\n\r?\n(?=From [^\r\n]{1,200}\d\d:\d\d[^\r\n]{0,60}\r?\n)")
_MOST_MAILS = 2_000


class MessageExtractor:
    """Opens a message; attached mails are members, opened in their turn."""

    kinds = frozenset({Kind.MESSAGE})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield what is odd about the message itself, and each file in it."""
        number = count(1)
        for found in mime.read(artifact.data, artifact.lineage).open():
            yield _member(found, next(number)) if isinstance(found, mime.Payload) else found
        for later in _later(artifact.data):
            yield Member(f"mail {next(number)}", BytesIO(later), declared_type="message/rfc822")


def _later(data: bytes) -> Iterator[bytes]:
    """The mails behind the first one in a mailbox file (RFC 4155)."""
    if not data.startswith(b"From "):
        return
    starts = [found.end() for found in islice(_NEXT_MAIL.finditer(data), _MOST_MAILS)]
    for start, stop in pairwise([*starts, len(data)]):
        yield data[start:stop]


def _member(found: mime.Payload, number: int) -> Member:
    name = found.names[0] if found.names else f"{found.declared_type} part {number}"
    return Member(name, BytesIO(found.data), found.names[1:], found.declared_type)
