"""The pool of workers: one message each, never longer than the deadline, never twice after trouble.

Rule 1. Whatever happens to a worker, the answer is a report: a dead, late or lying one is a gap.
Rule 2. A worker that touched something hostile, or that failed, never sees another message.
Rule 3. Nobody waits for a worker longer than agreed. Then the sender keeps the mail.
Rule 4. A message is judged by one set of rules. New rules are a new zygote; the old workers finish.
Rule 5. When workers die of message after message under new rules, the old ones come back.
"""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from gateway.model import Level, Pack, Reason, Report
from gateway.spool import Spool
from gateway.workers import sandbox
from gateway.workers.answers import Asked, CrashedWorkerError, LyingWorkerError, believe
from gateway.workers.breaker import Breaker, Tolerance
from gateway.workers.frames import Answer, Order, Setup
from gateway.workers.remote import LostWorkerError
from gateway.workers.stock import Hand, PoolStartError, Started, Stock
from gateway.workers.tidy import tidy_name, tidy_text

__all__ = ["Pool", "PoolBusyError", "PoolStartError", "Started"]

_SMALL_BYTES = 1 << 20
_SPARE_WORKERS = 1
_NONCE_BYTES = 16
_STEP = re.compile(r"\w{1,40}")


class PoolBusyError(Exception):
    """No worker became free in time. Nothing is known about the message."""


class Observer(Protocol):
    """Hears of what goes wrong with workers. No word of a sender is in what it is told."""

    def worker_failed(self, reason: Reason, why: str, step: str, pack: Pack) -> None:
        """A worker gave no believable answer; ``step`` was under way, if that is known."""

    def workers_missing(self, why: str) -> None:
        """No worker can be had at the moment; it is tried again and again."""

    def workers_dying(self, deaths: int, messages: int, pack: Pack) -> None:
        """So many workers died of the last so many messages."""

    def rules_reverted(self, bad: Pack, good: Pack) -> None:
        """The rules before the last judge again."""

    def revert_failed(self, error: Exception) -> None:
        """They cannot be had back; the new ones stay."""


class Pool:
    """Scans messages in processes that can be killed. Start it, use it, close it.

    ``workers`` messages are scanned at a time, by default as many as there are processors, and
    one small message beside them, so that big ones do not keep it waiting.
    ``required`` names the layers of the sandbox without which the pool does not start.
    ``tolerance`` says how many deaths are borne, and ``observer`` hears of them.
    ``factory`` names the function that builds the engine; tests have others.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        workers: int = 0,
        deadline_seconds: float = 90.0,
        queue_seconds: float = 20.0,
        recycle_after: int = 200,
        required: frozenset[str] = sandbox.REQUIRED,
        tolerance: Tolerance = Tolerance(),
        observer: Observer | None = None,
        factory: str = "gateway.workers.engine:build_engine",
    ) -> None:
        self._setup = setup
        self._deadline_seconds = deadline_seconds
        self._queue_seconds = queue_seconds
        self._recycle_after = recycle_after
        self.lanes = workers or os.cpu_count() or 1
        """How many messages of any size are scanned at a time."""
        self._lanes_of_big = asyncio.Semaphore(self.lanes)
        self._lanes = asyncio.Semaphore(self.lanes + 1)
        population = self.lanes + 1 + _SPARE_WORKERS
        self._stock = Stock(population, factory=factory, required=required, missing=self._missing)
        self._observer = observer
        self._breaker = Breaker(tolerance)
        self._proven: Setup | None = None
        """What judged before, while the present rules are on probation."""
        self._change = asyncio.Lock()
        self._reverting: asyncio.Task[None] | None = None

    async def start(self) -> Started:
        """Start the zygote and the first workers. Raises PoolStartError.

        Call it before any listener or key is opened: workers must not inherit them.
        """
        return await self._stock.start(self._setup)

    async def reload(self, setup: Setup) -> Started:
        """Judge every message from here on by ``setup``; those under way finish as they began.

        Raises PoolStartError, and then nothing has changed.
        """
        async with self._change:
            started = await self._stock.start(setup)
            self._setup, self._proven = setup, self._setup
            self._breaker.renew()
        return started

    @property
    def problem(self) -> str:
        """Why no message can be scanned at the moment, "" when one can."""
        return self._stock.problem

    async def close(self) -> None:
        """Kill every worker. A scan that is under way ends as a gap."""
        if self._reverting:
            self._reverting.cancel()
            await asyncio.wait([self._reverting])
        await self._stock.close()

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        """Report on the sealed ``message``. Raises PoolBusyError when no worker gets free.

        The lineages of the report begin with ``name``, shortened if it is very long.
        """
        async with self._turn(message.size) as hand:
            order = Order(
                secrets.token_hex(_NONCE_BYTES),
                tidy_name(name),
                tidy_text(declared_type),
                tidy_text(sender_domain),
                message.size,
            )
            asked = Asked(
                order, message.sha256, hand.generation.ready.pack, hand.generation.setup.limits
            )
            return await self._scan(hand, asked, message)

    @asynccontextmanager
    async def _turn(self, size: int) -> AsyncIterator[Hand]:
        """An idle worker, once it is our turn."""
        async with AsyncExitStack() as lanes:
            try:
                async with asyncio.timeout(self._queue_seconds):
                    if size > _SMALL_BYTES:
                        await lanes.enter_async_context(self._lanes_of_big)
                    await lanes.enter_async_context(self._lanes)
                    hand = await self._stock.take()
            except TimeoutError:
                detail = f"no worker became free within {self._queue_seconds:g} s"
                raise PoolBusyError(detail) from None
            yield hand

    async def _scan(self, hand: Hand, asked: Asked, message: Spool) -> Report:
        is_fit = False
        try:
            async with asyncio.timeout(self._deadline_seconds):
                answer = await hand.worker.scan(asked.order, message)
            report = believe(answer, asked)
            is_fit = self._is_fit(hand, answer, report)
            self._note(hand, died=False)
        except TimeoutError:
            detail = f"no answer within {self._deadline_seconds:g} s"
            return self._cut_off(hand, asked, Reason.TOO_SLOW, detail)
        except LostWorkerError as error:
            return self._cut_off(hand, asked, error.reason, tidy_text(str(error)))
        except LyingWorkerError as error:
            return self._cut_off(hand, asked, Reason.LOST, tidy_text(str(error)))
        except CrashedWorkerError as error:
            return self._cut_off(hand, asked, Reason.CRASHED, str(error))
        finally:
            # Also when the caller was cancelled: who knows what the worker is at.
            self._stock.give_back(hand) if is_fit else self._stock.discard(hand)
        return report

    def _cut_off(self, hand: Hand, asked: Asked, reason: Reason, detail: str) -> Report:
        """Rule 1."""
        noted = hand.worker.noted(asked.order)
        report = asked.seen_until(noted, reason, detail)
        if self._observer:
            # What stands behind a colon may be a sender's words.
            step = noted.step.what if noted and _STEP.fullmatch(noted.step.what) else ""
            self._observer.worker_failed(reason, detail.partition(":")[0], step, asked.pack)
        self._note(hand, died=report.killed_its_worker)
        return report

    def _note(self, hand: Hand, *, died: bool) -> None:
        """Rule 5."""
        if hand.generation.setup is not self._setup:
            return  # of rules that are on their way out
        count = self._breaker.note(died=died)
        if count is None:
            return
        bad = hand.generation.ready.pack
        if self._observer:
            self._observer.workers_dying(count.deaths, count.messages, bad)
        if count.are_rules_new and self._proven and not self._is_reverting:
            self._reverting = asyncio.get_running_loop().create_task(
                self._revert(bad, self._setup, self._proven)
            )

    @property
    def _is_reverting(self) -> bool:
        return self._reverting is not None and not self._reverting.done()

    async def _revert(self, bad: Pack, doubted: Setup, proven: Setup) -> None:
        async with self._change:
            if self._setup is not doubted:
                return  # other rules came first
            try:
                started = await self._stock.start(proven)
            except PoolStartError as error:
                if self._observer:
                    self._observer.revert_failed(error)
                return
            self._setup, self._proven = proven, None
            self._breaker.renew()
        if self._observer:
            self._observer.rules_reverted(bad, started.pack)

    def _missing(self, why: str) -> None:
        if self._observer:
            self._observer.workers_missing(why)

    def _is_fit(self, hand: Hand, answer: Answer, report: Report) -> bool:
        """Rule 2."""
        if answer.is_worn or report.gaps:
            return False
        if any(finding.level > Level.NOTE for finding in report.findings):
            return False
        return hand.worker.messages < self._recycle_after
