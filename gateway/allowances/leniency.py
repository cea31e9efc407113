"""Applies the exceptions to a report, for senders that were authenticated."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.allowances.allowance import apply
from gateway.allowances.book import AllowanceBook, BookError
from gateway.model import Report
from gateway.smtp.authentication import authenticated_domains
from gateway.smtp.hops import header_of
from gateway.spool import Spool
from gateway.telemetry.events import Events


@dataclass(frozen=True, slots=True)
class Leniency:
    """``authority`` is the server that checks senders; "" for none, and then nothing is allowed."""

    book: AllowanceBook
    authority: str
    events: Events
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def applied(self, report: Report, message: Spool, identifier: str) -> Report:
        """The report, with what is allowed as notes."""
        if not self.authority or report.is_clean:
            return report
        try:
            allowances = self.book.all()
        except BookError as error:
            self.events.failed(identifier, "allowances", error)
            return report
        if not allowances:
            return report
        with message.view() as view:
            domains = authenticated_domains(header_of(view), self.authority)
        allowed = apply(report, allowances, domains, self.now())
        for number in allowed.used:
            self.events.allowed(identifier, number)
        return allowed.report
