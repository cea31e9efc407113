"""``quarantine release``, ``approve`` and ``settle``: a held message on its way to its readers."""

import asyncio
import sys
from typing import Annotated

import typer

from gateway import app
from gateway.cli.options import ConfigFile, Reason
from gateway.cli.quarantine.desk import Id, opened, who
from gateway.cli.terminal import FAILURE, console, markup, safe, stop
from gateway.cli.words import say
from gateway.config import Settings
from gateway.custody import records
from gateway.custody.release import Handed
from gateway.custody.rescan import look_again
from gateway.model import Class, Verdict
from gateway.smtp.outbound import InDoubtError
from gateway.workers.pool import PoolBusyError
from quarantine import Details, Lockbox

To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="ADDRESS", help="Only to this recipient; may be repeated."),
]


def release(
    identifier: Id,
    *,
    reason: Reason,
    to: To = None,
    with_password: Annotated[
        bool,
        typer.Option(
            "--with-password",
            help="Ask for the password of its locked file, look inside, and release if clean.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Do not look at it again with the newest rules.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Hand an item to the next hop, byte for byte. It stays held unless the next hop said 250.

    It is looked at again first: what the newest rules find worse than before is not released.
    Malicious mail needs two persons: the first one approves, the second one releases.

    Examples: lazaretto quarantine release 1m85 --reason "the laboratory confirmed it";
    lazaretto quarantine release 1m85 --to dr.martin@hospital.example --reason "she called";
    lazaretto quarantine release 1m85 --with-password --reason "password by telephone"
    """
    with opened(config) as (settings, box):
        details = box.item(identifier)
        if with_password:
            check_clean(settings, box, details, _password())
        elif not force:
            check_no_worse(settings, box, details)
        handed = hand_over(settings, box, details.item.id, reason=reason, to=tuple(to or ()))
        _tell(details.item.id, handed)


def approve(identifier: Id, *, reason: Reason, to: To = None, config: ConfigFile = None) -> None:
    """Agree to a release that a second person carries out, to these recipients and no others.

    Example: lazaretto quarantine approve 1m85 --reason "a macro of our own planning office"
    """
    with opened(config) as (_, box):
        item = box.approve(identifier, who=who(), why=reason, recipients=tuple(to or ()))
    console.print(say("Approved {item}: a second person may release it now.", item=item.id))


def settle(
    identifier: Id,
    *,
    arrived: Annotated[
        bool, typer.Option("--arrived/--not-arrived", help="What you found in the mail server.")
    ],
    reason: Reason,
    config: ConfigFile = None,
) -> None:
    """Say what became of an item in state 'releasing', whose release was cut off.

    Look into the mail server first: only it knows. An item that arrived is released, one that
    did not is held as before.

    Example: lazaretto quarantine settle 1m85 --not-arrived --reason "not in its log"
    """
    with opened(config) as (_, box):
        words = settled(box, identifier, arrived=arrived, reason=reason)
    console.print(words)


def settled(box: Lockbox, identifier: str, *, arrived: bool, reason: str) -> str:
    """Settle a release that was cut off, and say what the item is now."""
    settle_as = box.finish_release if arrived else box.fail_release
    item = settle_as(identifier, who=who(), reply=reason)
    return say("{item} is {state} now.", item=item.id, state=item.state)


def hand_over(
    settings: Settings, box: Lockbox, item: str, *, reason: str, to: tuple[str, ...] = ()
) -> Handed:
    """Release an item, or stop and say that nobody knows whether it arrived."""
    try:
        return asyncio.run(app.release(settings, box, item, who=who(), why=reason, recipients=to))
    except InDoubtError:
        stop(
            say(
                "item {item}: the next hop took all the bytes and then fell silent. "
                "Look whether the message arrived; the item stays in state 'releasing'",
                item=item,
            ),
            FAILURE,
        )


def told(item: str, handed: Handed) -> tuple[list[str], list[str]]:
    """What became of a release, in words: what was done, and what was not."""
    if handed.is_approved:
        return [say("Approved {item}: a second person has to release it as well.", item=item)], []
    if not handed.taken:
        told = "the next hop said: {reply}; item {item} stays held"
        return [], [say(told, reply=handed.reply, item=item)]
    done = [say("Released {item}: the next hop said {reply}", item=item, reply=handed.reply)]
    if handed.waiting:
        done.append(say("Still held for {people}.", people=", ".join(handed.waiting)))
    not_to = "not to {person}: the next hop said: {reply}"
    return done, [say(not_to, person=person, reply=reply) for person, reply in handed.refused]


def _tell(item: str, handed: Handed) -> None:
    done, refused = told(item, handed)
    for words in done:
        console.print(markup(words))
    for words in refused:
        print(f"lazaretto: {safe(words)}", file=sys.stderr)
    if refused or handed.is_approved:
        raise typer.Exit(FAILURE)


def _password() -> str:
    """From the keyboard without an echo, or from a pipe; never from the command line."""
    if sys.stdin.isatty():
        return str(typer.prompt(say("Password"), hide_input=True))
    return sys.stdin.readline(1024).rstrip("\r\n")


def check_no_worse(settings: Settings, box: Lockbox, details: Details) -> None:
    """Look at an item again, and stop if the newest rules find it worse than it was."""
    verdict = _verdict(settings, box, details)
    was = next((kind for kind in Class if kind.word == details.item.kind), Class.MALICIOUS)
    if verdict.kind > was:
        stop(
            say(
                "item {item} was {was}, and the newest rules call it {now} ({reasons}): "
                "look at it again, or --force",
                item=details.item.id,
                was=details.item.kind,
                now=verdict.kind.word,
                reasons=", ".join(verdict.reasons),
            ),
            FAILURE,
        )


def check_clean(settings: Settings, box: Lockbox, details: Details, password: str) -> None:
    """Look into an item with a password, and stop unless all in it is seen and clean."""
    scan = settings.scan.model_copy(update={"passwords": (password, *settings.scan.passwords)})
    verdict = _verdict(settings.model_copy(update={"scan": scan}), box, details)
    if verdict.kind is not Class.CLEAN:
        stop(
            say(
                "item {item} is {now} ({reasons}) with this password: it stays held",
                item=details.item.id,
                now=verdict.kind.word,
                reasons=", ".join(verdict.reasons),
            ),
            FAILURE,
        )


def _verdict(settings: Settings, box: Lockbox, details: Details) -> Verdict:
    message, envelope = box.message(details.item.id), records.decode_envelope(details.envelope)
    try:
        report = asyncio.run(look_again(settings, message, envelope.sender_domain))
    except PoolBusyError as error:
        stop(say("{error}: try again, or raise workers.queue", error=error), FAILURE)
    verdict = settings.actions.policy().decide(report)
    change = f"{details.item.kind} -> {verdict.kind.word}; {', '.join(verdict.reasons)}"
    box.record("rescanned", who=who(), why=change, typed=details.item.id)
    return verdict
