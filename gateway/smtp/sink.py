"""A next hop that keeps what it gets in memory, for the demo and for tests."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self, cast

from gateway.model import Envelope, Recipient

_LINE_OCTETS = 4_096
_READ_OCTETS = 256 * 1024
_END = b"\r\n.\r\n"

EXTENSIONS = (
    "PIPELINING",
    "SIZE 104857600",
    "8BITMIME",
    "SMTPUTF8",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "XFORWARD ADDR HELO",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was taken: ``message`` is exact, with the doubling of dots undone."""

    envelope: Envelope
    message: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a dialogue at which the sink is about to answer.

    ``verb`` is a command in upper case, "CONNECT" for the greeting, "BODY" for the first bytes
    of a message (nothing is answered to them) or "." for its end.
    """

    verb: str
    argument: str
    usual: bytes
    """What a well-behaved server answers."""
    writer: asyncio.StreamWriter


Conduct = Callable[[Step], Awaitable[bytes]]
"""Gives back what to answer, b"" when the usual answer was written already. Raise ConnectionError
to hang up."""


async def well_behaved(step: Step) -> bytes:
    """Answer as one should."""
    return step.usual


class Sink:
    """A small SMTP server that takes everything; ``conduct`` may make it behave otherwise.

    Use it as an asynchronous context manager; ``port`` is known inside.
    """

    def __init__(
        self,
        *,
        extensions: Sequence[str] = EXTENSIONS,
        tls: ssl.SSLContext | None = None,
        conduct: Conduct = well_behaved,
    ) -> None:
        self.extensions = tuple(extensions) + (("STARTTLS",) if tls else ())
        self.tls = tls
        self.conduct = conduct
        self.deliveries: list[Delivery] = []
        self.port = 0
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; with ``port`` 0 the system chooses one."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_READ_OCTETS)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and hang up on everybody."""
        if self._server is None:
            return
        self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = cast("asyncio.Task[None]", asyncio.current_task())
        self._sessions.add(session)
        try:
            await _Dialogue(self, reader, writer).run()
        except (ConnectionError, asyncio.CancelledError):
            # Only close() cancels a session, and asyncio before 3.12 reports that as an error.
            writer.transport.abort()
        finally:
            self._sessions.discard(session)
            writer.close()


class _Dialogue:
    """One session with one client."""

    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._sink = sink
        self._reader = reader
        self._writer = writer
        self._buffer = bytearray()
        self._helo = ""
        self._tls = ""
        self._message = b""
        self._envelope: Envelope | None = None

    async def run(self) -> None:
        await self._answer("CONNECT", "", b"220 sink.invalid ESMTP\r\n")
        verb = ""
        while verb != "QUIT" and (line := await self._line()) is not None:
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            await _VERBS.get(verb, _Dialogue.unknown)(self, verb, argument)

    async def _answer(self, verb: str, argument: str, usual: bytes) -> bool:
        answer = await self._sink.conduct(Step(verb, argument, usual, self._writer))
        meant = answer or usual
        if verb == "." and meant.startswith(b"2"):
            self._keep()
        self._writer.write(answer)
        await self._writer.drain()
        return meant.startswith((b"2", b"3"))

    async def ehlo(self, verb: str, argument: str) -> None:
        extensions = self._sink.extensions
        if self._tls:
            extensions = tuple(name for name in extensions if name != "STARTTLS")
        lines = ["sink.invalid", *extensions]
        heads = "".join(f"250-{line}\r\n" for line in lines[:-1])
        usual = f"{heads}250 {lines[-1]}\r\n".encode("ascii")
        if await self._answer(verb, argument, usual):
            self._helo, self._envelope = argument, None

    async def helo(self, verb: str, argument: str) -> None:
        if await self._answer(verb, argument, b"250 sink.invalid\r\n"):
            self._helo, self._envelope = argument, None

    async def starttls(self, verb: str, argument: str) -> None:
        context = self._sink.tls
        usual = b"220 2.0.0 go ahead\r\n" if context else b"502 5.5.1 no TLS here\r\n"
        if not await self._answer(verb, argument, usual) or context is None:
            return
        # RFC 3207 4.2: what was said in clear is forgotten, whatever stands in the buffer included.
        self._buffer.clear()
        self._helo, self._envelope = "", None
        await self._writer.start_tls(context)
        self._tls = self._writer.get_extra_info("ssl_object").version()

    async def mail(self, verb: str, argument: str) -> None:
        address, parameters = _path(argument)
        usual = b"503 5.5.1 one at a time\r\n" if self._envelope else b"250 2.1.0 ok\r\n"
        if await self._answer(verb, argument, usual) and not self._envelope:
            self._envelope = Envelope(
                address, (), parameters, client=self._peer(), helo=self._helo, tls=self._tls
            )

    async def rcpt(self, verb: str, argument: str) -> None:
        address, parameters = _path(argument)
        usual = b"250 2.1.5 ok\r\n" if self._envelope else b"503 5.5.1 MAIL first\r\n"
        if await self._answer(verb, argument, usual) and self._envelope:
            recipients = (*self._envelope.recipients, Recipient(address, parameters))
            self._envelope = replace(self._envelope, recipients=recipients)

    async def data(self, verb: str, argument: str) -> None:
        is_ready = self._envelope and self._envelope.recipients
        usual = b"354 go ahead\r\n" if is_ready else b"503 5.5.1 RCPT first\r\n"
        if not await self._answer(verb, argument, usual) or not is_ready:
            return
        self._message = await self._body()
        await self._answer(".", "", b"250 2.0.0 kept\r\n")
        self._envelope = None

    def _keep(self) -> None:
        if self._envelope:
            self._sink.deliveries.append(Delivery(self._envelope, self._message))

    async def rset(self, verb: str, argument: str) -> None:
        if await self._answer(verb, argument, b"250 2.0.0 ok\r\n"):
            self._envelope = None

    async def well(self, verb: str, argument: str) -> None:
        await self._answer(verb, argument, b"250 2.0.0 ok\r\n")

    async def bye(self, verb: str, argument: str) -> None:
        await self._answer(verb, argument, b"221 2.0.0 bye\r\n")

    async def unknown(self, verb: str, argument: str) -> None:
        await self._answer(verb, argument, b"500 5.5.2 what?\r\n")

    def _peer(self) -> str:
        return str(self._writer.get_extra_info("peername")[0])

    async def _line(self) -> str | None:
        """The next command, or None when the client is gone."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LINE_OCTETS:
                raise ConnectionError("a command without end")
            if not await self._more():
                return None
        line = self._buffer[:end].rstrip(b"\r").decode("utf-8", "surrogateescape")
        del self._buffer[: end + 1]
        return line

    async def _body(self) -> bytes:
        """The message up to CRLF.CRLF, with the doubling of dots undone."""
        if not self._buffer and not await self._more():
            raise ConnectionError("no message came")
        await self._answer("BODY", "", b"")
        # The end of the DATA command is the line end before the first line of the message.
        self._buffer[:0] = b"\r\n"
        searched = 0
        while (end := self._buffer.find(_END, searched)) < 0:
            searched = max(0, len(self._buffer) - len(_END) + 1)
            if not await self._more():
                raise ConnectionError("the message stopped in the middle")
        message = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(_END)]
        return message.replace(b"\r\n..", b"\r\n.")[2:]

    async def _more(self) -> bool:
        octets = await self._reader.read(_READ_OCTETS)
        self._buffer += octets
        return bool(octets)


_VERBS: Mapping[str, Callable[[_Dialogue, str, str], Awaitable[None]]] = {
    "EHLO": _Dialogue.ehlo,
    "HELO": _Dialogue.helo,
    "STARTTLS": _Dialogue.starttls,
    "XFORWARD": _Dialogue.well,
    "MAIL": _Dialogue.mail,
    "RCPT": _Dialogue.rcpt,
    "DATA": _Dialogue.data,
    "RSET": _Dialogue.rset,
    "NOOP": _Dialogue.well,
    "QUIT": _Dialogue.bye,
}


def _path(argument: str) -> tuple[str, tuple[str, ...]]:
    """The address between the brackets of ``FROM:<a@b> SIZE=1``, and the parameters behind."""
    path, _, parameters = argument.partition(":")[2].strip().rpartition(">")
    return path.removeprefix("<"), tuple(parameters.split())
