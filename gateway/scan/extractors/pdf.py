"""Opens PDF: takes its lock off, and hands out the files, scripts and forms that it carries."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from itertools import islice

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.pdf import files as pdffiles
from gateway.scan.formats.pdf import lock as pdflock
from gateway.scan.formats.pdf.objects import PdfObjects
from gateway.scan.kinds import Kind
from gateway.scan.passwords import Cost, Passwords, opened_note

_LOCKED = "a PDF with a password"
_MOST_CARRIED = 1_000


class PdfExtractor:
    """Opens documents; the lock of most opens with the empty password."""

    kinds = frozenset({Kind.PDF})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield what is in it, or the whole document without its lock."""
        if pdflock.is_locked(artifact.data):
            yield from _unlocked(artifact, context.passwords)
        elif pdffiles.CARRIERS.search(artifact.data):
            yield from _carried(artifact)


def _unlocked(artifact: Artifact, passwords: Passwords) -> Iterator[Member | Finding | Gap]:
    plain = pdflock.unlocked(artifact.data, "")
    if plain is None:
        password = passwords.find(partial(pdflock.opens, artifact.data), Cost.FAIR)
        plain = pdflock.unlocked(artifact.data, password.text) if password else None
        if password is None or plain is None:
            yield Gap(Reason.ENCRYPTED, _LOCKED, artifact.lineage)
            return
        yield opened_note(password, "PDF", artifact.lineage)
    yield Member(artifact.name or "document.pdf", BytesIO(plain))


def _carried(artifact: Artifact) -> Iterator[Member | Gap]:
    document = PdfObjects(artifact.data)
    if document.has_unknown:
        plain = pdflock.rewritten(artifact.data)
        document = document if plain is None else PdfObjects(plain)
    found = pdffiles.carried(document)
    for one in islice(found, _MOST_CARRIED):
        name, *others = one.names
        if one.data is None:
            yield Gap(Reason.DAMAGED, one.problem, (*artifact.lineage, name))
        else:
            yield Member(name, BytesIO(one.data), names=tuple(others))
    if next(found, None) is not None:
        yield Gap(Reason.TOO_MANY, "more files than are looked at", artifact.lineage)
