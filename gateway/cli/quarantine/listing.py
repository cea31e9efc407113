"""``quarantine list`` and ``stats``: which items there are, and how many."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigFile, Json
from gateway.cli.quarantine.desk import facts, line, opened, who
from gateway.cli.terminal import cell, console, stop
from gateway.cli.words import retell, say
from gateway.config.quantities import duration
from gateway.model import Action, Class
from quarantine import Field, Item, Lockbox, Query, Sort, State

_STYLES = {"malicious": "bold red", "clean": "green"}
_SECONDS = 2.0
_ALIVE = frozenset({State.HELD, State.RELEASING, State.RELEASED})
_DAYS = 14
_BAR = 40
_WIDE = 100
COLUMNS = ("id", "held (UTC)", "class", "from", "subject", "why")
"""What a listing says of an item."""
_MOST_RULES = 12
_AGES = ((1, "under 1 hour"), (4, "under 4 hours"), (24, "under 1 day"), (168, "under 1 week"))

_CLASSES = tuple(each.word for each in Class)


def _classes(given: list[str] | None) -> list[str] | None:
    """What list shows may be typed too."""
    known = {name: word for word in _CLASSES for name in (word, retell(word))}
    for word in given or ():
        if word not in known:
            raise typer.BadParameter(
                say(
                    "{word!r} is none of {known}", word=word, known=", ".join(map(retell, _CLASSES))
                )
            )
    return given and [known[word] for word in given]


def list_(
    *,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            metavar="|".join(_CLASSES),
            callback=_classes,
            help="Only this class; may be repeated.",
        ),
    ] = None,
    state: Annotated[
        list[State] | None,
        typer.Option(
            "--state", help="Only this state; may be repeated. Else what can be released."
        ),
    ] = None,
    sender: Annotated[
        str, typer.Option(metavar="TEXT", help="A mailbox, @domain, or words of either.")
    ] = "",
    recipient: Annotated[str, typer.Option(metavar="TEXT", help="The same of recipients.")] = "",
    subject: Annotated[
        str, typer.Option(metavar="WORDS", help="Whole words of the subject, accents aside.")
    ] = "",
    file: Annotated[str, typer.Option(metavar="WORDS", help="Words of a file's name.")] = "",
    words: Annotated[
        str, typer.Option(metavar="WORDS", help="Words of any one of these, wherever they are.")
    ] = "",
    hash_: Annotated[
        str, typer.Option("--hash", metavar="SHA256", help="Of the message or a file in it.")
    ] = "",
    rule: Annotated[
        str, typer.Option(metavar="NAME", help="A rule, a code or a reason, as show names it.")
    ] = "",
    older: Annotated[
        str, typer.Option("--older-than", metavar="TIME", help='Held longer than this: "4 h".')
    ] = "",
    newer: Annotated[
        str, typer.Option("--newer-than", metavar="TIME", help='Held within this: "2 d".')
    ] = "",
    unseen: Annotated[bool, typer.Option("--unseen", help="Nobody has looked at it.")] = False,
    sort: Annotated[Sort, typer.Option("--sort", help="Which comes first.")] = Sort.NEWEST,
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many at most.")] = 50,
    after: Annotated[
        str, typer.Option("--after", metavar="ID", help="Go on behind this item.")
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and show what comes.")] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """List held messages, newest first.

    Examples: lazaretto quarantine list --unseen --older-than "4 h";
    lazaretto quarantine list --words dupont; lazaretto quarantine list --subject résultat
    --sender @laboratory.example;
    lazaretto quarantine list --rule macro.dropper --sort largest --json
    """
    now = datetime.now(UTC)
    given = {
        Field.SENDER: sender,
        Field.RECIPIENT: recipient,
        Field.SUBJECT: subject,
        Field.FILE: file,
        Field.HASH: hash_,
        Field.RULE: rule,
    }
    query = Query(
        kinds=frozenset(kind or ()),
        states=frozenset(state or (State.HELD, State.RELEASING)),
        since=_ago(now, newer, "--newer-than"),
        until=_ago(now, older, "--older-than"),
        terms=tuple((field, text) for field, text in given.items() if text),
        anywhere=words,
        unseen=unseen,
        sort=sort,
        limit=limit,
    )
    with opened(config) as (_, box):
        if after:
            query = replace(query, after=box.item(after).item.id)
        box.record("listed", who=who(), why=_told(query))
        if watch:
            _watch(box, query, json=json)
        _print(box.items(query), limit, json=json)


def stats(*, json: Json = False, config: ConfigFile = None) -> None:
    """Count what is held: by day, class, rule and age. Nothing personal is opened.

    Example: lazaretto quarantine stats
    """
    with opened(config) as (_, box):
        counted = _count(box.outlines(Query(states=_ALIVE)), datetime.now(UTC))
    if json:
        print(line(counted))
        return
    for title, counts in counted.items():
        console.print(f"[bold]{retell(title)}[/]")
        console.print(_chart(counts))


def _ago(now: datetime, text: str, option: str) -> datetime | None:
    if not text:
        return None
    try:
        return now - timedelta(seconds=duration(text))
    except (ValueError, OverflowError):
        stop(
            say(
                '{option} {text!r}: expected a time such as "4 h" or "2 d"',
                option=option,
                text=text,
            )
        )


def _told(query: Query) -> str:
    """For the audit: what was looked for."""
    terms = [f"{field}: {text}" for field, text in query.terms]
    return ", ".join([*terms, *filter(None, [query.anywhere])]) or "all"


def _print(items: Iterator[Item], limit: int, *, json: bool) -> None:
    if json:
        for item in items:
            print(line(facts(item)))
        return
    listed = list(items)
    console.print(table(listed) if listed else say("Nothing is held."))
    if len(listed) == limit:
        more = say("There may be more: --after {item}", item=listed[-1].id)
        console.print(cell(more, "dim"))


def _watch(box: Lockbox, query: Query, *, json: bool) -> None:
    """Show the newest now, and each one that comes, until Ctrl-C."""
    shown: set[str] = set()
    while True:
        fresh = [item for item in box.items(query) if item.id not in shown]
        for item in reversed(fresh):
            shown.add(item.id)
            if json:
                print(line(facts(item)), flush=True)
            else:
                console.print(_row_alone(item))
        time.sleep(_SECONDS)


def table(items: Iterable[Item]) -> Table:
    """Items, one a line; on a narrow terminal without the reasons, which show has."""
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    shown = COLUMNS if console.width >= _WIDE else COLUMNS[:-1]
    for title in shown:
        drawn.add_column(
            say(title), no_wrap=title in {"id", "held (UTC)", "class"}, overflow="fold"
        )
    for item in items:
        drawn.add_row(*cells(item)[: len(shown)])
    return drawn


def _row_alone(item: Item) -> Text:
    return Text("  ").join(cells(item))


def cells(item: Item) -> tuple[Text, ...]:
    """What stands in COLUMNS."""
    notes = [] if item.state is State.HELD else [retell(item.state)]
    if item.action == Action.WITHHOLD.word:
        notes.append(say("withheld"))
    state = f" ({', '.join(notes)})" if notes else ""
    new = " *" if item.seen_at is None and item.state is State.HELD else ""
    return (
        cell(item.id + new),
        cell(f"{item.held_at:%m-%d %H:%M}"),
        cell(retell(item.kind) + state, _STYLES.get(item.kind, "yellow")),
        cell(item.summary.get("sender", "") or retell(item.damage) or "<>"),
        cell(item.summary.get("subject", "")),
        cell(", ".join(item.reasons[:3]), "dim"),
    )


def _count(items: Iterator[Item], now: datetime) -> dict[str, dict[str, int]]:
    first = (now - timedelta(days=_DAYS - 1)).date()
    days = {f"{first + timedelta(days=number)}": 0 for number in range(_DAYS)}
    states, kinds, rules, ages = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for item in items:
        day = f"{item.held_at.date()}"
        days[day] = days.get(day, 0) + 1
        states[item.state.value] += 1
        kinds[item.kind] += 1
        rules.update(item.reasons)
        if item.state is State.HELD:
            ages[_age((now - item.held_at) / timedelta(hours=1))] += 1
    return {
        "by day (UTC)": dict(sorted(days.items())[-_DAYS:]),
        "by state": dict(states),
        "by class": dict(kinds.most_common()),
        "by reason": dict(rules.most_common(_MOST_RULES)),
        "held, by age": {name: ages[name] for name in (*dict(_AGES).values(), _OLD) if ages[name]},
    }


_OLD = "over 1 week"


def _age(hours: float) -> str:
    return next((name for most, name in _AGES if hours < most), _OLD)


def _chart(counts: dict[str, int]) -> Table:
    drawn = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
    most = max(counts.values(), default=0) or 1
    for name, count in counts.items():
        bar = "█" * round(_BAR * count / most) or ("▏" if count else "")
        drawn.add_row(cell(retell(name)), f"{count}", Text(bar, style="cyan"))
    return drawn
