"""The ``lazaretto`` command: every command group in one place."""

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
        commands()
