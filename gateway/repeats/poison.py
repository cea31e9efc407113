"""Remembers on disk which messages killed their worker, so that none kills more than two.

The first time the sender is told to come back: it may have been our fault. The second time the
message is held. A third worker is not given it, whoever sends it, and in however many copies at
the same time.
Nothing here tells what was in a message: keys are keyed hashes.
"""

import asyncio
import hmac
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from gateway.smtp.durable import DurableLines

WORKERS = 2
"""So many may die of one message."""


class _Death(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """One line of the file."""

    key: str
    seconds: int


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Death)


class Poison:
    """Counts deaths by message. ``clock`` gives seconds since the epoch.

    A death is forgotten after ``lifetime_seconds``, and the oldest beyond ``capacity``.
    """

    def __init__(
        self,
        path: Path,
        secret: bytes,
        *,
        clock: Callable[[], float] = time.time,
        lifetime_seconds: int = 24 * 3600,
        capacity: int = 10_000,
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._lifetime = lifetime_seconds
        self._capacity = capacity
        self._deaths: list[_Death] = []
        self._turns: Counter[str] = Counter()
        self._change = asyncio.Condition()
        self._lines = DurableLines(path, self._snapshot)
        for line in self._lines.read():
            self._replay(line)

    def is_deadly(self, sha256: str) -> bool:
        """True if no further worker may be given this message."""
        return self._count(self._key(sha256)) >= WORKERS

    @asynccontextmanager
    async def turn(self, sha256: str) -> AsyncIterator[bool]:
        """Wait until a worker may be given this message; True if none may any more.

        No more copies of it are looked at at a time than workers may still die of it.
        """
        key = self._key(sha256)
        async with self._change:
            await self._change.wait_for(lambda: self._may_go_on(key))
            self._turns[key] += 1
        try:
            yield self._count(key) >= WORKERS
        finally:
            self._turns -= Counter([key])  # forgets a message that has no turn left
            async with self._change:
                self._change.notify_all()

    async def killed(self, sha256: str) -> None:
        """Write down one more death.

        Raises OSError when it cannot be written; it is remembered until we end all the same.
        """
        death = _Death(self._key(sha256), int(self._clock()))
        self._deaths.append(death)
        self._forget()
        await self._lines.append(_ENCODER.encode(death) + b"\n")

    async def close(self) -> None:
        """Wait until all that was written down is in the file."""
        await self._lines.close()

    def _may_go_on(self, key: str) -> bool:
        deaths = self._count(key)
        return deaths >= WORKERS or deaths + self._turns[key] < WORKERS

    def _key(self, sha256: str) -> str:
        return hmac.digest(self._secret, sha256.encode(), "sha256").hex()

    def _count(self, key: str) -> int:
        horizon = self._clock() - self._lifetime
        return sum(death.key == key and death.seconds >= horizon for death in self._deaths)

    def _forget(self) -> None:
        horizon = self._clock() - self._lifetime
        living = [death for death in self._deaths if death.seconds >= horizon]
        self._deaths = living[-self._capacity :]

    def _snapshot(self) -> Iterator[bytes]:
        return (_ENCODER.encode(death) + b"\n" for death in self._deaths)

    def _replay(self, line: bytes) -> None:
        # A line that was torn by a power cut counts for nothing: one worker more may die.
        try:
            self._deaths.append(_DECODER.decode(line))
        except msgspec.MsgspecError:
            return
