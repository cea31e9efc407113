"""Opens PDF documents that are locked: without their lock they can be seen into."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats import pdflock
from gateway.scan.kinds import Kind
from gateway.scan.passwords import Cost, Passwords, opened_note

_LOCKED = "a PDF with a password"


class PdfExtractor:
    """Opens the lock of a document, with the empty password that most of them have, or another."""

    kinds = frozenset({Kind.PDF})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield the document without its lock."""
        if pdflock.is_locked(artifact.data):
            yield from _unlocked(artifact, context.passwords)


def _unlocked(artifact: Artifact, passwords: Passwords) -> Iterator[Member | Finding | Gap]:
    plain = pdflock.unlocked(artifact.data, "")
    if plain is None:
        password = passwords.find(partial(pdflock.opens, artifact.data), Cost.FAIR)
        plain = pdflock.unlocked(artifact.data, password.text) if password else None
        if password is None or plain is None:
            yield Gap(Reason.ENCRYPTED, _LOCKED, artifact.lineage)
            return
        yield opened_note(password, "PDF", artifact.lineage)
    if plain != artifact.data and not pdflock.is_locked(plain):
        yield Member(artifact.name or "document.pdf", BytesIO(plain))
