"""``quarantine show``: one item, so that a person can understand it in a minute."""

import asyncio
import re
import sys
from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from gateway.cleaning import COPY_SENT
from gateway.cli.options import ConfigFile, Json
from gateway.cli.preview import preview_lines
from gateway.cli.quarantine.desk import Id, facts, line, opened, who
from gateway.cli.terminal import cell, console, markup, stop
from gateway.cli.tree import explained, size
from gateway.cli.words import retell, say
from gateway.config import Settings
from gateway.custody import records
from gateway.custody.rescan import PREVIEW, look_again
from gateway.model import Action, Class
from quarantine import Details

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9.-]{1,255}")
"""Addresses that mean nothing to a shell."""


def show(
    identifier: Id,
    *,
    text: Annotated[
        bool,
        typer.Option("--text", help="Its header, its words and its macros too, made harmless."),
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="The message as it came, to a pipe; never to a terminal.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why you look; kept in the audit.")
    ] = "",
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Show one item: who sent it to whom, what is inside it, why it is held, and what to do.

    That you looked is recorded.

    Examples: lazaretto quarantine show 1m85; lazaretto quarantine show 1m85 --text;
    lazaretto quarantine show 1m85 --raw --reason "asked by the sender" | less
    """
    with opened(config) as (settings, box):
        if raw:
            _print_raw(box.export(_piped(identifier), who=who(), why=reason or "shown raw"))
            return
        details = box.view(identifier, who=who(), why=reason)
        message = box.message(details.item.id) if text else b""
        if not json:
            _print(details)
            _print_next(details, settings)
        words = list(_words(settings, message)) if text else []
        if json:
            needs_two = details.item.kind in settings.quarantine.two_persons
            more = {"text": [one.plain for one in words]} if text else {}
            print(line({**_facts(details), "needs_two_persons": needs_two, **more}))
            return
        for one in words:
            console.print(one, soft_wrap=True)


def _words(settings: Settings, message: bytes) -> Iterator[Text]:
    """What a message says, made harmless by a worker."""
    return preview_lines(asyncio.run(look_again(settings, message, factory=PREVIEW)))


def _piped(identifier: str) -> str:
    if sys.stdout.isatty():
        stop(
            say("a hostile message could steer your terminal: send --raw to a pipe, or use --text")
        )
    return identifier


def _print_raw(message: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(message)


def _facts(details: Details) -> dict[str, object]:
    return {
        **facts(details.item),
        "sha256": details.sha256,
        "envelope": msgspec.Raw(details.envelope or b"null"),
        "report": msgspec.Raw(details.report or b"null"),
        "deliveries": details.deliveries,
        "changes": details.changes,
        "records": details.records,
    }


def _print(details: Details) -> None:
    for title, told in heading(details).items():
        console.print(f"[bold]{say(title):<11}[/]{markup(told)}")
    for line_ in history(details):
        console.print(Text(" " * 11).append_text(line_))
    if details.report:
        report = records.decode_report(details.report)
        console.print(explained(report, details.item.id))


def _print_next(details: Details, settings: Settings) -> None:
    """The commands for whoever has decided."""
    item = details.item
    if item.state != "held":
        return
    needs_two = item.kind in settings.quarantine.two_persons and not item.approved_by
    told = {
        say("It is honest"): f"{'approve' if needs_two else 'release'} {item.id} --reason TEXT",
        say("It is not"): f"delete {item.id} --reason TEXT",
        say("Look closer"): f"show {item.id} --text",
    }
    sender = item.summary.get("sender", "")
    # Whoever chose the address may hope that somebody copies it into a shell.
    if item.kind == Class.MALICIOUS.word and _HARMLESS.fullmatch(sender):
        told[say("Other mail")] = f"list --sender {sender}"
    for when, command in told.items():
        line_ = f"{when:<14} lazaretto quarantine {command}"
        console.print(line_, style="green", markup=False, soft_wrap=True)


def history(details: Details) -> Iterator[Text]:
    """Who has it, and what was done to it."""
    for delivery in details.deliveries:
        told = say(
            "{person} has it since {at:%Y-%m-%d %H:%M}: {reply}",
            person=delivery.recipient,
            at=delivery.at,
            reply=delivery.reply,
        )
        yield cell(told)
    for record in details.records:
        why = f" ({record.why})" if record.why else ""
        what = say("{at:%Y-%m-%d %H:%M} {action} by ", at=record.at, action=record.action)
        yield Text.assemble((what, "dim"), cell(record.who + why))


def heading(details: Details) -> dict[str, str]:
    """What is known of an item beside its report, by title."""
    item = details.item
    envelope = records.decode_envelope(details.envelope) if details.envelope else None
    unknown = say("unknown")
    client = f"{envelope.client or unknown}, HELO {envelope.helo or unknown}" if envelope else ""
    notes = [say("under legal hold")] if item.legal_hold else []
    if item.approved_by:
        approved = "approved by {person}: a second person may release it"
        notes.append(say(approved, person=item.approved_by))
    if item.action == Action.WITHHOLD.word:
        is_known = any(record.action == COPY_SENT for record in details.records)
        have = "its recipients have all but the withheld files"
        perhaps = "nobody knows whether its recipients have all but the withheld files"
        notes.append(say(have if is_known else perhaps))
    return {
        "Item": item.id,
        "Held": f"{item.held_at:%Y-%m-%d %H:%M:%S} UTC, {size(item.size)}",
        "Class": f"{retell(item.kind)} ({', '.join(item.reasons)})",
        "State": ", ".join([retell(item.state), *notes]),
        "Client": client,
        "From": item.summary.get("sender", "") or retell(item.damage) or "<>",
        "To": item.summary.get("recipients", ""),
        "Subject": item.summary.get("subject", ""),
        "SHA-256": details.sha256,
        "Judged by": item.pack,
    }
