"""The gateway's side of one worker: give it an order, wait for the answer, kill it."""

import asyncio
import contextlib
import os
import select
import signal
import socket
from dataclasses import dataclass

from gateway.failpoints import reach
from gateway.model import Reason
from gateway.spool import Spool
from gateway.workers import channel, logbook
from gateway.workers.frames import (
    ANSWER_BYTES,
    ORDER_BYTES,
    Answer,
    Armed,
    FrameError,
    Layer,
    Order,
    Value,
    decode,
    encode,
)
from gateway.workers.logbook import Noted

_NEWS_SECONDS = 1.0
"""How long the zygote may take to say how a worker ended; only the wording waits for it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How a worker ended."""

    words: str
    reason: Reason = Reason.LOST


class LostWorkerError(Exception):
    """The worker is dead, or what it said is not an answer."""

    def __init__(self, words: str, reason: Reason = Reason.LOST) -> None:
        super().__init__(words)
        self.reason = reason


class RemoteWorker:
    """One worker process. Owns its socket, pidfd and logbook until it is killed."""

    def __init__(self, number: int, link: socket.socket, pidfd: int, book: int) -> None:
        self.number = number
        self.messages = 0
        """How many messages it was given."""
        self.fate: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        """How it ended, once that is known."""
        self._link = link
        self._link.setblocking(False)
        self._pidfd = pidfd
        self._book = book
        self._is_awaited = False
        self._layers: tuple[Layer, ...] | None = None

    @property
    def is_alive(self) -> bool:
        """False once the process is gone or was killed."""
        if self._pidfd < 0:
            return False
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    async def layers(self) -> tuple[Layer, ...]:
        """How it is confined, as it said before its first order. Raises LostWorkerError."""
        if self._layers is None:
            self._layers = (await self._receive(ORDER_BYTES, Armed)).layers
        return self._layers

    async def scan(self, order: Order, message: Spool) -> Answer:
        """Have it scan ``message``. Raises LostWorkerError.

        Waits for as long as it takes. The answer is not to be believed yet.
        """
        self.messages += 1
        try:
            await channel.send_async(self._link, encode(order), [message.fileno()])
        except OSError:
            raise await self._lost() from None
        reach("worker asked")
        return await self._receive(ANSWER_BYTES, Answer)

    def noted(self, order: Order) -> Noted | None:
        """What it wrote down about a message that it did not bring to an end."""
        return logbook.read(self._book, order.nonce) if self._pidfd >= 0 else None

    def kill(self) -> None:
        """End it at once, wherever it is. May be called more than once."""
        if self._pidfd < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        os.close(self._book)
        self._pidfd = -1
        if self._is_awaited:
            self._link.shutdown(socket.SHUT_RDWR)  # whoever waits for an answer sees the end
            return
        self._link.close()

    async def _receive(self, most: int, expected: type[Value]) -> Value:
        self._is_awaited = True
        try:
            parcel = await channel.receive_async(self._link, most)
        except FrameError as error:
            raise LostWorkerError(f"the worker broke off or lied: {error}") from None
        finally:
            self._is_awaited = False
            if self._pidfd < 0:
                self._link.close()
        if parcel is None:
            raise await self._lost()
        try:
            return decode(parcel.body, expected)
        except FrameError as error:
            raise LostWorkerError(f"the worker lied: {error}") from None

    async def _lost(self) -> LostWorkerError:
        try:
            async with asyncio.timeout(_NEWS_SECONDS):
                fate = await asyncio.shield(self.fate)
        except TimeoutError:
            return LostWorkerError("the worker closed its socket")
        return LostWorkerError(fate.words, fate.reason)
