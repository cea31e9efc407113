"""A next hop that costs next to nothing: it looks for the end of a message and forgets the rest.

Not a correct server: nothing may follow the final dot before its answer.
"""

import asyncio
from typing import cast

_END = b"\r\n.\r\n"
_HELLO = b"250-drain\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 104857600\r\n"
_ANSWERS = {b"EHLO": _HELLO, b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}


class Drain(asyncio.BufferedProtocol):
    """One connection; all of them read into the same memory."""

    _memory = bytearray(1 << 18)

    def __init__(self) -> None:
        self._transport: asyncio.Transport  # from connection_made on
        self._line = b""
        self._tail: bytes | None = None
        """The last octets of a message; None between messages."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 drain\r\n")

    def get_buffer(self, sizehint: int) -> bytearray:
        """Where to read to."""
        del sizehint
        return self._memory

    def buffer_updated(self, nbytes: int) -> None:
        """Answer commands, or look for the end of the message."""
        if self._tail is None:
            self._command(bytes(self._memory[:nbytes]))
            return
        self._tail = (self._tail + self._memory[max(0, nbytes - 5) : nbytes])[-5:]
        if self._tail == _END:
            self._tail = None
            self._transport.write(b"250 taken\r\n")

    def _command(self, octets: bytes) -> None:
        *lines, self._line = (self._line + octets).split(b"\r\n")
        verbs = [line[:4].upper() for line in lines]
        self._transport.write(b"".join(_ANSWERS.get(verb, b"250 ok\r\n") for verb in verbs))
        if b"DATA" in verbs:
            self._tail = b"\r\n"


async def start() -> int:
    """Listen on loopback until the loop ends; gives the port."""
    server = await asyncio.get_running_loop().create_server(Drain, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port
