"""``lazaretto config``: the settings that are in force."""

import json as jsonlib
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway import app
from gateway.cli.lazy import group
from gateway.cli.options import ConfigFile, read_settings
from gateway.cli.terminal import clear_errors, console
from gateway.cli.words import say

commands = group(
    "config",
    "Check and show the settings.",
    {
        "check": f"{__name__}:check",
        "show": f"{__name__}:show",
    },
)


def check(config: ConfigFile = None) -> None:
    """Say whether the settings can be used, or what is wrong with which key.

    Example: lazaretto config check --config lazaretto.toml
    """
    with clear_errors():
        settings = read_settings(config)
        app.server_tls(settings)
        app.hop_tls(settings)
        expired = app.hash_lists(settings).expired(datetime.now(UTC).date())
    if expired:
        ended = say("hashes.files: entries that have ended: {count} (expires)", count=expired)
        console.print(say("remark: {problem}", problem=ended))
    console.print(say("The settings are good."))


def show(
    *,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    config: ConfigFile = None,
) -> None:
    """Show every setting that is in force: the file, the environment, and defaults.

    Examples: lazaretto config show; lazaretto config show --json
    """
    with clear_errors():
        tables = read_settings(config).as_written()
    if json:
        print(jsonlib.dumps(tables))
        return
    for name, table in tables.items():
        _print_table(name, table)


def _print_table(name: str, table: dict[str, object]) -> None:
    """One table as the settings file would have it; JSON's spelling of a value is TOML's too."""
    print(f"[{name}]")
    for key, value in table.items():
        if value is None:
            print(f"# {say('{key} is not set', key=key)}")
        elif not isinstance(value, dict):
            print(f"{key} = {jsonlib.dumps(value, ensure_ascii=False)}")
    print()
    for key, value in table.items():
        if isinstance(value, dict):
            _print_table(f"{name}.{key}", value)
