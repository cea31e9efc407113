"""The ``lazaretto`` command: every command group in one place."""

import typer

from gateway import __version__
from gateway.cli import config, quarantine, rules
from gateway.cli.demo import demo
from gateway.cli.output import watched
from gateway.cli.scan import scan
from gateway.cli.serve import serve
from gateway.cli.status import status

commands = typer.Typer(
    name="lazaretto",
    help="Open every attachment of a hospital's mail, and hold what is suspicious.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)

commands.command()(serve)
commands.command()(status)
commands.command()(scan)
commands.command()(demo)
commands.add_typer(quarantine.commands, name="quarantine")
commands.add_typer(rules.commands, name="rules")
commands.add_typer(config.commands, name="config")


@commands.command()
def version() -> None:
    """Print the version."""
    print(f"lazaretto {__version__}")


def main() -> None:
    """Run the command line. It ends with 141 when nobody reads it, and 130 on Ctrl-C."""
    with watched():
        commands()
