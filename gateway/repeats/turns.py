"""Lets copies of one message go on one after the other: each waits for the end of the one before.

A copy has ended when it was refused, or when it is known whether its client has the answer.
"""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class _Turn:
    key: str
    is_decided: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)
    latest_end: float = 0.0


class Turns:
    """One turn at a time for each key. A turn is known by a name of its own.

    A client that has its answer, stays connected and says nothing for ``patience_seconds`` is
    waited for no longer.
    """

    def __init__(self, patience_seconds: float) -> None:
        self._patience = patience_seconds
        self._present: dict[str, _Turn] = {}
        self._named: dict[str, _Turn] = {}

    async def take(self, name: str, key: str) -> None:
        """Wait for the turn that others have with ``key``, then begin one."""
        while turn := self._present.get(key):
            await self._outlast(turn)
        self._present[key] = self._named[name] = _Turn(key)

    def decided(self, name: str) -> None:
        """The answer is on its way to the client; ``end`` follows when more is known."""
        if turn := self._named.get(name):
            turn.latest_end = asyncio.get_running_loop().time() + self._patience
            turn.is_decided.set()

    def end(self, name: str) -> None:
        """Let the next one go on; it is no error if the turn has ended already."""
        turn = self._named.pop(name, None)
        if turn is None:
            return
        if self._present.get(turn.key) is turn:
            del self._present[turn.key]
        turn.is_decided.set()
        turn.has_ended.set()

    async def _outlast(self, turn: _Turn) -> None:
        await turn.is_decided.wait()
        try:
            async with asyncio.timeout_at(turn.latest_end):
                await turn.has_ended.wait()
        except TimeoutError:
            if self._present.get(turn.key) is turn:
                del self._present[turn.key]
