"""A clamd that knows one word, on a socket of its own."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

WORD = b"KNOWN-TO-CLAMD"


@dataclass
class FakeClamd:
    """Says FOUND when the stream holds the word, or ``answer`` if that is given."""

    path: Path
    answer: bytes = b""
    limit: int = 1 << 30
    is_silent: bool = False
    streams: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one command."""
        try:
            command = await reader.readuntil(b"\0")
            writer.write(b"PONG\0" if command == b"zPING\0" else await self._judge(reader))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _judge(self, reader: asyncio.StreamReader) -> bytes:
        stream = b""
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            if len(stream) + size > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
            stream += await reader.readexactly(size)
        self.streams.append(stream)
        if self.is_silent:
            await asyncio.sleep(30)
        found = b"stream: Test.Word-1 FOUND\0" if WORD in stream else b"stream: OK\0"
        return self.answer or found


@asynccontextmanager
async def clamd(folder: Path) -> AsyncIterator[FakeClamd]:
    """Listen in ``folder`` until the block ends."""
    fake = FakeClamd(folder / "clamd.ctl")
    async with await asyncio.start_unix_server(fake.serve, fake.path):
        yield fake
