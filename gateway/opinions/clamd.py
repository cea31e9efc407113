"""Asks a clamd about a message: one more opinion, whose limits and failures are never "clean".

The protocol is INSTREAM of clamd(8): four octets of length before each piece, and a piece of
length zero at the end. clamd unpacks the message by itself.
"""

import asyncio
import contextlib
import re
import socket
import struct
from asyncio import get_running_loop
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.model import Finding, Gap, Level, Lineage, Reason
from gateway.spool import Spool

_PIECE = 256 << 10
_ANSWER_OCTETS = 4096
_FOUND = re.compile(r"stream: (?P<name>\S+)(?:\([0-9a-f:]+\))? FOUND")
_NO_PROGRAM = re.compile(r"PUA\.|Heuristics\.")
"""What clamd only suspects."""
_NOT_SEEN = {
    "Heuristics.Limits.Exceeded": Reason.TOO_BIG,
    "Heuristics.Encrypted": Reason.ENCRYPTED,
}
"""Names that say what clamd did not look at; without AlertExceedsMax it keeps that to itself."""


class ClamdError(Exception):
    """clamd gave no opinion: nothing is known about the message, and its sender keeps it."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at ``address``: the path of a socket, or ``host:port``."""

    address: str
    seconds: float

    async def look(self, message: Spool, lineage: Lineage) -> list[Finding | Gap]:
        """What clamd says about the sealed ``message``; nothing when it finds nothing.

        Raises ClamdError when it cannot be asked, does not answer in time, or makes no sense.
        """
        async with self._connected() as connection:
            # At its limit it answers while we still talk, and listens no more.
            with contextlib.suppress(ConnectionError):
                await _send(message, connection)
            answer = await _answer(connection)
        return _read(answer, lineage)

    async def ping(self) -> None:
        """Raises ClamdError when it cannot be asked."""
        async with self._connected() as connection:
            await get_running_loop().sock_sendall(connection, b"zPING\0")
            answer = await _answer(connection)
        if answer != "PONG":
            raise ClamdError(f"clamd answered PING with {answer!r}")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[socket.socket]:
        # A bare socket: the streams of asyncio forget an answer when a write has failed.
        try:
            async with asyncio.timeout(self.seconds):
                family, address = self._place()
                with socket.socket(family, socket.SOCK_STREAM) as connection:
                    connection.setblocking(False)
                    await get_running_loop().sock_connect(connection, address)
                    yield connection
        except TimeoutError:
            raise ClamdError(f"clamd took more than {self.seconds:g} s") from None
        except OSError as error:
            raise ClamdError(f"clamd at {self.address}: {error.strerror or error}") from None

    def _place(self) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
        if self.address.startswith("/"):
            return socket.AF_UNIX, self.address
        host, _, port = self.address.rpartition(":")
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        return family, (host.strip("[]"), int(port))


async def _send(message: Spool, connection: socket.socket) -> None:
    loop = get_running_loop()
    await loop.sock_sendall(connection, b"zINSTREAM\0")
    with message.view() as view:
        for start in range(0, len(view), _PIECE):
            piece = view[start : start + _PIECE].tobytes()
            await loop.sock_sendall(connection, struct.pack(">I", len(piece)) + piece)
    await loop.sock_sendall(connection, struct.pack(">I", 0))


async def _answer(connection: socket.socket) -> str:
    octets = b""
    while len(octets) < _ANSWER_OCTETS and not octets.endswith(b"\0"):
        more = await get_running_loop().sock_recv(connection, _ANSWER_OCTETS)
        if not more:
            break
        octets += more
    return octets.rstrip(b"\0\n").decode("ascii", "backslashreplace")


def _read(answer: str, lineage: Lineage) -> list[Finding | Gap]:
    if answer == "stream: OK":
        return []
    if "size limit exceeded" in answer:
        return [Gap(Reason.TOO_BIG, "clamd: the message is over its StreamMaxLength", lineage)]
    found = _FOUND.fullmatch(answer)
    if not found:
        raise ClamdError(f"clamd answered {answer[:200]!r}")
    name = found["name"][:200]
    for prefix, reason in _NOT_SEEN.items():
        if name.startswith(prefix):
            return [Gap(reason, f"clamd: {name}", lineage)]
    level = Level.SUSPICIOUS if _NO_PROGRAM.match(name) else Level.MALICIOUS
    return [Finding("clamd.found", level, "ClamAV knows this file", name, lineage)]
