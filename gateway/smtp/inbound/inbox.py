"""What the client has sent and nobody has read yet, within bounds."""

import asyncio

_FULL = 256 << 10
_ROOMY = 64 << 10


class GoneError(ConnectionResetError):
    """The client has hung up, or we have."""


class InterruptedWaitError(Exception):
    """The server is shutting down, and this client was not in the middle of a command."""


class Inbox:
    """Octets in order of arrival. When too many wait, the transport is told to stop reading."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self._news = asyncio.Event()
        self._has_ended = False
        self._is_interrupted = False
        self._is_paused = False
        self._transport: asyncio.ReadTransport | None = None

    def attach(self, transport: asyncio.ReadTransport) -> None:
        """Read from ``transport`` from now on: the connection, or the TLS inside it."""
        self._transport = transport
        self._is_paused = False

    def feed(self, octets: bytes) -> None:
        """The client has sent ``octets``."""
        self._octets += octets
        self._news.set()
        if len(self._octets) > _FULL and self._transport and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def end(self) -> None:
        """The client sends no more; what it has sent can still be read."""
        self._has_ended = True
        self._news.set()

    def interrupt(self) -> None:
        """Let nobody wait for another command."""
        self._is_interrupted = True
        self._news.set()

    @property
    def has_ended(self) -> bool:
        """True when the client sends no more."""
        return self._has_ended

    @property
    def has_line(self) -> bool:
        """True when the next line is here already."""
        return b"\n" in self._octets

    def __len__(self) -> int:
        return len(self._octets)

    async def line(self, limit: int) -> bytes:
        """The next line with its LF. Of an endless one, only ``limit`` octets and one more.

        Raises GoneError at the end, and InterruptedWaitError after ``interrupt``.
        """
        endless = b""
        while (place := self._octets.find(b"\n")) < 0:
            if len(self._octets) > limit:
                endless = endless or bytes(self._octets[: limit + 1])
                self._octets.clear()
            if self._is_interrupted:
                raise InterruptedWaitError
            await self.more()
        line = bytes(self._octets[: place + 1])
        del self._octets[: place + 1]
        self._read_on()
        return endless or line

    async def more(self) -> None:
        """Wait until something has arrived. Raises GoneError when nothing will."""
        if self._has_ended:
            raise GoneError
        self._news.clear()
        await self._news.wait()

    def take(self) -> bytes:
        """Everything that is there."""
        octets = bytes(self._octets)
        self._octets.clear()
        self._read_on()
        return octets

    def give_back(self, octets: bytes) -> None:
        """Put ``octets`` first in line again."""
        self._octets[:0] = octets

    def _read_on(self) -> None:
        if self._is_paused and len(self._octets) < _ROOMY and self._transport:
            self._is_paused = False
            self._transport.resume_reading()
