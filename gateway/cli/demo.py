"""``lazaretto demo``: a real gateway on loopback, sample mail through it, and what became of it."""

import asyncio
import smtplib
import tempfile
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway import app
from gateway.cli.terminal import FAILURE, cell, clear_errors, console, markup
from gateway.cli.tree import explained
from gateway.cli.words import retell, say
from gateway.config import Settings, load
from gateway.custody import records
from gateway.demo.mail import RECIPIENT, SAMPLES, SENDER, Sample
from gateway.model import Class
from gateway.smtp.sink import Sink
from quarantine import Item, Lockbox, create_key

_SETTINGS = """\
# Made by lazaretto demo; everything else is at its default.
[smtp]
listen = ["127.0.0.1:0"]
hostname = "lazaretto.example"
recipient_domains = ["hopital.example"]
[next_hop]
hosts = ["127.0.0.1:{port}"]
tls = "off"
[quarantine]
folder = "{folder}/quarantine"
key_file = "{folder}/quarantine.key"
disk_floor = "1 MiB"
two_persons = []
[state]
folder = "{folder}/state"
[health]
listen = ""
"""
_WITHHELD = (False, True, True)
_FATES = {Class.CLEAN: (True, False, False), Class.MALICIOUS: (False, True, False)}
"""Whether it arrives as it is, is held, and arrives without its file; by the expected class."""
_STYLES = {Class.CLEAN: "green", Class.MALICIOUS: "bold red"}


@dataclass(frozen=True, slots=True)
class _Demo:
    """The running parts."""

    file: Path
    settings: Settings
    lockbox: Lockbox
    mail_server: Sink
    host: str
    port: int

    def held(self, sample: Sample) -> Item | None:
        """The item that this message became, if it is held."""
        items = self.lockbox.items()
        return next((item for item in items if item.summary["subject"] == sample.subject), None)

    def copy(self, item: Item) -> bytes:
        """What the recipients got of a message that is withheld; empty if they got nothing."""
        mark = f"\r\nX-Lazaretto-Withheld: {item.id}; ".encode()
        copies = (each.message for each in self.mail_server.deliveries if mark in each.message)
        return next(copies, b"")

    def has_arrived(self, sent: bytes) -> bool:
        """True if the mail server has the message, byte for byte below the trace headers."""
        return any(delivery.message.endswith(sent) for delivery in self.mail_server.deliveries)


def demo(
    *,
    leave: Annotated[
        bool, typer.Option("--exit", help="End when the mail is through, do not stay.")
    ] = False,
) -> None:
    """Send sample mail through a real gateway on this machine, and show what became of each.

    Exit code: 0 if every message ended where it must, 1 if not.

    Examples: lazaretto demo; lazaretto demo --exit
    """
    with clear_errors(), tempfile.TemporaryDirectory(prefix="lazaretto-demo-") as folder:
        try:
            is_right = asyncio.run(_run(Path(folder), stays=not leave))
        except KeyboardInterrupt:
            return
    if not is_right:
        console.print(say("Something did not end where it must."), style="bold red")
        raise typer.Exit(FAILURE)


async def _run(folder: Path, *, stays: bool) -> bool:
    async with Sink() as mail_server:
        file = folder / "lazaretto.toml"
        file.write_text(_SETTINGS.format(port=mail_server.port, folder=folder), "utf-8")
        create_key(folder / "quarantine.key")
        settings = load(file)
        with (folder / "events.jsonl").open("w", encoding="utf-8") as log:
            async with app.run(settings, log=log) as gateway:
                running = _Demo(file, settings, gateway.lockbox, mail_server, *gateway.addresses[0])
                is_right = await _show(running)
                _show_next(running)
                if stays:
                    console.print(f"\n{say('The gateway stays for you until Ctrl-C.')}")
                    await asyncio.Event().wait()
    return is_right


async def _show(running: _Demo) -> bool:
    told = "A gateway listens on {place}, a mail server behind it."
    console.print(say(told, place=f"{running.host}:{running.port}") + "\n")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("message", "reply", "class", "what became of it", "why"):
        table.add_column(say(title), overflow="fold")
    mail = {sample: sample.message() for sample in SAMPLES}
    are_right = [await _send_and_tell(running, *sent, table) for sent in mail.items()]
    console.print(table)
    worst = next(sample for sample in SAMPLES if sample.expected is Class.MALICIOUS)
    withheld = next(sample for sample in SAMPLES if sample.expected is Class.SUSPICIOUS)
    _look(running, worst)
    _show_notice(running, withheld)
    released = [await _release(running, sample, mail[sample]) for sample in (worst, withheld)]
    return all(are_right) and all(released)


async def _send_and_tell(running: _Demo, sample: Sample, message: bytes, table: Table) -> bool:
    reply = await asyncio.to_thread(_send, running, message)
    item, has_arrived = running.held(sample), running.has_arrived(message)
    kind = item.kind if item else "clean"
    is_withheld = item is not None and bool(running.copy(item))
    identifier = item.id if item else ""
    fates = {
        (True, False, False): say("delivered"),
        (False, True, False): say("held as {item}", item=identifier),
        (False, True, True): say(
            "delivered without its file, which is held as {item}", item=identifier
        ),
    }
    fate = (has_arrived, item is not None, is_withheld)
    table.add_row(
        cell(sample.subject),
        reply,
        cell(retell(kind), _STYLES.get(sample.expected, "yellow")),
        fates.get(fate, f"[bold red]{say('lost or doubled')}[/]"),
        cell(", ".join(item.reasons[:3]) if item else "", "dim"),
    )
    return (kind, fate) == (sample.expected.word, _FATES.get(sample.expected, _WITHHELD))


def _send(running: _Demo, message: bytes) -> str:
    """Send with an independent client, and give back the reply to the final dot."""
    with smtplib.SMTP(running.host, running.port, "client.example") as client:
        client.ehlo()
        client.mail(SENDER)
        client.rcpt(RECIPIENT)
        code, _ = client.data(message)
    return str(code)


def _look(running: _Demo, sample: Sample) -> None:
    item = running.held(sample)
    if item is not None:
        details = running.lockbox.item(item.id)
        console.print(f"\n[bold]{say('Looked at:')}[/] {markup(sample.subject)}")
        console.print(explained(records.decode_report(details.report)))


def _show_notice(running: _Demo, sample: Sample) -> None:
    """What stands in the place of the file, as an independent reader shows it."""
    item = running.held(sample)
    if item is None:
        return
    console.print(f"\n[bold]{say('In the place of the file:')}[/] {markup(sample.subject)}")
    for part in message_from_bytes(running.copy(item), policy=default).walk():
        if part["X-Lazaretto-Withheld"] == item.id:
            for line in part.get_content().splitlines():
                console.print(cell(f"  {line}"))


async def _release(running: _Demo, sample: Sample, message: bytes) -> bool:
    item = running.held(sample)
    if item is None:
        return False
    handed = await app.release(
        running.settings, running.lockbox, item.id, who="demo", why="to show how it is done"
    )
    has_arrived = running.has_arrived(message)
    told = say("the mail server said {reply}", reply=handed.reply)
    arrived = "it arrived byte for byte" if has_arrived else "it arrived changed"
    subject = f"[bold]{say('Released:')}[/] {markup(sample.subject)}"
    console.print(f"\n{subject}{say(': ')}{markup(told)}; {say(arrived)}.")
    return bool(handed.taken) and has_arrived


def _show_next(running: _Demo) -> None:
    command = f"lazaretto quarantine {{}} --config {running.file}"
    console.print(f"\n[bold]{say('Try next')}[/] {say('(with .venv/bin in your PATH)')}")
    file, why = say("FILE"), say("sender called")
    for arguments in ("list", "show ID", f"release ID --reason '{why}'", f"export ID {file}"):
        console.print(f"  {command.format(arguments)}", markup=False, soft_wrap=True)
    console.print(f"  lazaretto scan {file}...", markup=False)
    place = f"{running.host}:{running.port}"
    console.print(f"  swaks --server {place} --to {RECIPIENT} --attach {file}")
    console.print(f"  less {running.file.parent}/events.jsonl", soft_wrap=True)
