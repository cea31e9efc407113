"""A pipeline in memory, a server around it, and a client that speaks octets."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ssl import SSLContext

from gateway.model import Envelope, Recipient
from gateway.smtp import replies
from gateway.smtp.inbound import InboundSettings, SessionLimits
from gateway.smtp.inbound.server import Server
from gateway.smtp.marks import Marks
from gateway.smtp.replies import Reply
from gateway.spool import Spool

MARKS = Marks(b"secret")
EVERYTHING = frozenset({"8BITMIME", "SMTPUTF8", "DSN", "SIZE"})


@dataclass(frozen=True)
class Delivered:
    """A message that the pipeline said 250 to."""

    envelope: Envelope
    message: bytes
    identifier: str


async def at_once() -> None:
    """The judgement of a pipeline that has nothing to think about."""


@dataclass
class MemoryPipeline:
    """Accepts everything and remembers it, but for what a test asks for."""

    offers: frozenset[str] = EVERYTHING
    size: int | None = None
    sender_reply: Reply = replies.OK
    recipient_replies: dict[str, Reply] = field(default_factory=dict)
    judgement: Callable[[], Awaitable[None]] = at_once
    delivered: list[Delivered] = field(default_factory=list)
    abandoned: list[Envelope] = field(default_factory=list)
    abandon_error: Exception | None = None

    def extensions(self) -> frozenset[str]:
        return self.offers

    def size_limit(self) -> int | None:
        return self.size

    async def begin(self, envelope: Envelope) -> "MemoryPassage | Reply":
        if not self.sender_reply.is_positive:
            return self.sender_reply
        return MemoryPassage(self, envelope)


class MemoryPassage:
    def __init__(self, pipeline: MemoryPipeline, envelope: Envelope) -> None:
        self._pipeline = pipeline
        self._envelope = envelope

    async def offer(self, recipient: Recipient) -> Reply:
        reply = self._pipeline.recipient_replies.get(recipient.address, replies.OK)
        if reply.is_positive:
            recipients = (*self._envelope.recipients, recipient)
            self._envelope = replace(self._envelope, recipients=recipients)
        return reply

    async def commit(self, message: Spool, identifier: str) -> Reply:
        await self._pipeline.judgement()
        with message.view() as view:
            self._pipeline.delivered.append(Delivered(self._envelope, bytes(view), identifier))
        return replies.accepted(identifier)

    async def abandon(self) -> None:
        if self._pipeline.abandon_error:
            raise self._pipeline.abandon_error
        self._pipeline.abandoned.append(self._envelope)


@dataclass
class Notebook:
    """An observer that writes everything down."""

    refusals: list[tuple[str, Reply]] = field(default_factory=list)
    failures: list[tuple[str, Exception]] = field(default_factory=list)
    heard: list[bool] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)

    def answered(self, identifier: str, *, is_heard: bool) -> None:
        self.heard.append(is_heard)

    def refused(self, identifier: str, stage: str, reply: Reply) -> None:
        self.refusals.append((stage, reply))

    def turned_down(self, cause: str) -> None:
        self.causes[cause] += 1

    def failed(self, identifier: str, stage: str, error: Exception) -> None:
        self.failures.append((stage, error))


class Client:
    """Sends exactly the octets that it is told to, and reads whole replies."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    async def reply(self) -> str:
        """One reply, its lines joined by LF; "" when the server has closed the connection."""
        lines: list[str] = []
        while True:
            lines.append(await self.line())
            if lines[-1][3:4] != "-":
                return "\n".join(lines)

    async def line(self) -> str:
        """One line; "" when the server has closed the connection."""
        line = await self._reader.readline()
        assert not line or line.endswith(b"\r\n"), line
        return line[:-2].decode("ascii")

    async def packet(self) -> bytes:
        """What has arrived so far, at the least something."""
        return await self._reader.read(1 << 16)

    async def rest(self) -> bytes:
        """All that comes until the server hangs up."""
        octets = b""
        try:
            while more := await self._reader.read(1 << 16):
                octets += more
        except ConnectionError:
            return octets
        return octets

    async def ask(self, octets: bytes) -> str:
        """Send a line and read the reply to it."""
        await self.send(octets + b"\r\n")
        return await self.reply()

    async def start_tls(self, context: SSLContext) -> None:
        await self.writer.start_tls(context, server_hostname="mx.example.org")

    async def begin_message(self, sender: bytes = b"a@example.org") -> None:
        """Everything up to the 354."""
        for line in (b"EHLO client.example", b"MAIL FROM:<%s>" % sender, b"RCPT TO:<u@y.test>"):
            reply = await self.ask(line)
            assert reply.startswith("250"), reply
        assert (await self.ask(b"DATA")).startswith("354")


@dataclass(frozen=True)
class House:
    """A running server and what stands behind it."""

    server: Server
    port: int
    pipeline: MemoryPipeline
    notebook: Notebook
    clients: list[Client] = field(default_factory=list)

    async def connect(self, *, window: int = 0) -> Client:
        """A client that has read nothing yet, with a receive buffer of ``window`` octets."""
        sock = socket.socket()
        if window:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        except OSError:
            sock.close()
            raise
        client = Client(*await asyncio.open_connection(sock=sock))
        self.clients.append(client)
        return client

    async def client(self) -> Client:
        """A client that has read the greeting."""
        client = await self.connect()
        greeting = await client.reply()
        assert greeting.startswith("220 mx.example.org "), greeting
        return client

    async def is_empty(self) -> None:
        """Wait until the last session has ended and the last message is judged."""
        async with asyncio.timeout(20):
            while self.server.sessions or self.server.commits:  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    pipeline: MemoryPipeline | None = None,
    *,
    settings: InboundSettings | None = None,
    limits: SessionLimits | None = None,
    tls: SSLContext | None = None,
) -> AsyncIterator[House]:
    """A server on a free port of loopback, closed at the end."""
    pipeline = pipeline or MemoryPipeline()
    notebook = Notebook()
    settings = settings or InboundSettings(hostname="mx.example.org")
    settings = replace(settings, limits=limits or settings.limits)
    server = Server(
        pipeline,
        settings,
        observer=notebook,
        marks=MARKS,
        tls=tls,
        answered=notebook.answered,
    )
    [(_, port)] = await server.start("127.0.0.1", 0)
    house = House(server, port, pipeline, notebook)
    try:
        yield house
    finally:
        await server.close()
        for client in house.clients:
            client.writer.transport.abort()
