"""A next hop with faults: one for each step of the dialogue, and for each recipient."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.model import Envelope, Recipient
from gateway.smtp.outbound import HopAddress, NextHop, Transaction
from gateway.smtp.sink import Sink, Step
from gateway.spool import Spool

Fault = Callable[[Step], Awaitable[bytes]]

ENVELOPE = Envelope("alice@sender.test", (), client="192.0.2.7", helo="mail.sender.test")
BOB = Recipient("bob@hospital.test")
CAROL = Recipient("carol@hospital.test")
DAVE = Recipient("dave@hospital.test")
MESSAGE = b"Subject: test\r\n\r\n.one dot\r\nand a body\r\n"


def says(answer: str | bytes) -> Fault:
    """Answers something else; a text gets its line end."""
    octets = answer if isinstance(answer, bytes) else answer.encode("ascii") + b"\r\n"

    async def fault(step: Step) -> bytes:
        return octets

    return fault


async def usual(step: Step) -> bytes:
    """No fault at all."""
    return step.usual


async def hangs(step: Step) -> bytes:
    """Never answers, and never hangs up either."""
    await asyncio.Event().wait()
    return b""


async def hangs_up(step: Step) -> bytes:
    """Ends the connection without a word."""
    raise ConnectionError(step.verb)


async def accepts_and_hangs_up(step: Step) -> bytes:
    """Does what was asked; the answer is lost with the connection."""
    step.writer.transport.abort()
    return step.usual


async def accepts_in_silence(step: Step) -> bytes:
    """Does what was asked, and never says so."""
    return b""


async def answers_and_hangs_up(step: Step) -> bytes:
    """Gives the usual answer as its last words."""
    step.writer.write(step.usual)
    step.writer.close()
    return b""


async def drips(step: Step) -> bytes:
    """Gives the usual answer octet by octet."""
    for octet in step.usual:
        step.writer.write(bytes([octet]))
        await step.writer.drain()
        await asyncio.sleep(0)
    return b""


async def never_stops(step: Step) -> bytes:
    """Answers with lines that go on for as long as anybody reads them."""
    while True:
        step.writer.write(b"250-and another thing\r\n" * 1000)
        await step.writer.drain()


def adds(more: str) -> Fault:
    """Gives the usual answer, and another one that nobody asked for."""

    async def fault(step: Step) -> bytes:
        return step.usual + more.encode("ascii") + b"\r\n"

    return fault


@dataclass
class Script:
    """A conduct that plays faults and notes every step.

    A key is a verb, or a verb with the mailbox: ``"RCPT bob@hospital.test"``. Its faults are
    played in order, one each time, and then the sink behaves; a single fault is played always.
    """

    faults: Mapping[str, Fault | list[Fault]]
    steps: list[str] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    """One for each connection, the oldest first."""

    async def __call__(self, step: Step) -> bytes:
        if step.verb == "CONNECT":
            self.writers.append(step.writer)
        mailbox = step.argument.partition("<")[2].partition(">")[0]
        self.steps.append(f"{step.verb} {mailbox}".strip())
        return await self._next(f"{step.verb} {mailbox}", step.verb)(step)

    def _next(self, *keys: str) -> Fault:
        for key in keys:
            planned = self.faults.get(key, [])
            if not isinstance(planned, list):
                return planned
            if planned:
                return planned.pop(0)
        return usual


@dataclass
class Stage:
    """A next hop that plays a script, and our way to it."""

    sink: Sink
    hop: NextHop
    script: Script

    @property
    def steps(self) -> list[str]:
        return self.script.steps

    @property
    def messages(self) -> list[bytes]:
        return [delivery.message for delivery in self.sink.deliveries]

    async def begin(self, *recipients: Recipient, envelope: Envelope = ENVELOPE) -> Transaction:
        """A transaction in which ``recipients`` were offered and all accepted."""
        transaction = await self.hop.begin(envelope)
        for recipient in recipients:
            assert (await transaction.offer(recipient)).is_positive
        return transaction


@contextlib.asynccontextmanager
async def staged(
    faults: Mapping[str, Fault | list[Fault]] | None = None,
    *,
    sink: Mapping[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Stage]:
    """A sink that plays ``faults`` and a NextHop with ``options`` that leads to it."""
    script = Script(faults or {})
    async with Sink(conduct=script, **(sink or {})) as server:
        address = HopAddress("127.0.0.1", server.port, tls_name="hop.test")
        hop = NextHop([address], hostname="gateway.test", **options)
        yield Stage(server, hop, script)
        await hop.close()


@contextlib.contextmanager
def spooled(octets: bytes = MESSAGE) -> Iterator[Spool]:
    """A sealed message."""
    with Spool() as spool:
        spool.write(octets)
        spool.seal()
        yield spool


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A port that answers no SYN: its queue is full and nobody accepts."""
    with socket.socket() as server, contextlib.ExitStack() as clients:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(2):
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]
