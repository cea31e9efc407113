"""A small HTTP server on loopback: how the gateway is, for machines that watch it.

``/metrics`` Prometheus text; ``/healthz`` 200 while the process lives; ``/readyz`` 200 while mail
can be taken, else 503 with one line for each problem.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from gateway.telemetry.metrics import Metrics

Check = Callable[[], Awaitable[str]]
"""Gives back what is wrong, "" when nothing is."""

SECONDS_REMEMBERED = 5.0
"""Whoever asks more often than this costs nothing more."""

_REQUEST_BYTES = 8 << 10
_SECONDS = 10.0
_PLAIN = "text/plain; charset=utf-8"
_WORDS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}

_NO_REQUEST = (
    TimeoutError,
    ConnectionError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
)


class Remembered:
    """A check that is made at most once in a while, and once for all who ask meanwhile."""

    def __init__(
        self,
        check: Check,
        *,
        seconds: float = SECONDS_REMEMBERED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check = check
        self._seconds = seconds
        self._clock = clock
        self._turn = asyncio.Lock()
        self._answer = ""
        self._good_until = -math.inf

    async def __call__(self) -> str:
        """The latest answer, if it is not too old, or a new one."""
        async with self._turn:
            if self._clock() >= self._good_until:
                self._answer = await self._check()
                self._good_until = self._clock() + self._seconds
            return self._answer


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int
    body: bytes
    kind: str = _PLAIN

    @property
    def wire(self) -> bytes:
        head = (
            f"HTTP/1.1 {self.code} {_WORDS[self.code]}\r\nContent-Type: {self.kind}\r\n"
            f"Content-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode("ascii") + self.body


class Health:
    """Answers one request a connection. Start it, and close it."""

    def __init__(self, metrics: Metrics, checks: Mapping[str, Check]) -> None:
        self._metrics = metrics
        self._checks = checks
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen, and give the address. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_REQUEST_BYTES)
        address: tuple[str, int] = self._server.sockets[0].getsockname()[:2]
        return address

    async def close(self) -> None:
        """Answer nobody any more."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write((await self._answer(request)).wire)
                await writer.drain()
        except _NO_REQUEST:
            writer.transport.abort()
        finally:
            writer.close()

    async def _answer(self, request: bytes) -> _Answer:
        method, _, rest = request.partition(b" ")
        if method != b"GET":
            return _Answer(405, b"only GET\n")
        match rest.partition(b" ")[0]:
            case b"/metrics":
                return _Answer(200, generate_latest(self._metrics.registry), CONTENT_TYPE_LATEST)
            case b"/healthz":
                return _Answer(200, b"alive\n")
            case b"/readyz":
                return await self._ready()
            case _:
                return _Answer(404, b"there are /metrics, /healthz and /readyz\n")

    async def _ready(self) -> _Answer:
        answers = {name: await check() for name, check in self._checks.items()}
        problems = [f"{name}: {problem}\n" for name, problem in answers.items() if problem]
        return _Answer(503 if problems else 200, "".join(problems or ["ready\n"]).encode())
