"""Receives one message after DATA: from the inbox into a spool, within the limits."""

import asyncio
from asyncio import get_running_loop

from gateway.failpoints import reach
from gateway.smtp import replies
from gateway.smtp.data import DataReader, DataRules, Fault
from gateway.smtp.inbound.inbox import Inbox
from gateway.smtp.inbound.memory import Memory
from gateway.smtp.inbound.settings import InboundSettings
from gateway.smtp.replies import Reply
from gateway.spool import Spool

_MUCH_BYTES = 4 << 20


class TooSlowError(Exception):
    """The message came in too slowly, or not at all."""


class Reception:
    """One message on its way in. Close it when the message is done with."""

    def __init__(self, memory: Memory, settings: InboundSettings) -> None:
        self.spool = Spool()
        self._memory = memory
        self._limits = settings.limits
        self._taken = 0
        self._found_no_room = False
        rules = DataRules(
            message_bytes=settings.limits.message_bytes,
            line_bytes=settings.limits.line_bytes,
            refuse_bare_newlines=settings.refuse_bare_newlines,
        )
        self._reader = DataReader(self._write, rules)

    async def receive(self, inbox: Inbox) -> None:
        """Read until the end of the message, or until it is clear that there will be none.

        Raises GoneError when the client hangs up before, and TooSlowError.
        """
        began = get_running_loop().time()
        while True:
            await self._wait_for_room()
            has_ended = self._reader.feed(inbox.take())
            if has_ended or self._reader.is_endless:
                inbox.give_back(self._reader.leftover)
                return
            if not self._is_good:
                self.close()
            reach("part received")
            await self._wait_for_octets(inbox, began)

    def refusal(self, identifier: str) -> Reply | None:
        """Why the message cannot be taken, None when it can."""
        if self._reader.is_endless:
            return replies.too_big(self._limits.message_bytes)
        match self._reader.fault:
            case Fault.FALSE_END:
                return replies.false_end(self._reader.octet, identifier)
            case Fault.BARE_NEWLINE:
                return replies.bare_newline(self._reader.octet, identifier)
            case Fault.LONG_LINE:
                return replies.long_line(self._limits.line_bytes, identifier)
            case Fault.TOO_BIG:
                return replies.too_big(self._limits.message_bytes)
            case None:
                return replies.NO_MEMORY if self._found_no_room else None

    @property
    def is_hostile(self) -> bool:
        """True when the session must end: the client and we disagree about where messages end."""
        ends = (Fault.FALSE_END, Fault.BARE_NEWLINE)
        return self._reader.is_endless or self._reader.fault in ends

    async def part(self) -> None:
        """Close it, and keep nobody waiting: the kernel takes 10 ms to free 50 MB."""
        if self._taken > _MUCH_BYTES:
            await asyncio.to_thread(self.spool.close)
        self.close()

    def close(self) -> None:
        """Give the memory back."""
        self.spool.close()
        self._memory.give_back(self._taken)
        self._taken = 0

    @property
    def _is_good(self) -> bool:
        return self._reader.fault is None and not self._found_no_room

    def _write(self, octets: bytes) -> None:
        if self._found_no_room:
            return
        try:
            self.spool.write(octets)
        except OSError:
            self._found_no_room = True
            return
        self._taken += len(octets)
        self._memory.take(len(octets))

    async def _wait_for_room(self) -> None:
        if self._is_good and not self._memory.has_room(1):
            seconds = self._limits.in_flight_seconds
            self._found_no_room = not await self._memory.room(1, seconds=seconds)

    async def _wait_for_octets(self, inbox: Inbox, began: float) -> None:
        limits = self._limits
        earned = self._reader.received / limits.data_bytes_per_second
        now = get_running_loop().time()
        left = min(limits.data_seconds, began + limits.data_seconds + earned - now)
        try:
            async with asyncio.timeout(left):
                await inbox.more()
        except TimeoutError:
            raise TooSlowError from None
