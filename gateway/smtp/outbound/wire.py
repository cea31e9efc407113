"""One TCP connection with SMTP answers on it: bytes out, answers in."""

import asyncio
import ssl
from collections import deque
from typing import cast

from gateway.smtp.outbound.answers import Answer, AnswerReader
from gateway.smtp.outbound.errors import LapsedError, NextHopError


class Wire(asyncio.Protocol):
    """What the next hop says, in order. Whoever waits bounds the wait; one waits at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport  # from connection_made on
        self._reader = AnswerReader()
        self._answers: deque[Answer] = deque()
        self._failure: NextHopError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_full = False
        self._is_gone = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read answers; what is not SMTP ends the connection."""
        try:
            self._answers.extend(self._reader.feed(data))
        except NextHopError as error:
            self._fail(error)
            self.drop()
        self._wake()

    def eof_received(self) -> None:
        """Note that nothing more will come; asyncio then closes the transport."""
        self._fail(LapsedError("the next hop closed the connection"))
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone, and why."""
        reason = f": {exc}" if exc else ""
        self._fail(LapsedError(f"the connection to the next hop was lost{reason}"))
        self._is_gone = True
        self._wake()

    def pause_writing(self) -> None:
        """Too much is waiting to leave."""
        self._is_full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._is_full = False
        self._wake()

    # What a connection calls.

    @property
    def is_quiet(self) -> bool:
        """True while the connection stands and the next hop has said nothing that was not read."""
        return not (self._failure or self._answers or self._reader.is_midway)

    def write(self, data: bytes) -> None:
        """Send ``data``. Raises when the connection is known to be gone."""
        if self._failure:
            raise self._failure
        self._transport.write(data)

    async def drained(self) -> None:
        """Wait until most of what was written has left."""
        while self._is_full and not self._failure:
            await self._wait()
        if self._failure:
            raise self._failure

    async def answer(self) -> Answer:
        """The next answer. What arrived before the connection was lost still counts."""
        while not self._answers:
            if self._failure:
                raise self._failure
            await self._wait()
        return self._answers.popleft()

    async def start_tls(self, context: ssl.SSLContext, name: str, seconds: float) -> None:
        """Go on in TLS with a server that must be ``name``, if the context verifies names."""
        # What was said before the handshake was said by anybody (NO STARTTLS, CVE-2011-0411).
        if not self.is_quiet:
            raise NextHopError("the next hop spoke between STARTTLS and the handshake")
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(
            self._transport,
            self,
            context,
            server_hostname=name,
            ssl_handshake_timeout=seconds,
        )
        if transport is None:
            raise LapsedError("the connection to the next hop was lost in the handshake")
        self._transport = transport

    def drop(self) -> None:
        """End the connection at once; what has not left stays here."""
        self._fail(LapsedError("we closed the connection"))
        self._transport.abort()

    def close(self) -> None:
        """End the connection once all that was written has left."""
        self._fail(LapsedError("we closed the connection"))
        self._transport.close()

    async def gone(self) -> None:
        """Wait until a connection that was closed has ended."""
        while not self._is_gone:
            await self._wait()

    def _fail(self, error: NextHopError) -> None:
        self._failure = self._failure or error

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
