"""Opens a connection to one address: connect, greeting, EHLO, STARTTLS."""

import asyncio
import functools
import os
import ssl
from dataclasses import dataclass

from gateway.smtp.outbound.connection import Connection, step
from gateway.smtp.outbound.errors import NextHopError
from gateway.smtp.outbound.settings import HopAddress, Timeouts, Tls, TlsContext
from gateway.smtp.outbound.wire import Wire


class HandshakeError(NextHopError):
    """STARTTLS was refused or failed."""


@functools.cache
def _verifying() -> ssl.SSLContext:
    return ssl.create_default_context()


@functools.cache
def _trusting() -> ssl.SSLContext:
    # RFC 7435: against a listener on the line, an unverified certificate is better than none.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True, slots=True)
class Dialler:
    """Opens connections. ``hostname`` is the name that we give in EHLO."""

    hostname: str
    tls: Tls
    timeouts: Timeouts
    tls_context: TlsContext | None = None

    async def open(self, address: HopAddress) -> Connection:
        """A connection that is ready for MAIL. Raises NextHopError."""
        try:
            return await self._open(address, self.tls)
        except HandshakeError:
            if self.tls == "required":
                raise
            return await self._open(address, "off")

    async def _open(self, address: HopAddress, tls: Tls) -> Connection:
        connection = Connection(address, await self._connected(address), self.timeouts)
        try:
            await self._greet(connection)
            if tls != "off":
                await self._secure(connection)
        except BaseException:
            connection.wire.drop()
            raise
        return connection

    async def _connected(self, address: HopAddress) -> Wire:
        loop = asyncio.get_running_loop()
        async with step("connect", address, self.timeouts.connect):
            try:
                _, wire = await loop.create_connection(Wire, address.host, address.port)
            except OSError as error:
                raise NextHopError(f"{address}: {_reason(error)}") from error
            except UnicodeError as error:
                raise NextHopError(f"{address}: not a host name") from error
        return wire

    async def _greet(self, connection: Connection) -> None:
        async with step("greeting", connection.address, self.timeouts.banner):
            answer = await connection.wire.answer()
        if answer.code != 220:
            raise NextHopError(f"{connection.address}: greeted us with {answer}")
        await self._say_hello(connection)

    async def _say_hello(self, connection: Connection) -> None:
        (answer,) = await connection.exchange(f"EHLO {self.hostname}\r\n".encode("ascii"))
        if answer.code == 250:
            connection.offered = answer.keywords()
            return
        # RFC 5321 3.2: an old server knows HELO, and then offers nothing.
        if answer.code >= 500:
            (answer,) = await connection.exchange(f"HELO {self.hostname}\r\n".encode("ascii"))
        if answer.code != 250:
            raise NextHopError(f"{connection.address}: answered EHLO with {answer}")
        connection.offered = {}

    async def _secure(self, connection: Connection) -> None:
        address = connection.address
        if "STARTTLS" not in connection.offered:
            if self.tls == "required":
                raise HandshakeError(f"{address}: does not offer STARTTLS")
            return
        (answer,) = await connection.exchange(b"STARTTLS\r\n")
        if answer.code != 220:
            raise HandshakeError(f"{address}: answered STARTTLS with {answer}")
        await self._shake_hands(connection)
        # RFC 3207 4.2: forget what was said in clear.
        await self._say_hello(connection)

    async def _shake_hands(self, connection: Connection) -> None:
        address = connection.address
        name = address.tls_name or address.host
        try:
            await connection.wire.start_tls(self._context(), name, self.timeouts.command)
        except OSError as error:
            raise HandshakeError(f"{address}: TLS failed: {error}") from error

    def _context(self) -> ssl.SSLContext:
        if self.tls_context:
            return self.tls_context()
        return _verifying() if self.tls == "required" else _trusting()


def _reason(error: OSError) -> str:
    """What the system calls it; asyncio writes a sentence of its own over that."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)
