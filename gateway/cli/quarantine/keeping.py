"""``quarantine fsck``, ``backup`` and ``restore``: whether all is there, and a copy of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import ConfigFile, Json, read_settings
from gateway.cli.quarantine.desk import line, opened, who
from gateway.cli.terminal import FAILURE, clear_errors, console, markup, stop
from gateway.cli.words import number, say
from gateway.custody.lockboxes import lockbox
from quarantine import Problem, only_one
from quarantine.backup import restore as bring_back


def fsck(*, json: Json = False, config: ConfigFile = None) -> None:
    """Open everything that is held, and say every disagreement. Changes nothing.

    Exit code: 0 all is as it should be, 1 something is not.

    Example: lazaretto quarantine fsck --json
    """
    count = 0
    with opened(config) as (_, box):
        for problem in box.fsck():
            count += 1
            if json:
                print(line(asdict(problem)), flush=True)
            else:
                _print(problem)
    if count:
        raise typer.Exit(FAILURE)
    if not json:
        console.print(say("All is as it should be."))


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="An empty or a new folder.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Copy everything that is held, as of one moment, while the gateway runs.

    The copy is as sealed as the original, and the key is not in it: keep that elsewhere.

    Example: lazaretto quarantine backup /backup/lazaretto-2026-11-26
    """
    with opened(config) as (_, box):
        count = box.back_up(folder, who=who())
    one, many = (
        "Wrote {count} message and its index to {folder}.",
        "Wrote {count} messages and their index to {folder}.",
    )
    console.print(markup(number(one, many, count=count, folder=folder)))


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What backup has written.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Bring a backup back into quarantine.folder, which must be empty or not there.

    Everything is opened and checked afterwards. What was deleted since the backup is there again.

    Example: systemctl stop lazaretto; mv /var/lib/lazaretto/quarantine /var/lib/lazaretto/old;
    lazaretto quarantine restore /backup/lazaretto-2026-11-26
    """
    with clear_errors():
        settings = read_settings(config)
        target = settings.quarantine.folder
        count = bring_back(folder, target)
        with lockbox(settings) as box, only_one(target, "gateway"):
            problems = list(box.fsck())
            box.record("restored", who=who(), why=f"{folder}: {count} messages")
    for problem in problems:
        _print(problem)
    if problems:
        one, many = (
            "{count} problem in what was restored to {folder}: see above",
            "{count} problems in what was restored to {folder}: see above",
        )
        stop(number(one, many, count=len(problems), folder=target), FAILURE)
    one, many = "Restored {count} message to {folder}.", "Restored {count} messages to {folder}."
    restored = number(one, many, count=count, folder=target)
    console.print(markup(f"{restored} {say('All is as it should be.')}"))


def _print(problem: Problem) -> None:
    where = f" {problem.item}" if problem.item else ""
    told = say("{place}: {problem}", place=where, problem=problem.message)
    console.print(f"[red]{problem.kind}[/]{markup(told)}")
