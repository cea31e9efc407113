"""Keeps connections to the next hop: reuses the healthy ones, leaves a failing address alone.

1. A connection that was idle is used only if it is quiet: no end of file, no 421 in its buffer.
2. After a failure an address is left alone, each time for longer. When the pause is over one
   caller tries it, and the others go on being told at once that it does not work.
3. Addresses are tried in their order, whenever a new connection is needed.
4. A transaction that only waits for its client gives way to one that could go on, so that slow
   clients do not keep everybody from the next hop.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.smtp.outbound.connection import Connection
from gateway.smtp.outbound.dial import Dialler
from gateway.smtp.outbound.errors import NextHopError
from gateway.smtp.outbound.settings import HopAddress, Limits

Clock = Callable[[], float]


class Resting(Protocol):
    """A transaction that holds a connection and waits for its client."""

    async def park(self) -> None:
        """Give the connection back; it will be asked for again."""


@dataclass(slots=True)
class _Breaker:
    """What we remember of one address."""

    address: HopAddress
    limits: Limits
    failures: int = 0
    not_before: float = 0.0

    def admits(self, now: float) -> bool:
        """True if this caller may try the address; after a failure, one caller at a time."""
        if not self.failures:
            return True
        if now < self.not_before:
            return False
        self.not_before = now + self._pause()
        return True

    def failed(self, now: float) -> None:
        self.failures += 1
        self.not_before = now + self._pause()

    def _pause(self) -> float:
        doublings = min(self.failures - 1, 10)
        return min(self.limits.first_pause * 2.0**doublings, self.limits.longest_pause)


class Pool:
    """Connections to the next hop, idle and lent. ``clock`` gives monotonic seconds."""

    def __init__(
        self, addresses: Sequence[HopAddress], dialler: Dialler, *, limits: Limits, clock: Clock
    ) -> None:
        self._breakers = [_Breaker(address, limits) for address in addresses]
        self._dialler = dialler
        self._limits = limits
        self._clock = clock
        self._slots = asyncio.Semaphore(limits.connections)
        self._waiting = 0
        self.lent = 0
        """Connections with a transaction."""
        self._resting: dict[Resting, None] = {}
        self._idle: list[Connection] = []
        self._sweep: asyncio.TimerHandle | None = None
        self.offered: dict[str, str] = {}
        """What the latest new connection offered."""

    async def take(self, *, fresh: bool = False) -> Connection:
        """Lend a connection; give it back or discard it.

        ``fresh`` asks for a new one, because an idle one turned out to be dead: they all go.
        """
        await self._take_slot()
        try:
            if fresh:
                self._part_with(self._idle)
            connection = self._pick() or await self._open(self._admitted())
        except BaseException:
            self._slots.release()
            raise
        self.lent += 1
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep a connection that has no transaction open for the next one."""
        self._return_slot()
        if connection.transactions >= self._limits.messages:
            connection.part()
            return
        connection.idle_since = self._clock()
        self._idle.append(connection)
        self._schedule_sweep()

    def discard(self, connection: Connection) -> None:
        """End a connection that was lent."""
        connection.wire.drop()
        self._return_slot()

    @property
    def idle(self) -> int:
        """Connections that wait for a transaction."""
        return len(self._idle)

    @property
    def is_wanted(self) -> bool:
        """True while somebody waits for a connection."""
        return self._waiting > 0

    def rest(self, transaction: Resting) -> None:
        """From now on ``transaction`` may be asked to give its connection back."""
        self._resting[transaction] = None

    def wake(self, transaction: Resting) -> None:
        """From now on ``transaction`` is not to be disturbed."""
        self._resting.pop(transaction, None)

    def failed(self, address: HopAddress) -> None:
        """Leave an address alone for a while."""
        for breaker in self._breakers:
            if breaker.address == address:
                breaker.failed(self._clock())

    async def probe(self) -> None:
        """Try the addresses now, pause or not, until one answers. Raises NextHopError."""
        connection = await self._open(self._breakers)
        await connection.quit()

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        if self._sweep:
            self._sweep.cancel()
        while self._idle:
            await self._idle.pop().quit()

    async def _take_slot(self) -> None:
        seconds = self._dialler.timeouts.slot
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                if self._slots.locked() and self._resting:
                    longest = next(iter(self._resting))
                    await longest.park()
                await self._slots.acquire()
        except TimeoutError as error:
            raise NextHopError(f"no connection became free in {seconds:g} s") from error
        finally:
            self._waiting -= 1

    def _return_slot(self) -> None:
        self.lent -= 1
        self._slots.release()

    def _pick(self) -> Connection | None:
        self._part_with([idle for idle in self._idle if not self._is_fit(idle)])
        return self._idle.pop() if self._idle else None

    def _is_fit(self, connection: Connection) -> bool:
        is_recent = self._clock() - connection.idle_since < self._limits.idle_seconds
        return is_recent and connection.wire.is_quiet

    def _part_with(self, unwanted: list[Connection]) -> None:
        for connection in unwanted:
            connection.part()
        self._idle = [idle for idle in self._idle if idle not in unwanted]

    def _admitted(self) -> Iterator[_Breaker]:
        return (breaker for breaker in self._breakers if breaker.admits(self._clock()))

    async def _open(self, breakers: Iterable[_Breaker]) -> Connection:
        latest = NextHopError("every address of the next hop failed a moment ago")
        for breaker in breakers:
            try:
                connection = await self._dialler.open(breaker.address)
            except NextHopError as error:
                breaker.failed(self._clock())
                latest = error
                continue
            breaker.failures = 0
            self.offered = dict(connection.offered)
            return connection
        raise latest

    def _schedule_sweep(self) -> None:
        if self._sweep is None:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(self._limits.idle_seconds, self._sweep_idle)

    def _sweep_idle(self) -> None:
        self._sweep = None
        self._part_with([idle for idle in self._idle if not self._is_fit(idle)])
        if self._idle:
            self._schedule_sweep()
