"""``lazaretto quarantine``: what is held, why, and what becomes of it."""

import typer

from gateway.cli.quarantine import (
    audit,
    ending,
    keeping,
    keys,
    listing,
    releasing,
    rescanning,
    showing,
    taking,
)

commands = typer.Typer(help="See, release, delete and export what is held.", no_args_is_help=True)

commands.command("list")(listing.list_)
commands.command()(showing.show)
commands.command()(releasing.release)
commands.command()(releasing.approve)
commands.command()(releasing.settle)
commands.command()(ending.delete)
commands.command("legal-hold")(ending.legal_hold)
commands.command()(ending.purge)
commands.command()(taking.export)
commands.command()(taking.report)
commands.command()(rescanning.rescan)
commands.command()(listing.stats)
commands.command()(keeping.fsck)
commands.command()(keeping.backup)
commands.command()(keeping.restore)
commands.command("create-key", hidden=True)(keys.create)
commands.add_typer(keys.commands, name="keys")
commands.add_typer(audit.commands, name="audit")
