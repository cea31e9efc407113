"""``lazaretto config``: the settings that are in force."""

import json as jsonlib
from typing import Annotated

import typer

from gateway.cli.options import ConfigFile, read_settings
from gateway.cli.terminal import clear_errors, console

commands = typer.Typer(help="Check and show the settings.", no_args_is_help=True)


@commands.command()
def check(config: ConfigFile = None) -> None:
    """Say whether the settings can be used, or what is wrong with which key."""
    with clear_errors():
        read_settings(config)
    console.print("The settings are good.")


@commands.command()
def show(
    *,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    config: ConfigFile = None,
) -> None:
    """Show every setting that is in force: the file, the environment, and defaults."""
    with clear_errors():
        tables = read_settings(config).as_written()
    if json:
        print(jsonlib.dumps(tables))
        return
    for name, table in tables.items():
        console.print(f"[bold]\\[{name}][/]")
        for key, value in table.items():
            console.print(f"{key} = {jsonlib.dumps(value)}", markup=False)
        console.print()
