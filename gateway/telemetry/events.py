"""One function for each event: a line in the log, a figure, and nothing personal unasked."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from gateway import __version__
from gateway.model import Envelope, Pack, Reason, Report, Verdict
from gateway.smtp.replies import Reply
from gateway.telemetry.loglines import LogLines
from gateway.telemetry.metrics import Metrics

_RENEWAL = timedelta(days=14)
_FEW = 10
"""So many items of a list are named."""
"""A certificate that ends sooner should have been renewed."""


class Events:
    """Writes events. ``personal`` adds addresses and the subject, which are health data."""

    def __init__(
        self, log: FilteringBoundLogger, metrics: Metrics, *, personal: bool = False
    ) -> None:
        self._log = log
        self._metrics = metrics
        self._personal = personal

    def started(
        self, addresses: tuple[tuple[str, int], ...], pack: Pack, layers: dict[str, str]
    ) -> None:
        """The gateway takes mail from now on; ``layers`` say how its workers are confined."""
        listening = [f"{host}:{port}" for host, port in addresses]
        self._metrics.build.info({"version": __version__, "pack": pack.name, "rules": pack.version})
        self._log.info(
            "started", listening=listening, pack=f"{pack.name} {pack.version}", sandbox=layers
        )

    def reloaded(self, pack: Pack, problems: tuple[str, ...]) -> None:
        """New settings and rules are in force; ``problems`` name the rule files left out."""
        self._metrics.build.info({"version": __version__, "pack": pack.name, "rules": pack.version})
        self._metrics.rule_files_skipped.set(len(problems))
        self._metrics.rules_reverted.set(0)
        self._log.info(
            "reloaded", pack=f"{pack.name} {pack.version}", skipped=list(problems) or None
        )

    def reload_failed(self, error: Exception) -> None:
        """New settings cannot be used; the old ones stay in force."""
        self._log.error("reload_failed", why=str(error))

    def certificate(self, expires: datetime | None) -> None:
        """STARTTLS is offered until then; mail flows on after that, but clients may object."""
        if expires is None:
            return
        self._metrics.certificate_expires.set(expires.timestamp())
        if expires < datetime.now(UTC) + _RENEWAL:
            self._log.warning("certificate_expires", at=expires.isoformat())

    def worker_failed(self, reason: Reason, why: str, step: str, pack: Pack) -> None:
        """A worker died, was late or lied; ``step`` is the detector that was at work."""
        self._metrics.workers_failed.labels(reason.value).inc()
        self._log.error("worker_failed", reason=reason.value, why=why, step=step, pack=_told(pack))

    def workers_missing(self, why: str) -> None:
        """No worker can be had; mail waits, and then its senders keep it."""
        self._metrics.failed.labels("workers").inc()
        self._log.error("workers_missing", why=why)

    def workers_dying(self, deaths: int, messages: int, pack: Pack) -> None:
        """Workers die of message after message: look at the rules, the machine, and the mail."""
        self._metrics.workers_dying.inc()
        self._log.critical("workers_dying", deaths=deaths, messages=messages, pack=_told(pack))

    def rules_reverted(self, bad: Pack, good: Pack) -> None:
        """New rules killed their workers; the ones before judge again, until the next reload."""
        self._metrics.rules_reverted.set(1)
        self._metrics.build.info({"version": __version__, "pack": good.name, "rules": good.version})
        self._log.critical("rules_reverted", bad=_told(bad), pack=_told(good))

    def revert_failed(self, error: Exception) -> None:
        """New rules kill their workers, and the ones before do not load any more."""
        self._metrics.failed.labels("revert").inc()
        self._log.critical("revert_failed", why=str(error))

    def cut_off(self, clients: int) -> None:
        """So many clients did not come to their end before we had to; they keep their mail."""
        self._log.warning("cut_off", clients=clients)

    def stopped(self) -> None:
        """The gateway has answered every client and takes no more mail."""
        self._log.info("stopped")

    def rule_file_skipped(self, problem: str) -> None:
        """A rule file is broken; all others are in use."""
        self._metrics.rule_files_skipped.inc()
        self._log.warning("rule_file_skipped", problem=problem)

    def next_hop_unreachable(self, why: str) -> None:
        """The mail server behind us could not be greeted; its senders keep the mail."""
        self._log.warning("next_hop_unreachable", why=why)

    def decided(
        self,
        identifier: str,
        envelope: Envelope,
        report: Report,
        verdict: Verdict,
        *,
        reply: Reply,
        size: int,
        milliseconds: dict[str, float],
        item: str = "",
        whole: str = "",
    ) -> None:
        """A message was judged and answered; ``item`` is its place in the quarantine.

        ``whole`` says why a withheld message had to be held whole, and nothing of it was delivered.
        """
        self._metrics.messages.labels(verdict.kind.word, verdict.action.word, str(reply.code)).inc()
        self._metrics.bytes.inc(size)
        for stage, spent in milliseconds.items():
            self._metrics.stages.labels(stage).observe(spent / 1000)
        if whole:
            self._metrics.held_whole.labels(whole).inc()
        self._log.info(
            "decided",
            id=identifier,
            **{"class": verdict.kind.word},
            action=verdict.action.word,
            reasons=list(verdict.reasons),
            reply=reply.code,
            item=item or None,
            whole=whole or None,
            bytes=size,
            files=len(report.artifacts),
            recipients=len(envelope.recipients),
            pack=f"{report.pack.name} {report.pack.version}",
            milliseconds={stage: round(spent, 1) for stage, spent in milliseconds.items()},
            **self._who(envelope, report),
        )

    def repeated(self, identifier: str, earlier: str) -> None:
        """A client that had not heard our 250 sent its message again; it was not taken twice."""
        self._metrics.repeated.inc()
        self._log.info("repeated", id=identifier, earlier=earlier)

    def in_doubt(self, identifier: str, earlier: str) -> None:
        """A message comes again of which nobody knows whether it arrived: it is delivered again.

        Whoever looks into a mailbox where it is twice finds both identifiers in its headers.
        """
        self._metrics.redelivered.inc()
        self._log.warning("in_doubt", id=identifier, earlier=earlier)

    def failed(self, identifier: str, stage: str, error: Exception) -> None:
        """Something of ours went wrong; the client was told to try again."""
        self._metrics.failed.labels(stage).inc()
        self._log.error("failed", id=identifier, stage=stage, error=type(error).__name__)

    def refused(self, identifier: str, stage: str, reply: Reply) -> None:
        """A message went no further than this stage; the client got this reply."""
        cause = reply.cause or None
        self._log.warning("refused", id=identifier, stage=stage, reply=reply.code, cause=cause)

    def turned_down(self, cause: str) -> None:
        """A client was refused something: too frequent for a line each."""
        self._metrics.refused.labels(cause).inc()

    def notice_failed(self, item: str, reply: Reply) -> None:
        """A recipient could not be told that a message is held."""
        self._metrics.notices_failed.inc()
        self._log.warning("notice_failed", item=item, reply=reply.code)

    def allowed(self, identifier: str, number: int) -> None:
        """A finding counted as a note, because exception ``number`` says so."""
        self._metrics.allowed.inc()
        self._log.info("allowed", id=identifier, number=number)

    def overdue(self, item: str, kind: str) -> None:
        """Nobody has looked at a held message in time."""
        self._log.warning("overdue", item=item, **{"class": kind})

    def overdue_now(self, count: int) -> None:
        """So many held messages wait for somebody to look at them, over their time."""
        self._metrics.overdue.set(count)

    def purged(self, items: int) -> None:
        """The time of so many items was over; nobody can read them any more."""
        self._metrics.purged.inc(items)
        self._log.info("purged", items=items)

    def recovered(self, unfinished: int, leftover: int, cut_off: int) -> None:
        """What a crash had left half done in the quarantine was brought to its end."""
        if unfinished or leftover or cut_off:
            told = {"unfinished": unfinished, "leftover": leftover, "cut_off": cut_off}
            self._log.info("recovered", **told)

    def lost(self, items: Sequence[str], *, is_older: bool) -> None:
        """Messages of these items are missing, or the index is older than it once was."""
        self._metrics.lost.set(len(items))
        if items or is_older:
            self._log.error(
                "quarantine_damaged",
                lost=len(items),
                items=[*items[:_FEW]],
                index_is_older=is_older,
                advice="lazaretto quarantine fsck",
            )

    def upkeep_failed(self, what: str, why: str) -> None:
        """The quarantine could not be kept up; it is tried again."""
        self._metrics.failed.labels("upkeep").inc()
        self._log.error("upkeep_failed", what=what, why=why)

    def desk_used(self, account: str, role: str, command: str, code: int) -> None:
        """Somebody has worked on the quarantine through the gateway; the audit says at what."""
        self._log.info("desk_used", account=account, role=role, command=command, exit=code)

    def desk_refused(self, account: str, why: str) -> None:
        """Somebody may not, or asked for what is none."""
        self._log.warning("desk_refused", account=account or None, why=why)

    def desk_failed(self, error: BaseException) -> None:
        """Nobody can come to the desk at the moment, or one who came got no answer."""
        self._log.error("desk_failed", why=repr(error))

    def audit_head(self, head: str) -> None:
        """The end of the audit: kept where the log goes, it proves later that nothing was cut."""
        self._log.info("audit_head", head=head)

    def _who(self, envelope: Envelope, report: Report) -> dict[str, object]:
        if not self._personal:
            return {}
        return {
            "sender": envelope.sender,
            "to": [recipient.address for recipient in envelope.recipients],
            "client": envelope.client,
            "subject": report.heading.subject,
        }


def _told(pack: Pack) -> str:
    return f"{pack.name} {pack.version}"


def open_log(style: Literal["json", "console"], stream: TextIO | LogLines) -> FilteringBoundLogger:
    """A log on ``stream``: JSON lines for a collector, or coloured lines for a person."""
    renderers: dict[str, Processor] = {
        "json": structlog.processors.JSONRenderer(),
        "console": structlog.dev.ConsoleRenderer(colors=stream.isatty()),
    }
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(cast(TextIO, stream)),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderers[style],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return log
