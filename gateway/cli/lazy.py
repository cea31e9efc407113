"""Groups of commands that import a command when it is asked for: all others cost nothing."""

from collections.abc import Mapping
from importlib import import_module

import typer
from typer._click.core import Command, Context

from gateway.cli.help import HelpfulCommand, HelpfulGroup


def group(name: str, what: str, places: Mapping[str, str]) -> typer.Typer:
    """The commands of ``places``: ``module:function``, or ``module:commands`` for a group."""

    class Group(HelpfulGroup):
        def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - as click calls it
            """Every name, in the order of the table."""
            return [*places]

        def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
            """Import it."""
            return _command(cmd_name, places[cmd_name]) if cmd_name in places else None

    made = typer.Typer(
        name=name, cls=Group, help=what, no_args_is_help=True, pretty_exceptions_enable=False
    )
    # A group without a command of its own is one only if it has a callback.
    made.callback()(lambda: None)
    return made


def _command(name: str, place: str) -> Command:
    module, _, attribute = place.partition(":")
    thing = getattr(import_module(module), attribute)
    if isinstance(thing, typer.Typer):
        # Not get_command, which offers to install the completion of the whole program here.
        command: Command = typer.main.get_group(thing)
    else:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name, cls=HelpfulCommand)(thing)
        command = typer.main.get_command(alone)
    command.name = name
    return command
