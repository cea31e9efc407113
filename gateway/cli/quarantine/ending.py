"""``quarantine delete``, ``purge`` and ``legal-hold``: when an item ends, and when it must not."""

from typing import Annotated

import typer

from gateway.cli.options import ConfigFile, Json, Reason
from gateway.cli.quarantine.desk import Id, Yes, ask, facts, line, opened, who
from gateway.cli.terminal import console
from gateway.cli.words import number, say
from gateway.custody.lockboxes import retention
from quarantine import Item, Lockbox


def delete(identifier: Id, *, reason: Reason, yes: Yes = False, config: ConfigFile = None) -> None:
    """Delete an item for good: its key is destroyed, so nobody can read it again.

    Example: lazaretto quarantine delete 1m85 --reason spam --yes
    """
    with opened(config) as (_, box):
        item = box.item(identifier).item
        ask(say("Delete {item} for good?", item=item.id), yes=yes)
        box.delete(item.id, who=who(), why=reason)
    console.print(say("Deleted {item}.", item=item.id))


def legal_hold(
    identifier: Id,
    *,
    reason: Reason,
    end: Annotated[bool, typer.Option("--end", help="Let it go again.")] = False,
    config: ConfigFile = None,
) -> None:
    """Keep an item beyond its time: nobody deletes it, and no purge takes it.

    Examples: lazaretto quarantine legal-hold 1m85 --reason "complaint 2026/113";
    lazaretto quarantine legal-hold 1m85 --end --reason "case closed"
    """
    with opened(config) as (_, box):
        item = box.set_legal_hold(identifier, who=who(), why=reason, is_held=not end)
    console.print(legally_held(item))


def legally_held(item: Item) -> str:
    """Whether it is under legal hold now, in words."""
    if item.legal_hold:
        return say("{item} is under legal hold.", item=item.id)
    return say("{item} is no longer under legal hold.", item=item.id)


def purge(
    *,
    yes: Yes = False,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="You looked: the clock has not jumped.")
    ] = False,
    orphans: Annotated[
        bool,
        typer.Option("--orphans", help="Instead, remove files that belong to no item: see fsck."),
    ] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Shred what is older than quarantine.retention. The gateway does it by itself every hour.

    A file without an item is never removed by itself: after a wrong restore of the index it may
    be all that is left of one.

    Examples: lazaretto quarantine purge; lazaretto quarantine purge --yes --json;
    lazaretto quarantine purge --orphans
    """
    with opened(config) as (settings, box):
        if orphans:
            _remove_orphans(box, yes=yes, json=json)
            return
        ask(say("Shred everything that is older than its retention?"), yes=yes)
        kept_for, count = retention(settings), 0
        for item in box.upkeep.purge(kept_for, who=who(), clock_is_right=clock_is_right):
            count += 1
            if json:
                print(line(facts(item)))
    if not json:
        console.print(number("Purged {count} item.", "Purged {count} items.", count=count))


def _remove_orphans(box: Lockbox, *, yes: bool, json: bool) -> None:
    names = box.orphans.names()
    if names:
        question = number(
            "Remove {count} file that belongs to no item, for good? A newer index may know it.",
            "Remove {count} files that belong to no item, for good? A newer index may know them.",
            count=len(names),
        )
        ask(question, yes=yes)
    for name in names:
        box.orphans.remove(name, who=who(), why="purge --orphans")
        if json:
            print(line({"file": name}))
    if not json:
        removed = number(
            "Removed {count} file that belonged to no item.",
            "Removed {count} files that belonged to no item.",
            count=len(names),
        )
        console.print(removed)
