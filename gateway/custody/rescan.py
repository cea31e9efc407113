"""Looks again at a message that is held, with the rules of now."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from gateway.app import JUDGE, scanner
from gateway.config import Settings
from gateway.model import Report
from gateway.spool import Spool

PREVIEW = "gateway.workers.preview:build_engine"
"""Shows the words of a message instead of judging it."""

Look = Callable[[bytes, str], Awaitable[Report]]
"""Reports on a message whose sender is of this domain."""


@asynccontextmanager
async def looking(settings: Settings, factory: str = JUDGE) -> AsyncIterator[Look]:
    """Workers for many messages, one at a time. Raises PoolBusyError when none gets free."""
    async with scanner(settings, factory=factory) as scanning:

        async def look(message: bytes, sender_domain: str) -> Report:
            with Spool() as spool:
                spool.write(message)
                spool.seal()
                return await scanning.pool.scan(
                    spool,
                    name="message",
                    declared_type="message/rfc822",
                    sender_domain=sender_domain,
                )

        yield look


async def look_again(
    settings: Settings, message: bytes, sender_domain: str = "", *, factory: str = JUDGE
) -> Report:
    """One report. Raises PoolBusyError when no worker gets free."""
    async with looking(settings, factory) as look:
        return await look(message, sender_domain)
