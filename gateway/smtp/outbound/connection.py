"""One SMTP connection to one address of the next hop, from greeting to QUIT."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.smtp.outbound.answers import Answer
from gateway.smtp.outbound.errors import LapsedError, NextHopError
from gateway.smtp.outbound.settings import HopAddress, Timeouts
from gateway.smtp.outbound.wire import Wire


@asynccontextmanager
async def step(name: str, address: HopAddress, seconds: float) -> AsyncIterator[None]:
    """Bound one step of the dialogue, and say which one it was that took too long."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise NextHopError(f"{address}: {name} took more than {seconds:g} s") from error


@dataclass(slots=True, eq=False)
class Connection:
    """A connection that has been greeted. ``offered`` is what its EHLO answer offered."""

    address: HopAddress
    wire: Wire
    timeouts: Timeouts
    offered: Mapping[str, str] = field(default_factory=dict)
    transactions: int = 0
    idle_since: float = 0.0

    async def exchange(self, *commands: bytes) -> list[Answer]:
        """Send commands, at once where the hop allows it, and give back an answer to each.

        Raises LapsedError when the hop closes the connection or says that it will (421).
        """
        if not self.wire.is_quiet:
            raise LapsedError(
                f"{self.address}: the next hop closed the connection or spoke unasked"
            )
        if "PIPELINING" in self.offered:
            return await self._exchange(b"".join(commands), len(commands))
        return [(await self._exchange(command, 1))[0] for command in commands]

    def part(self) -> None:
        """Say goodbye and wait for nothing."""
        if not self.wire.is_quiet:
            self.wire.drop()
            return
        self.wire.write(b"QUIT\r\n")
        self.wire.close()

    async def quit(self) -> None:
        """Say goodbye, and wait until the connection is gone."""
        self.part()
        try:
            async with step("QUIT", self.address, self.timeouts.reset):
                await self.wire.gone()
        except NextHopError:
            self.wire.drop()

    async def _exchange(self, octets: bytes, count: int) -> list[Answer]:
        verb = octets[:4].decode("ascii")
        async with step(verb, self.address, self.timeouts.command):
            self.wire.write(octets)
            answers = [await self.wire.answer() for _ in range(count)]
        if any(answer.code == 421 for answer in answers):
            raise LapsedError(f"{self.address}: the next hop is closing (421)")
        # 354 to anything but DATA: it and we are not at the same place in the dialogue.
        if verb != "DATA" and any(300 <= answer.code < 400 for answer in answers):
            raise NextHopError(f"{self.address}: answered {verb} as if it were DATA")
        return answers
