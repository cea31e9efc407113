"""The ``lazaretto`` command: every command group in one place."""

import sys

from typer import Abort
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from gateway import __version__
from gateway.cli.lazy import group
from gateway.cli.output import watched
from gateway.cli.words import retell, say

commands = group(
    "lazaretto",
    "Open every attachment of a hospital's mail, and hold what is suspicious.",
    {
        "serve": "gateway.cli.serve:serve",
        "status": "gateway.cli.status:status",
        "scan": "gateway.cli.scan:scan",
        "demo": "gateway.cli.demo:demo",
        "quarantine": "gateway.cli.quarantine:commands",
        "rules": "gateway.cli.rules:commands",
        "config": "gateway.cli.config:commands",
        "version": "gateway.cli.main:version",
    },
)


def version() -> None:
    """Print the version.

    Example: lazaretto version
    """
    print(f"lazaretto {__version__}")


def main() -> None:
    """Run the command line. It ends with 141 when nobody reads it, and 130 on Ctrl-C."""
    with watched():
        if sys.argv[1:2] == ["quarantine"]:
            _send(sys.argv[2:])
        raise SystemExit(_called())


def _called() -> int:
    """Do what the words of the call say; the exit code, which is 2 for a mistake in them."""
    try:
        return int(commands(prog_name="lazaretto", standalone_mode=False) or 0)
    except NoArgsIsHelpError as asked:
        print(asked.format_message())
    except ClickException as mistake:
        print(f"lazaretto: {_line(mistake)}", file=sys.stderr)
    except Abort:
        print(file=sys.stderr)
        return 1
    return 2


def _line(mistake: ClickException) -> str:
    """What is wrong with the call, and where it says how to call."""
    context = getattr(mistake, "ctx", None)
    wrong = " ".join(mistake.format_message().replace("Value error, ", "").split()).rstrip(".")
    if context is None:
        return retell(wrong)
    return say("{problem} (see: {command} --help)", problem=wrong, command=context.command_path)


def _send(words: list[str]) -> None:
    """End with the exit code of the gateway, if it is the gateway that has to do it."""
    from gateway.cli.errand import sent  # noqa: PLC0415 - all other commands go without it

    code = sent(words)
    if code is not None:
        raise SystemExit(code)
