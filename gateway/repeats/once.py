"""Takes a message once, although a client that lost our 250 sends it again (RFC 1047)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gateway.model import Envelope
from gateway.repeats.turns import Turns
from gateway.smtp import replies
from gateway.smtp.journal import Earlier, Journal
from gateway.smtp.replies import Reply
from gateway.telemetry.events import Events


class Once:
    """What the journal knows of messages under way, for those who take and who answer them.

    A message is begun before it may be at its goal, and ended when that is known.
    Identical mail whose first copy was acknowledged is taken again: devices repeat themselves.
    A copy that comes while the first is under way waits for it: its client may have given up
    waiting and come back. ``patience_seconds`` bounds that wait once the first has its answer.
    ``is_held`` tells whether the quarantine has an item of this id; it blocks.
    """

    def __init__(
        self,
        journal: Journal,
        events: Events,
        *,
        is_held: Callable[[str], bool],
        patience_seconds: float,
    ) -> None:
        self._journal = journal
        self._events = events
        self._is_held = is_held
        self._turns = Turns(patience_seconds)
        self._repeats: dict[str, str] = {}

    def key(self, sha256: str, envelope: Envelope) -> str:
        """What the same message from the same client to the same people has in common."""
        return self._journal.key(sha256, envelope)

    @asynccontextmanager
    async def turn(self, identifier: str, key: str) -> AsyncIterator[Reply | None]:
        """Judge and act on this message within it, and on no copy of it meanwhile.

        Gives the answer, if the message was taken already and its client did not hear of it.
        Raises what ``is_held`` raises: then nobody knows, and the message must not be taken.
        """
        await self._turns.take(identifier, key)
        try:
            yield await self._recall(identifier, key)
        finally:
            is_taken = identifier in self._repeats or self._journal.is_relayed(identifier)
            (self._turns.decided if is_taken else self._turns.end)(identifier)

    async def begin(self, identifier: str, key: str, item: str = "") -> None:
        """Write down that the message may be at its goal from now on.

        ``item`` is its id when the goal is the quarantine. Raises OSError: then it must not get
        there.
        """
        await self._journal.begin(identifier, key, item)

    async def end(self, identifier: str, reply: Reply) -> None:
        """Write down what became of it. A 2xx is true even if that cannot be written."""
        if not reply.is_positive:
            self._journal.settled(identifier)
            return
        try:
            await self._journal.relayed(identifier, reply)
        except OSError as error:
            self._events.failed(identifier, "journal", error)

    def doubt(self, identifier: str) -> None:
        """Nobody knows what became of it: the same message is a retry."""
        self._journal.unanswered(identifier)

    def answered(self, identifier: str, *, is_heard: bool) -> None:
        """Tell whether the client heard our 2xx; only one that did not sends a repetition."""
        name = self._repeats.pop(identifier, identifier)
        settle = self._journal.settled if is_heard else self._journal.unanswered
        settle(name)
        self._turns.end(identifier)

    async def _recall(self, identifier: str, key: str) -> Reply | None:
        earlier = self._journal.claim(key)
        if earlier is None:
            return None
        if not await self._is_taken(earlier):
            if not earlier.item:
                self._events.in_doubt(identifier, earlier.identifier)
            return None
        self._repeats[identifier] = earlier.identifier
        self._events.repeated(identifier, earlier.identifier)
        return replies.accepted(earlier.identifier)

    async def _is_taken(self, earlier: Earlier) -> bool:
        if earlier.reply:
            return True
        if not earlier.item:
            # Nobody knows whether it arrived. RFC 5321 6.1: rather twice than never.
            return False
        try:
            is_held = await asyncio.to_thread(self._is_held, earlier.item)
        except BaseException:
            self._journal.unanswered(earlier.identifier)
            raise
        await self.end(earlier.identifier, replies.accepted("") if is_held else replies.INTERNAL)
        return is_held
