"""``quarantine allow``, ``allowances`` and ``disallow``: narrow exceptions, each with an owner."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from gateway.allowances.allowance import Allowance
from gateway.allowances.book import AllowanceBook
from gateway.cli.options import ConfigFile, Json, Reason, read_settings
from gateway.cli.quarantine.desk import Id, Yes, ask, line, opened, who
from gateway.cli.terminal import cell, clear_errors, console, stop
from gateway.cli.words import say
from gateway.config import Settings
from gateway.config.quantities import duration
from gateway.custody import records
from gateway.model import Level, Report
from gateway.smtp.authentication import authenticated_domains
from gateway.smtp.hops import header_of
from quarantine import Lockbox

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
        proposed = propose(settings, box, identifier, rule=rule, reason=reason, time=time)
        ask(say("Allow {rule} in {kind} from {sender} until {end}?", **_parts(proposed)), yes=yes)
        made = grant(settings, box, proposed)
    console.print(cell(granted(made)), soft_wrap=True)


def propose(
    settings: Settings, box: Lockbox, typed: str, *, rule: str, reason: str, time: str
) -> Allowance:
    """The exception that this item asks for, without a number yet; stops where there is none."""
    details = box.item(typed)
    message = box.message(details.item.id)
    kind = _kind(records.decode_report(details.report), rule)
    envelope = records.decode_envelope(details.envelope)
    return Allowance(
        number=0,
        sender_domain=_domain(settings, message, envelope.sender_domain),
        kind=kind,
        rule=rule,
        owner=who(),
        reason=reason,
        made_at=datetime.now(UTC),
        until=_until(time),
        item=details.item.id,
    )


def grant(settings: Settings, box: Lockbox, proposed: Allowance) -> Allowance:
    """Put it in force, and record who did."""
    book = AllowanceBook(settings.actions.allowances)
    made = book.add(lambda number: replace(proposed, number=number))
    told = "no. {number}: {rule} in {kind} from {sender} until {end}: {reason}"
    why = told.format(number=made.number, reason=made.reason, **_parts(made))
    box.record("allowed", who=who(), why=why, typed=made.item)
    return made


def granted(made: Allowance) -> str:
    """What was allowed, in words."""
    told = "Allowed as no. {number}: {rule} in {kind} from {sender} until {end}."
    return say(told, number=made.number, **_parts(made))


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
    console.print(_table(known) if known else say("Nothing is allowed."))


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
    console.print(say("No. {number} has ended.", number=number))


def _parts(one: Allowance) -> dict[str, str]:
    return {
        "rule": one.rule,
        "kind": one.kind,
        "sender": one.sender_domain,
        "end": f"{one.until:%Y-%m-%d}",
    }


def _kind(report: Report, rule: str) -> str:
    kinds = {listed.lineage: listed.kind for listed in report.artifacts}
    found = [one for one in report.findings if (one.rule or one.code) == rule]
    if any(gap.reason.value == rule for gap in report.gaps):
        stop(say("{rule}: what could not be seen is never allowed; release the message", rule=rule))
    kind = next((kinds[one.lineage] for one in found if one.lineage in kinds), "")
    if not kind:
        names = {one.rule or one.code for one in report.findings if one.level > Level.NOTE}
        told = "{rule} was not found in this item: {found}"
        stop(say(told, rule=rule, found=", ".join(sorted(names)) or say("nothing was")))
    return kind


def _domain(settings: Settings, message: bytes, expected: str) -> str:
    authority = settings.actions.authority
    if not authority:
        stop(say("nobody authenticates senders: name the server that does in actions.authority"))
    domains = authenticated_domains(header_of(memoryview(message)), authority)
    if not domains:
        told = "{authority} has not authenticated this sender: a name alone gets no exception"
        stop(say(told, authority=authority))
    return expected if expected in domains else min(domains)


def _until(time: str) -> datetime:
    try:
        span = timedelta(seconds=duration(time))
    except (ValueError, OverflowError):
        stop(say('--for {time!r}: expected a time such as "90d"', time=time))
    if span > _LONGEST:
        stop(say("--for: an exception lasts a year at most; then somebody looks again"))
    return datetime.now(UTC) + span


def _table(known: tuple[Allowance, ...]) -> Table:
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("no.", "rule", "in", "from", "until", "owner", "reason"):
        drawn.add_column(say(title), overflow="fold")
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
                    f"{one.until:%Y-%m-%d}" + ("" if now < one.until else f" ({say('ended')})"),
                    one.owner,
                    one.reason,
                )
            ),
        )
    return drawn
