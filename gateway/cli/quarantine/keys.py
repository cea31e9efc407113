"""``quarantine keys``: the keys that everything is sealed under."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from gateway.cli.lazy import group
from gateway.cli.options import ConfigFile, Json, read_settings
from gateway.cli.quarantine.desk import line, opened, who
from gateway.cli.terminal import clear_errors, console, markup
from gateway.cli.words import number, say
from quarantine import create_key, create_key_pair, only_one

commands = group(
    "keys",
    "Make, see and change the keys.",
    {
        "create": f"{__name__}:create",
        "show": f"{__name__}:show",
        "rotate": f"{__name__}:rotate",
    },
)


def create(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Else the place in the settings.")
    ] = None,
    *,
    private: Annotated[
        Path | None,
        typer.Option(
            "--private",
            metavar="FILE",
            help="Make a pair: FILE gets the half that reads, and belongs on another machine.",
        ),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Make the key. Keep a copy in a safe: without it nothing held can be read again.

    With a pair, the gateway gets the public half: it holds mail and cannot read it.

    Examples: lazaretto quarantine keys create;
    lazaretto quarantine keys create --private /media/stick/quarantine.private
    """
    with clear_errors():
        place = file or read_settings(config).quarantine.key_file
        if private:
            create_key_pair(place, private)
        else:
            create_key(place)
    console.print(markup(say("Made {file}. Keep a copy of it in a safe.", file=place)))
    if private:
        console.print(markup(say("Made {file}. Take it away from this machine.", file=private)))


def show(*, json: Json = False, config: ConfigFile = None) -> None:
    """Show which keys are known, and how much is under each.

    Example: lazaretto quarantine keys show
    """
    with opened(config) as (_, box):
        keys = box.upkeep.key_uses()
    for key in keys:
        if json:
            print(line(key))
            continue
        words = "reads" if key.can_read else "only seals" if key.is_known else "not known here"
        told = [say(words), *([say("the current one")] if key.is_current else [])]
        one, many = "{count} item or note", "{count} items and notes"
        console.print(f"{key.id}  {number(one, many, count=key.count)}  ({', '.join(told)})")


def rotate(config: ConfigFile = None) -> None:
    """Put everything under the key of the settings. It may be stopped, and goes on where it was.

    Make a new key, name it in quarantine.key_file and the old one in quarantine.older_key_files,
    restart the gateway, and rotate. Then the old one may go. Messages are not touched.

    Example: lazaretto quarantine keys rotate
    """
    with opened(config) as (settings, box), only_one(settings.quarantine.folder, "rotation"):
        total = sum(key.count for key in box.upkeep.key_uses() if not key.is_current)
        done = 0
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task(say("Changing keys"), total=total)
            for done in box.upkeep.rekey(who=who()):
                progress.update(bar, completed=done)
    one, many = (
        "{count} item or note was put under the key of the settings.",
        "{count} items and notes were put under the key of the settings.",
    )
    console.print(number(one, many, count=done))
