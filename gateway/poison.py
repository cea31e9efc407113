"""Remembers on disk which messages killed their worker, so that none kills more than two.

The first time the sender is told to come back: it may have been our fault. The second time the
message is held. A third worker is not given it, whoever sends it.
Nothing here tells what was in a message: keys are keyed hashes.
"""

import hmac
import time
from collections.abc import Callable, Iterator
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
        self._lines = DurableLines(path, self._snapshot)
        for line in self._lines.read():
            self._replay(line)

    def is_deadly(self, sha256: str) -> bool:
        """True if no further worker may be given this message."""
        return self._count(self._key(sha256)) >= WORKERS

    async def killed(self, sha256: str) -> bool:
        """Write down one more death. True if that was the last that it may have.

        Raises OSError when it cannot be written; it is remembered until we end all the same.
        """
        death = _Death(self._key(sha256), int(self._clock()))
        self._deaths.append(death)
        self._forget()
        await self._lines.append(_ENCODER.encode(death) + b"\n")
        return self._count(death.key) >= WORKERS

    async def close(self) -> None:
        """Wait until all that was written down is in the file."""
        await self._lines.close()

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
