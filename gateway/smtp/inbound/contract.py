"""What the SMTP server needs from the rest of the house."""

from typing import Protocol

from gateway.model import Envelope, Recipient
from gateway.smtp.replies import Reply
from gateway.spool import Spool


class Passage(Protocol):
    """One mail transaction on its way through. It is over after ``commit`` or ``abandon``."""

    async def offer(self, recipient: Recipient) -> Reply:
        """Offer one recipient to the next hop, and pass its answer back."""

    async def commit(self, message: Spool, identifier: str) -> Reply:
        """Judge the sealed message and act on it. A 2xx is said only when it is true."""

    async def abandon(self) -> None:
        """The client changed its mind, or is gone."""


class Pipeline(Protocol):
    """Takes messages, one Passage each."""

    def extensions(self) -> frozenset[str]:
        """EHLO keywords of the next hop when it was last asked, in upper case."""

    def size_limit(self) -> int | None:
        """The largest message that the next hop takes, None when it did not say."""

    async def begin(self, envelope: Envelope) -> Passage | Reply:
        """Start a transaction, recipients still empty; a Reply is a refusal to pass on."""


class Observer(Protocol):
    """Hears of what an administrator wants to find in the log."""

    def refused(self, identifier: str, stage: str, reply: Reply) -> None:
        """A session or a message went no further than this stage; the client got this reply."""

    def turned_down(self, cause: str) -> None:
        """A client was refused something, or cut off: ``cause`` is to be counted, not logged."""

    def failed(self, identifier: str, stage: str, error: Exception) -> None:
        """Something of ours went wrong; the client was told to try again."""


class Answered(Protocol):
    """Hears what became of the 250 for a message: the gap that RFC 1047 is about."""

    def __call__(self, identifier: str, *, is_heard: bool) -> None:
        """``is_heard``: the client spoke on, or closed in good order, after our reply.

        False: it was gone before the reply, or was lost right after, and may send again.
        """


def nobody_asks(identifier: str, *, is_heard: bool) -> None:
    """An ``Answered`` for a house that remembers no deliveries."""
