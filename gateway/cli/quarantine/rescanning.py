"""``quarantine rescan``: what the rules of now say of what is held."""

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from gateway.cli.options import ConfigFile, Json
from gateway.cli.quarantine.desk import line, opened, who
from gateway.cli.terminal import FAILURE, cell, console, stop
from gateway.cli.words import retell, say
from gateway.config import Settings
from gateway.custody import records
from gateway.custody.rescan import Look, looking
from gateway.model import Report
from gateway.workers.pool import PoolBusyError
from quarantine import Lockbox, LockboxError, Query, State

_FEW = 3
"""So many items need no progress bar."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """What a new look says of one item, beside what the old one said."""

    item: str
    was: str
    is_now: str
    more: tuple[str, ...]
    """Codes that are new."""
    fewer: tuple[str, ...]
    error: str = ""

    @property
    def is_same(self) -> bool:
        return self.was == self.is_now and not (self.more or self.fewer or self.error)


def rescan(
    identifiers: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Items, or beginnings of ids.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Everything that is held.")] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Look again at held items with the newest rules, and show what is different.

    Nothing is released or deleted by it. Exit code: 1 if an item could not be looked at.

    Examples: lazaretto quarantine rescan 1m85 1m9k; lazaretto quarantine rescan --all --json
    """
    if not identifiers and not everything:
        stop(say("give the ids of items, or --all"))
    with opened(config) as (settings, box):
        items = _chosen(box, identifiers or [])
        has_failed = asyncio.run(_rescan(settings, box, items, json=json))
    if has_failed:
        raise typer.Exit(FAILURE)


def _chosen(box: Lockbox, identifiers: list[str]) -> list[str]:
    if identifiers:
        return [box.item(typed).item.id for typed in identifiers]
    held = Query(states=frozenset({State.HELD}))
    return [item.id for item in box.outlines(held)]


async def _rescan(settings: Settings, box: Lockbox, items: list[str], *, json: bool) -> bool:
    has_failed = False
    async with looking(settings) as look:
        for item in _tracked(items):
            changed = await _one(settings, box, item, look)
            has_failed |= bool(changed.error)
            _print(changed, json=json)
    return has_failed


async def _one(settings: Settings, box: Lockbox, item: str, look: Look) -> _Changed:
    details = box.item(item)
    was = details.item.kind
    try:
        message = box.message(item)
        domain = records.decode_envelope(details.envelope).sender_domain
        after = await look(message, domain)
    except (LockboxError, PoolBusyError) as error:
        return _Changed(item, was, was, (), (), str(error))
    verdict = settings.actions.policy().decide(after)
    before, now = _codes(records.decode_report(details.report)), _codes(after)
    changed = _Changed(
        item, was, verdict.kind.word, tuple(sorted(now - before)), tuple(sorted(before - now))
    )
    box.record("rescanned", who=who(), why=_told(changed), typed=item)
    return changed


def _codes(report: Report) -> frozenset[str]:
    found = {f"{finding.code} {finding.rule or ''}".strip() for finding in report.findings}
    return frozenset(found | {gap.reason.value for gap in report.gaps})


def _tracked(items: list[str]) -> Iterable[str]:
    """With a bar, where somebody sees it and it does not stand between lines of JSON."""
    if not sys.stderr.isatty() or len(items) < _FEW:
        return items
    return track(items, say("Looking again"), console=Console(stderr=True), transient=True)


def _told(changed: _Changed) -> str:
    parts = [f"{changed.was} -> {changed.is_now}"]
    parts += [f"+{code}" for code in changed.more] + [f"-{code}" for code in changed.fewer]
    return " ".join(parts)


def _shown(changed: _Changed) -> str:
    """The same for a person, who reads the names of classes in another language."""
    was, now = retell(changed.was), retell(changed.is_now)
    return _told(replace(changed, was=was, is_now=now))


def _print(changed: _Changed, *, json: bool) -> None:
    if json:
        print(line({**asdict(changed), "changed": not changed.is_same}), flush=True)
        return
    words = retell(changed.error) or (say("as before") if changed.is_same else _shown(changed))
    style = "red" if changed.error else "dim" if changed.is_same else "yellow"
    console.print(cell(f"{changed.item}  ").append_text(cell(words, style)))
