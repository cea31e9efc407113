"""``quarantine audit``: who did what, and whether that record is whole."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from gateway.cli.lazy import group
from gateway.cli.options import ConfigFile, Json
from gateway.cli.quarantine.desk import line, opened
from gateway.cli.terminal import FAILURE, cell, console, stop
from gateway.cli.words import number, say
from quarantine import Head, Record, Verdict, read_head

commands = group(
    "audit",
    "Who did what to which item, and why.",
    {
        "list": f"{__name__}:list_",
        "head": f"{__name__}:head",
        "verify": f"{__name__}:verify",
    },
)


def list_(
    *,
    item: Annotated[str, typer.Option("--item", metavar="ID", help="Only of this item.")] = "",
    by: Annotated[str, typer.Option("--who", metavar="NAME", help="Only of this person.")] = "",
    above: Annotated[
        int, typer.Option("--after", metavar="NUMBER", min=0, help="Only later records.")
    ] = 0,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """List what was done, oldest first.

    Examples: lazaretto quarantine audit list --who alice; lazaretto quarantine audit list --json
    """
    with opened(config) as (_, box):
        identifier = box.item(item).item.id if item else ""
        for record in box.audit.records(above):
            if (not item or record.item == identifier) and (not by or record.who == by):
                _print(record, json=json)


def head(*, json: Json = False, config: ConfigFile = None) -> None:
    """Print the end of the audit. Write it down elsewhere: it proves later that nothing was cut.

    The gateway writes it into its log every ten minutes.

    Example: lazaretto quarantine audit head >> /mnt/other-machine/heads
    """
    with opened(config) as (_, box):
        found = box.audit.head()
    if found is None:
        stop(say("nothing was recorded yet"), FAILURE)
    print(line(asdict(found)) if json else found)


def verify(
    written: Annotated[
        str, typer.Argument(metavar="[HEAD]", help="A head that was written down before.")
    ] = "",
    *,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Check every record. Names the first one that was changed, left out or put in.

    Exit code: 0 all is whole, 1 something is not.

    Examples: lazaretto quarantine audit verify;
    lazaretto quarantine audit verify 1234:5f0c...
    """
    anchor = _anchor(written) if written else None
    with opened(config) as (_, box):
        verdict = box.audit.verify(anchor)
    if json:
        print(line(asdict(verdict)))
    elif verdict.broken is None:
        for told in _whole(verdict):
            console.print(told)
    if verdict.broken is not None:
        stop(say("the audit is broken: {why}", why=verdict.why), FAILURE)


def _whole(verdict: Verdict) -> Iterator[str]:
    yield number(
        "{count} record, and it is as it was written.",
        "{count} records, and all are as they were written.",
        count=verdict.records,
    )
    if verdict.older:
        yield number(
            "{count} is older than the chain: nothing vouches for it.",
            "{count} are older than the chain: nothing vouches for them.",
            count=verdict.older,
        )


def _anchor(written: str) -> Head:
    found = read_head(written)
    if found is None:
        told = "{text!r} is no head: expected NUMBER:MAC, as lazaretto printed it"
        stop(say(told, text=written[:40]))
    return found


def _print(record: Record, *, json: bool) -> None:
    if json:
        print(line(asdict(record)))
        return
    why = f" ({record.why})" if record.why else ""
    text = Text.assemble(
        cell(f"{record.number:>6} {record.at:%Y-%m-%d %H:%M:%S} ", "dim"),
        cell(f"{record.who} {record.action} {record.item}".rstrip() + why),
        cell(f"  {record.origin}", "dim"),
    )
    console.print(text, soft_wrap=True)
