"""Pools of workers with the engines of a test, and a look at their processes."""

import os
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.model import Report
from gateway.workers.frames import Setup
from gateway.workers.pool import Observer, Pool
from tests.support.engines import spooled

BY_WORD = "tests.support.engines:by_word"


@asynccontextmanager
async def started(
    factory: str = BY_WORD,
    *,
    setup: Setup = Setup(),
    workers: int = 1,
    deadline_seconds: float = 20.0,
    queue_seconds: float = 20.0,
    recycle_after: int = 200,
    observer: Observer | None = None,
) -> AsyncIterator[Pool]:
    pool = Pool(
        setup,
        workers=workers,
        deadline_seconds=deadline_seconds,
        queue_seconds=queue_seconds,
        recycle_after=recycle_after,
        observer=observer,
        factory=factory,
    )
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def scan(
    pool: Pool, data: bytes, *, name: str = "message", declared_type: str = ""
) -> Report:
    with spooled(data) as message:
        return await pool.scan(message, name=name, declared_type=declared_type, sender_domain="")


async def worker_of(pool: Pool) -> int:
    """The process that scans a clean message."""
    return int((await scan(pool, b"clean")).findings[0].evidence)


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def until_gone(pid: int) -> None:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([pidfd], [], [])
    os.close(pidfd)
