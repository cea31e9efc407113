"""``lazaretto quarantine``: what is held, why, and what becomes of it."""

import asyncio
import getpass
import os
import stat
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from gateway import app, records
from gateway.cli.options import ConfigFile, Json, Reason, read_settings
from gateway.cli.terminal import (
    FAILURE,
    cell,
    clear_errors,
    console,
    markup,
    stop,
)
from gateway.cli.tree import report_tree, size
from gateway.smtp.outbound import InDoubtError
from quarantine import Details, Item, Query, State
from quarantine import create_key as make_key

commands = typer.Typer(help="See, release, delete and export what is held.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The item, or the first letters of its id.")]


@commands.command("list")
def list_(
    *,
    kind: Annotated[
        list[str] | None, typer.Option("--class", help="Only this class; may be repeated.")
    ] = None,
    state: Annotated[
        list[State] | None, typer.Option("--state", help="Only this state; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = 50,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """List held messages, newest first.

    Example: lazaretto quarantine list --class suspicious --class opaque
    """
    query = Query(
        kinds=frozenset(kind or ()),
        states=frozenset(state or (State.HELD, State.RELEASING)),
        limit=limit,
    )
    with clear_errors(), app.lockbox(read_settings(config)) as lockbox:
        items = list(lockbox.items(query))
    if json:
        for item in items:
            print(_line(item))
        return
    console.print(_table(items) if items else "Nothing is held.")


@commands.command()
def show(identifier: Id, *, json: Json = False, config: ConfigFile = None) -> None:
    """Show one item: who sent it to whom, what is inside it, why it is held, and what to do.

    Example: lazaretto quarantine show 1m85
    """
    with clear_errors(), app.lockbox(read_settings(config)) as lockbox:
        details = lockbox.item(identifier)
    item = details.item
    if json:
        line = {
            **_facts(item),
            "sha256": details.sha256,
            "envelope": msgspec.Raw(details.envelope or b"null"),
            "report": msgspec.Raw(details.report or b"null"),
            "changes": details.changes,
        }
        print(msgspec.json.encode(line).decode())
        return
    for title, text in _heading(details).items():
        console.print(f"[bold]{title:<11}[/]{markup(text)}")
    for change in details.changes:
        why = f" ({change.why})" if change.why else ""
        console.print(
            f"[dim]{'':<11}{change.at:%Y-%m-%d %H:%M} {change.became} by[/] "
            f"{markup(change.who)}{markup(why)}"
        )
    if details.report:
        console.print(report_tree(records.decode_report(details.report), f"item {item.id}"))


@commands.command()
def release(
    identifier: Id,
    *,
    reason: Reason,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="ADDRESS", help="Only to this recipient; may be repeated."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Hand an item to the next hop, byte for byte. It stays held unless the next hop said 250.

    Example: lazaretto quarantine release 1m85 --reason "the laboratory confirmed it"
    """
    with clear_errors():
        settings = read_settings(config)
        with app.lockbox(settings) as lockbox:
            item = lockbox.item(identifier).item
            try:
                reply = asyncio.run(
                    app.release(
                        settings,
                        lockbox,
                        item.id,
                        who=_who(),
                        why=reason,
                        recipients=tuple(to or ()),
                    )
                )
            except InDoubtError:
                stop(
                    f"item {item.id}: the next hop took all the bytes and then fell silent. Look "
                    "whether the message arrived; the item stays in state 'releasing'",
                    FAILURE,
                )
    if not reply.is_positive:
        stop(f"the next hop said: {reply}; item {item.id} stays held", FAILURE)
    console.print(f"Released {item.id}: the next hop said {markup(str(reply))}")


@commands.command()
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
    with clear_errors(), app.lockbox(read_settings(config)) as lockbox:
        settle_as = lockbox.finish_release if arrived else lockbox.fail_release
        item = settle_as(identifier, who=_who(), reply=reason)
    console.print(f"{item.id} is {item.state} now.")


@commands.command()
def delete(
    identifier: Id,
    *,
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigFile = None,
) -> None:
    """Delete an item for good: its key is destroyed, so nobody can read it again.

    Example: lazaretto quarantine delete 1m85 --reason spam --yes
    """
    with clear_errors(), app.lockbox(read_settings(config)) as lockbox:
        item = lockbox.item(identifier).item
        if not yes:
            _ask(f"Delete {item.id} for good?")
        lockbox.delete(item.id, who=_who(), why=reason)
    console.print(f"Deleted {item.id}.")


@commands.command()
def export(
    identifier: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Write the original message to FILE, readable by you alone. Handle it as what it is.

    Example: lazaretto quarantine export 1m85 /root/sample.eml
    """
    with clear_errors(), app.lockbox(read_settings(config)) as lockbox:
        item = lockbox.item(identifier).item
        message = lockbox.message(item.id)
        _write_new(file, message)
    console.print(f"Wrote {len(message)} bytes of {item.id} to {markup(str(file))}.")


@commands.command("create-key")
def create_key(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Else the place in the settings.")
    ] = None,
    *,
    config: ConfigFile = None,
) -> None:
    """Make the master key. Keep a copy in a safe: without it nothing held can be read again."""
    with clear_errors():
        place = file or read_settings(config).quarantine.key_file
        make_key(place)
    console.print(f"Made {markup(str(place))}. Keep a copy of it in a safe.")


def _write_new(file: Path, content: bytes) -> None:
    _check_place(file.parent)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        stop(f"{file} exists already: give the name of a new file")
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def _check_place(folder: Path) -> None:
    """Where everybody may write, another could put a file of theirs in the place of ours."""
    if not folder.is_dir():
        stop(f"{folder}: there is no such folder")
    if folder.stat().st_mode & stat.S_IWOTH:
        stop(f"{folder}: everybody may write there: name a folder of your own")


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        stop(f"{question} There is nobody to ask: give --yes")
    if not typer.confirm(question):
        raise typer.Exit(FAILURE)


def _who() -> str:
    """The person, not the role: sudo is looked through."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _facts(item: Item) -> dict[str, object]:
    facts = asdict(item)
    return {"class": facts.pop("kind"), **facts}


def _line(item: Item) -> str:
    return msgspec.json.encode(_facts(item)).decode()


def _heading(details: Details) -> dict[str, str]:
    item = details.item
    envelope = records.decode_envelope(details.envelope) if details.envelope else None
    client = (
        f"{envelope.client or 'unknown'}, HELO {envelope.helo or 'unknown'}" if envelope else ""
    )
    return {
        "Item": item.id,
        "Held": f"{item.held_at:%Y-%m-%d %H:%M:%S} UTC, {size(item.size)}",
        "Class": f"{item.kind} ({', '.join(item.reasons)})",
        "State": item.state,
        "Client": client,
        "From": item.summary.get("sender", "") or "<>",
        "To": item.summary.get("recipients", ""),
        "Subject": item.summary.get("subject", ""),
        "SHA-256": details.sha256,
        "Judged by": item.pack,
    }


def _table(items: list[Item]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("id", "held (UTC)", "class", "from", "subject", "why"):
        table.add_column(title, no_wrap=title in {"id", "held (UTC)"}, overflow="fold")
    for item in items:
        table.add_row(
            item.id,
            f"{item.held_at:%m-%d %H:%M}",
            cell(item.kind, "bold red" if item.kind == "malicious" else "yellow"),
            cell(item.summary.get("sender", "") or item.damage or "<>"),
            cell(item.summary.get("subject", "")),
            cell(", ".join(item.reasons[:3]), "dim"),
        )
    return table
