"""``quarantine reindex``: items from before there was a search are found by their words."""

import typer
from rich.console import Console
from rich.progress import track

from gateway.cli.options import ConfigFile, Json
from gateway.cli.quarantine.desk import line, opened, who
from gateway.cli.terminal import FAILURE, cell, console
from gateway.cli.words import number, say
from gateway.custody.holding import searchable_again
from quarantine import only_one


def reindex(*, json: Json = False, config: ConfigFile = None) -> None:
    """Make items findable that were held before there was a search. It may be stopped, and goes on.

    They are read for it. Where the gateway has only the public key, it is done where the private
    one is. Exit code: 1 if an item could not be read.

    Example: lazaretto quarantine reindex
    """
    with opened(config) as (settings, box), only_one(settings.quarantine.folder, "rotation"):
        left = len(box.reindexing.left())
        done = box.reindexing.run(searchable_again, who=who())
        told = Console(stderr=True)
        troubles = 0
        for item, trouble in track(
            done, say("Reading items"), total=left, console=told, transient=True
        ):
            troubles += bool(trouble)
            if json:
                print(line({"item": item, "error": trouble}), flush=True)
            elif trouble:
                console.print(cell(f"{item}  {trouble}", "red"))
    if not json:
        one, many = (
            "{count} item is found by its words from now on.",
            "{count} items are found by their words from now on.",
        )
        found = number(one, many, count=left - troubles)
        console.print(found)
    if troubles:
        raise typer.Exit(FAILURE)
