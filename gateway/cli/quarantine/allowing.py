"""``quarantine allow``, ``allowances`` and ``disallow``: narrow exceptions, each with an owner."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from gateway import records
from gateway.allowancebook import AllowanceBook
from gateway.allowances import Allowance
from gateway.cli.options import ConfigFile, Json, Reason, read_settings
from gateway.cli.quarantine.desk import Id, Yes, ask, line, opened, who
from gateway.cli.terminal import cell, clear_errors, console, stop
from gateway.config import Settings
from gateway.config.quantities import duration
from gateway.model import Level, Report
from gateway.smtp.authentication import authenticated_domains
from gateway.smtp.hops import header_of

_LONGEST = timedelta(days=365)


def allow(
    identifier: Id,
    *,
    rule: Annotated[str, typer.Option("--rule", metavar="NAME", help="As show names it.")],
    reason: Reason,
    time: Annotated[
        str, typer.Option("--for", metavar="TIME", help='How long: "90d", at most a year.')
    ] = "90d",
    yes: Yes = False,
    config: ConfigFile = None,
) -> None:
    """Let the finding of this item pass from now on: this rule, this kind of file, this sender.

    Only for a sender whom the server in front has authenticated (actions.authority). Everything
    else in its mail counts as before, and you answer for the exception until it ends.

    Example: lazaretto quarantine allow 1m85 --rule macro.dropper --for 90d
    --reason "theatre planning of our own vendor"
    """
    with opened(config) as (settings, box):
        details = box.item(identifier)
        message = box.message(details.item.id)
        kind = _kind(records.decode_report(details.report), rule)
        envelope = records.decode_envelope(details.envelope)
        domain = _domain(settings, message, envelope.sender_domain)
        until = _until(time)
        ask(f"Allow {rule} in {kind} from {domain} until {until:%Y-%m-%d}?", yes=yes)
        made = AllowanceBook(settings.actions.allowances).add(
            lambda number: Allowance(
                number=number,
                sender_domain=domain,
                kind=kind,
                rule=rule,
                owner=who(),
                reason=reason,
                made_at=datetime.now(UTC),
                until=until,
                item=details.item.id,
            )
        )
        told = f"no. {made.number}: {rule} in {kind} from {domain} until {until:%Y-%m-%d}: {reason}"
        box.record("allowed", who=who(), why=told, typed=details.item.id)
    console.print(cell(f"Allowed as no. {made.number}: {rule} in {kind} from {domain}."))


def allowances(*, json: Json = False, config: ConfigFile = None) -> None:
    """List the exceptions, the expired ones too.

    Example: lazaretto quarantine allowances --json
    """
    with clear_errors():
        known = AllowanceBook(read_settings(config).actions.allowances).all()
    if json:
        for one in known:
            print(line(asdict(one)))
        return
    console.print(_table(known) if known else "Nothing is allowed.")


def disallow(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As allowances lists it.")],
    *,
    reason: Reason,
    config: ConfigFile = None,
) -> None:
    """End an exception now.

    Example: lazaretto quarantine disallow 3 --reason "the vendor was hacked"
    """
    with opened(config) as (settings, box):
        ended = AllowanceBook(settings.actions.allowances).end(number, datetime.now(UTC))
        box.record("disallowed", who=who(), why=f"no. {number}: {reason}", typed=ended.item)
    console.print(f"No. {number} has ended.")


def _kind(report: Report, rule: str) -> str:
    kinds = {listed.lineage: listed.kind for listed in report.artifacts}
    found = [one for one in report.findings if (one.rule or one.code) == rule]
    if any(gap.reason.value == rule for gap in report.gaps):
        stop(f"{rule}: what could not be seen is never allowed; release the single message")
    kind = next((kinds[one.lineage] for one in found if one.lineage in kinds), "")
    if not kind:
        names = {one.rule or one.code for one in report.findings if one.level > Level.NOTE}
        stop(f"{rule} was not found in this item: {', '.join(sorted(names)) or 'nothing was'}")
    return kind


def _domain(settings: Settings, message: bytes, expected: str) -> str:
    authority = settings.actions.authority
    if not authority:
        stop("nobody authenticates senders: name the server that does in actions.authority")
    domains = authenticated_domains(header_of(memoryview(message)), authority)
    if not domains:
        stop(f"{authority} has not authenticated this sender: a name alone gets no exception")
    return expected if expected in domains else min(domains)


def _until(time: str) -> datetime:
    try:
        span = timedelta(seconds=duration(time))
    except (ValueError, OverflowError):
        stop(f'--for {time!r}: expected a time such as "90d"')
    if span > _LONGEST:
        stop("--for: an exception lasts a year at most; then somebody looks again")
    return datetime.now(UTC) + span


def _table(known: tuple[Allowance, ...]) -> Table:
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("no.", "rule", "in", "from", "until", "owner", "reason"):
        drawn.add_column(title, overflow="fold")
    now = datetime.now(UTC)
    for one in known:
        style = "" if now < one.until else "dim"
        drawn.add_row(
            f"{one.number}",
            *(
                cell(text, style)
                for text in (
                    one.rule,
                    one.kind,
                    one.sender_domain,
                    f"{one.until:%Y-%m-%d}" + ("" if now < one.until else " (ended)"),
                    one.owner,
                    one.reason,
                )
            ),
        )
    return drawn
