"""What every command on the quarantine needs: it opened, who works on it, and a question asked."""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.cli.options import read_settings
from gateway.cli.terminal import FAILURE, clear_errors, stop
from gateway.cli.words import say
from gateway.config import Settings
from gateway.custody.lockboxes import lockbox
from quarantine import Item, Lockbox

Id = Annotated[str, typer.Argument(metavar="ID", help="The item, or the first letters of its id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@contextmanager
def opened(config: Path | None) -> Iterator[tuple[Settings, Lockbox]]:
    """The settings and the quarantine; every expected trouble in here is one clear line."""
    with clear_errors():
        settings = read_settings(config)
        with lockbox(settings) as box:
            yield settings, box


def who() -> str:
    """The person, not the role: sudo is looked through."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def is_guest() -> bool:
    """A person from elsewhere, for whom the gateway runs this: its files are not theirs."""
    return bool(os.environ.get("LAZARETTO_GUEST"))


def ask(question: str, *, yes: bool) -> None:
    """Go on only if a person, or ``--yes``, says so."""
    if yes:
        return
    if not sys.stdin.isatty():
        stop(say("{question} There is nobody to ask: give --yes", question=question))
    if not typer.confirm(question):
        raise typer.Exit(FAILURE)


def facts(item: Item) -> dict[str, object]:
    """An item as JSON shows it."""
    known = asdict(item)
    return {"class": known.pop("kind"), **known}


def line(value: object) -> str:
    """One line of JSON."""
    return msgspec.json.encode(value).decode()
