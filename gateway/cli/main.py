"""The ``lazaretto`` command: every command group in one place."""

import sys

from gateway import __version__
from gateway.cli.lazy import group
from gateway.cli.output import watched

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
        commands()


def _send(words: list[str]) -> None:
    """End with the exit code of the gateway, if it is the gateway that has to do it."""
    from gateway.cli.errand import sent  # noqa: PLC0415 - all other commands go without it

    code = sent(words)
    if code is not None:
        raise SystemExit(code)
