"""The pool of workers: one message each, never longer than the deadline, never twice after trouble.

Rule 1. Whatever happens to a worker, the answer is a report: a dead, late or lying one is a gap.
Rule 2. A worker that touched something hostile, or that failed, never sees another message.
Rule 3. Nobody waits for a worker longer than agreed. Then the sender keeps the mail.
Rule 4. A message is judged by one set of rules. New rules are a new zygote; the old workers finish.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from gateway.model import Level, Reason, Report
from gateway.spool import Spool
from gateway.workers import sandbox
from gateway.workers.answers import Asked, CrashedWorkerError, LyingWorkerError, believe
from gateway.workers.frames import Answer, Order, Setup
from gateway.workers.remote import LostWorkerError
from gateway.workers.stock import Hand, PoolStartError, Started, Stock
from gateway.workers.tidy import tidy_name, tidy_text

__all__ = ["Pool", "PoolBusyError", "PoolStartError", "Started"]

_SMALL_BYTES = 1 << 20
_SPARE_WORKERS = 1
_NONCE_BYTES = 16


class PoolBusyError(Exception):
    """No worker became free in time. Nothing is known about the message."""


class Pool:
    """Scans messages in processes that can be killed. Start it, use it, close it.

    ``workers`` messages are scanned at a time, by default as many as there are processors, and
    one small message beside them, so that big ones do not keep it waiting.
    ``required`` names the layers of the sandbox without which the pool does not start.
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
        self._stock = Stock(population, factory=factory, required=required)

    async def start(self) -> Started:
        """Start the zygote and the first workers. Raises PoolStartError.

        Call it before any listener or key is opened: workers must not inherit them.
        """
        return await self._stock.start(self._setup)

    async def reload(self, setup: Setup) -> Started:
        """Judge every message from here on by ``setup``; those under way finish as they began.

        Raises PoolStartError, and then nothing has changed.
        """
        return await self._stock.start(setup)

    async def close(self) -> None:
        """Kill every worker. A scan that is under way ends as a gap."""
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
        return asked.seen_until(hand.worker.noted(asked.order), reason, detail)

    def _is_fit(self, hand: Hand, answer: Answer, report: Report) -> bool:
        """Rule 2."""
        if answer.is_worn or report.gaps:
            return False
        if any(finding.level > Level.NOTE for finding in report.findings):
            return False
        return hand.worker.messages < self._recycle_after
