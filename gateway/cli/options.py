"""Options that many commands share."""

import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.words import say
from gateway.config import Settings, load

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The settings file. Else $LAZARETTO_CONFIG, else /etc/lazaretto/lazaretto.toml.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def _said(reason: str) -> str:
    if not reason.strip():
        raise typer.BadParameter(say("say why: whoever asks later has nothing else to go by"))
    return reason.strip()


Reason = Annotated[
    str,
    typer.Option(
        "--reason", metavar="TEXT", help="Why; kept with the item for ever.", callback=_said
    ),
]


def read_settings(config: Path | None) -> Settings:
    """The settings that this command works with. Raises ConfigError."""
    named = os.environ.get("LAZARETTO_CONFIG")
    return load(config or (Path(named) if named else None))
