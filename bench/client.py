"""Sends messages over several connections as fast as they are taken, and tells how long it took."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from time import perf_counter

_ENVELOPE = b"MAIL FROM:<lab@out.example>\r\nRCPT TO:<dr@hospital.example>\r\nDATA\r\n"


def on_the_wire(message: bytes) -> bytes:
    """What follows DATA for a message that ends in CRLF: dots doubled, and the end."""
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


class Client:
    """One connection. Latency is from MAIL to the reply to the final dot."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> "Client":
        """A connection that has said EHLO."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        await client._hear(b"220")
        client._writer.write(b"EHLO bench.example\r\n")
        await client._hear(b"250")
        return client

    async def send(self, wire: bytes) -> float:
        """Send one message, commands pipelined as a mail server does; seconds that it took."""
        began = perf_counter()
        self._writer.write(_ENVELOPE)
        for expected in (b"250", b"250", b"354"):
            await self._hear(expected)
        self._writer.write(wire)
        await self._writer.drain()
        await self._hear(b"250")
        return perf_counter() - began

    async def quit(self) -> None:
        """Say goodbye."""
        self._writer.write(b"QUIT\r\n")
        await self._hear(b"221")
        self._writer.close()

    async def _hear(self, expected: bytes) -> None:
        while (line := await self._reader.readline())[3:4] == b"-":
            continue
        if not line.startswith(expected):
            sys.exit(f"expected {expected.decode()}, got {line.decode()!r}")


async def send_all(port: int, wires: Iterable[bytes], *, connections: int = 8) -> list[float]:
    """Send each message once, over so many connections; the seconds that each took."""
    waiting = iter(wires)
    parts = await asyncio.gather(*(_send(port, waiting) for _ in range(connections)))
    return [seconds for part in parts for seconds in part]


async def _send(port: int, waiting: Iterator[bytes]) -> list[float]:
    client = await Client.connect(port)
    spent = [await client.send(wire) for wire in waiting]
    await client.quit()
    return spent
