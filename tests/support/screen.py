"""Drives the screen of `quarantine review` by its keys, and reads what it shows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from gateway.cli.options import read_settings
from gateway.cli.review.app import Review
from gateway.cli.review.dialogs import Dialog, Menu, Told
from gateway.cli.review.direct import Direct
from gateway.cli.review.shelf import Items
from quarantine import Lockbox
from tests.support.commands import lockbox

_WAITING = (Dialog, Menu, Told)


@contextmanager
def review(folder: Path) -> Iterator[tuple[Review, Lockbox]]:
    with lockbox(folder) as box:
        yield Review(Direct(read_settings(folder / "lazaretto.toml"), box)), box


@asynccontextmanager
async def reviewing(folder: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    with review(folder) as (app, _):
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is being read or done; a dialog that waits for a key is no work."""
    for _ in range(400):
        await pilot.pause(0.05)
        at_work = [worker._thread_worker for worker in pilot.app.workers if worker.is_running]
        if not at_work or (not any(at_work) and isinstance(pilot.app.screen, _WAITING)):
            return
    raise AssertionError("it is at work for ever")


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


async def answer(pilot: Pilot[None], **answers: str) -> str:
    """Fill the form in, and read what became of it."""
    await settled(pilot)
    assert isinstance(pilot.app.screen, Dialog)
    for name, text in answers.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text
    pilot.app.screen.query_one("#reason", Input).focus()
    await press(pilot, "enter")
    assert isinstance(pilot.app.screen, Told)
    told = await words(pilot, "#told")
    await press(pilot, "enter")
    return told


async def words(pilot: Pilot[None], selector: str) -> str:
    """What a widget shows, on lines as long as they are, once it has its place."""
    for _ in range(100):
        # A screen that was just put up may not have its widgets yet.
        found = pilot.app.screen.query(selector)
        if found and found.first().size.height:
            break
        await pilot.pause(0.05)
    shown = pilot.app.screen.query_one(selector, Static)
    rows = [shown.render_line(row).text for row in range(shown.size.height)]
    return "\n".join(row.rstrip() for row in rows)


def listed(pilot: Pilot[None]) -> list[str]:
    """The subjects in the list."""
    table = pilot.app.screen.query_one(Items)
    titles = [str(column.label) for column in table.ordered_columns]
    where = titles.index("subject")
    return [str(table.get_row_at(row)[where]) for row in range(table.row_count)]
