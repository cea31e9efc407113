"""Everybody's opinion of a message, as one report."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from gateway.model import Finding, Gap, Report
from gateway.opinions.clamd import Clamd
from gateway.opinions.hashlists import HashLists
from gateway.spool import Spool
from gateway.workers.pool import Pool

_NO_LISTS = HashLists()


@dataclass(frozen=True, slots=True)
class Panel:
    """Our own scan, a clamd beside it if there is one, and what this site knows by hash."""

    pool: Pool
    clamd: Clamd | None = None
    lists: HashLists = _NO_LISTS
    today: Callable[[], date] = lambda: datetime.now(UTC).date()

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        """Report on the sealed ``message``.

        Raises PoolBusyError or ClamdError when somebody who must be asked gives no answer.
        """
        own = self.pool.scan(
            message, name=name, declared_type=declared_type, sender_domain=sender_domain
        )
        try:
            async with asyncio.TaskGroup() as group:
                ours, theirs = (group.create_task(own), group.create_task(self._ask(message, name)))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        report, said = ours.result(), theirs.result()
        findings = [opinion for opinion in said if isinstance(opinion, Finding)]
        gaps = [opinion for opinion in said if isinstance(opinion, Gap)]
        whole = replace(report, findings=(*report.findings, *findings), gaps=(*report.gaps, *gaps))
        return self.lists.judge(whole, self.today())

    async def _ask(self, message: Spool, name: str) -> list[Finding | Gap]:
        return await self.clamd.look(message, (name,)) if self.clamd else []
