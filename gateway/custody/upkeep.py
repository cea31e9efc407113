"""Keeps the quarantine up while the gateway runs: purges, alarms, the head of its audit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from gateway.model import Envelope, Recipient
from gateway.notices.alarm import Alarm
from gateway.smtp.outbound import InDoubtError, NextHop
from gateway.smtp.submission import submit
from gateway.telemetry.events import Events
from quarantine import Item, Lockbox, LockboxError

_MAIL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Every:
    """Seconds between two runs of each."""

    alarm: float = 60.0
    head: float = 600.0
    purge: float = 3600.0


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Looks after ``lockbox``. Whatever fails is said, and tried again."""

    lockbox: Lockbox
    next_hop: NextHop
    events: Events
    retention: Mapping[str, timedelta]
    alarm: Alarm
    mail: tuple[str, ...]
    """Who is told of items that nobody looked at in time."""
    every: Every = Every()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look after it for as long as the ``async with`` block lasts."""
        work = {
            "alarm": (self._raise_alarms, self.every.alarm),
            "head": (self._tell_head, self.every.head),
            "purge": (self._purge, self.every.purge),
        }
        # Not a task group: a mistake in here must not stop the mail.
        loop = asyncio.get_running_loop()
        tasks = [
            loop.create_task(self._repeat(name, act, seconds), name=name)
            for name, (act, seconds) in work.items()
        ]
        for task in tasks:
            task.add_done_callback(self._ended)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _repeat(self, name: str, act: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await act()
            except (LockboxError, OSError) as error:
                self.events.upkeep_failed(name, str(error))
            await asyncio.sleep(seconds)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self.events.upkeep_failed(task.get_name(), f"{type(error).__name__}: it has ended")

    async def _raise_alarms(self) -> None:
        fresh = await asyncio.to_thread(self.lockbox.upkeep.alarm)
        for item in fresh:
            self.events.overdue(item.id, item.kind)
        self.events.overdue_now(len(await asyncio.to_thread(self.lockbox.upkeep.overdue)))
        if fresh and self.mail:
            await self._send(fresh)

    async def _send(self, items: list[Item]) -> None:
        envelope = Envelope("", tuple(map(Recipient, self.mail)))
        try:
            async with asyncio.timeout(_MAIL_SECONDS):
                reply = await submit(self.next_hop, envelope, b"", self.alarm.overdue(items))
        except (TimeoutError, InDoubtError) as error:
            self.events.upkeep_failed("alarm mail", str(error) or "no answer in time")
            return
        if not reply.is_positive:
            self.events.upkeep_failed("alarm mail", str(reply))

    async def _tell_head(self) -> None:
        head = await asyncio.to_thread(self.lockbox.audit.head)
        if head:
            self.events.audit_head(str(head))

    async def _purge(self) -> None:
        # A command that was killed left something half done.
        found = await asyncio.to_thread(self.lockbox.recover)
        self.events.recovered(found.unfinished, found.leftover, found.cut_off)
        self.events.lost(found.lost, is_older=found.is_older)
        purged = await asyncio.to_thread(lambda: list(self.lockbox.upkeep.purge(self.retention)))
        if purged:
            self.events.purged(len(purged))
