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
from quarantine import State

_GONE = frozenset({State.DELETED, State.PURGED})


class Once:
    """What the journal knows of messages under way, for those who take and who answer them.

    A message is begun before it may be at its goal, and ended when that is known.
    Identical mail whose first copy was acknowledged is taken again: devices repeat themselves.
    A copy that comes while the first is under way waits for it: its client may have given up
    waiting and come back. ``patience_seconds`` bounds that wait once the first has its answer.
    ``state_of`` asks the quarantine what became of an item, None if it has none; it blocks.
    """

    def __init__(
        self,
        journal: Journal,
        events: Events,
        *,
        state_of: Callable[[str], State | None],
        patience_seconds: float,
    ) -> None:
        self._journal = journal
        self._events = events
        self._state_of = state_of
        self._turns = Turns(patience_seconds)
        self._repeats: dict[str, str] = {}
        self._originals: dict[str, Earlier] = {}

    def key(self, sha256: str, envelope: Envelope) -> str:
        """What the same message from the same client to the same people has in common."""
        return self._journal.key(sha256, envelope)

    @asynccontextmanager
    async def turn(self, identifier: str, key: str) -> AsyncIterator[Reply | None]:
        """Judge and act on this message within it, and on no copy of it meanwhile.

        Gives the answer, if the message was taken already and its client did not hear of it.
        Raises what ``state_of`` raises: then nobody knows, and the message must not be taken.
        """
        await self._turns.take(identifier, key)
        try:
            yield await self._recall(identifier, key)
        finally:
            if earlier := self._originals.pop(identifier, None):
                self._journal.unanswered(earlier.identifier)
            is_taken = identifier in self._repeats or self._journal.is_relayed(identifier)
            (self._turns.decided if is_taken else self._turns.end)(identifier)

    def original(self, identifier: str) -> str:
        """The item that an earlier attempt has left in the quarantine, "" for none.

        Nobody knows whether the copy that was made of it has arrived. Until ``begin`` it counts as
        left there by that attempt.
        """
        earlier = self._originals.get(identifier)
        return earlier.item if earlier else ""

    async def begin(
        self, identifier: str, key: str, item: str = "", *, has_copy: bool = False
    ) -> None:
        """Write down that the message may be at its goal from now on.

        ``item`` is its id when the goal is the quarantine, with ``has_copy`` when a copy goes to
        the next hop as well. Raises OSError: then it must not get there.
        """
        await self._journal.begin(identifier, key, item, has_copy=has_copy)
        if earlier := self._originals.pop(identifier, None):
            self._journal.settled(earlier.identifier)

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
        if earlier is None or not await self._is_taken(earlier, identifier):
            return None
        self._repeats[identifier] = earlier.identifier
        self._events.repeated(identifier, earlier.identifier)
        return replies.accepted(earlier.identifier)

    async def _is_taken(self, earlier: Earlier, identifier: str) -> bool:
        if earlier.reply:
            return True
        if not earlier.item:
            # Nobody knows whether it arrived. RFC 5321 6.1: rather twice than never.
            self._events.in_doubt(identifier, earlier.identifier)
            return False
        try:
            state = await asyncio.to_thread(self._state_of, earlier.item)
        except BaseException:
            self._journal.unanswered(earlier.identifier)
            raise
        if earlier.has_copy and state is State.HELD:
            # The same of its copy; the original must not be held a second time.
            self._events.in_doubt(identifier, earlier.identifier)
            self._originals[identifier] = earlier
            return False
        # Of what has a copy we ourselves take back what was refused, and then nobody has it.
        is_taken = state is not None and not (earlier.has_copy and state in _GONE)
        await self.end(earlier.identifier, replies.accepted("") if is_taken else replies.INTERNAL)
        return is_taken
