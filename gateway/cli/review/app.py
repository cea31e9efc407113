"""The program on the whole screen: which screen is shown, and what the keys do to an item."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType

from gateway.cli.review.desk import SHOWN, Desk, Outcome, Result, attempt
from gateway.cli.review.dialogs import Busy, Dialog, Menu, Told
from gateway.cli.review.forms import FORMS
from gateway.cli.review.sheet import Sheet
from gateway.cli.review.shelf import Items, Shelf
from gateway.cli.words import say
from quarantine import Item

_A_WHILE_SECONDS = 0.2
_ASKING = "Opening it ..."

_CSS = """
Screen { background: $background; }
#top { height: 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
#search { height: 3; border: round $accent; }
Items { height: 1fr; overflow-x: hidden; }
Items:nocolor > .datatable--cursor { text-style: reverse; }
OptionList:nocolor > .option-list--option-highlighted { text-style: bold underline; }
Horizontal { height: 1fr; }
Pane { width: 1fr; height: 1fr; padding: 0 1; }
Sheet.-slim #rest { display: none; }
Sheet.-slim.-rest #findings { display: none; }
Sheet.-slim.-rest #rest { display: block; }
Sheet.-broad #rest { border-left: solid $accent; }
ModalScreen { align: center middle; }
.window {
    width: 76; max-width: 100%; height: auto; max-height: 100%;
    padding: 0 1; border: round $accent; background: $surface;
}
.line { max-height: 2; }
.question { margin-top: 1; }
.window Input { border-left: outer $accent; }
#missing { height: auto; }
"""


class Review(App[None]):
    """Looks through what is held."""

    CSS = _CSS
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (120, "-broad")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "ask('release')", say("Release")),
        Binding("d", "ask('delete')", say("Delete")),
        Binding("e", "ask('export')", say("Export")),
        Binding("a", "ask('allow')", show=False),
        Binding("m", "ask('')", say("More")),
    ]

    def __init__(self, desk: Desk) -> None:
        # Else Textual turns colours into greys, and red words into grey ones that nobody can read.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self._desk = desk
        self._shelf = Shelf(desk)
        self._is_asked = False

    def on_mount(self) -> None:
        """The list first."""
        self.push_screen(self._shelf)

    @on(Items.RowSelected)
    @work
    async def _open(self, _: Items.RowSelected) -> None:
        item = self._shelf.chosen
        if item is None or self._is_asked:
            return
        with self._asked():
            await self._look(item.id)

    async def _look(self, item: str) -> None:
        found = await self._meanwhile(_ASKING, lambda: self._desk.look(item))
        if isinstance(found, Outcome):
            await self._tell(found)
        else:
            await self.push_screen(Sheet(self._desk, found))

    @work
    async def action_ask(self, deed: str) -> None:
        """Ask what has to be known, do it, and tell what became of it; "" offers every deed."""
        asked_on = self.screen
        if self._is_asked or not isinstance(asked_on, Shelf | Sheet) or asked_on.chosen is None:
            return
        with self._asked():
            await self._ask(deed, asked_on, asked_on.chosen)

    async def _ask(self, deed: str, asked_on: Shelf | Sheet, item: Item) -> None:
        deed = deed or await self.push_screen_wait(Menu(item))
        if not deed:
            return
        details = await self._meanwhile(_ASKING, lambda: self._desk.details(item.id))
        if isinstance(details, Outcome):
            await self._tell(details)
            return
        form = FORMS[deed](self._desk, details)
        answers = await self.push_screen_wait(Dialog(form))
        if answers is None:
            return
        await self._tell(
            await self._meanwhile(form.doing, lambda: form.deed(item.id, answers), patience=0)
        )
        if isinstance(asked_on, Sheet):
            await self._show_again(asked_on, item.id)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """One thing at a time: a second key must not come between an answer and its deed."""
        self._is_asked = True
        try:
            yield
        finally:
            self._is_asked = False

    async def _meanwhile(
        self, words: str, work: Callable[[], Result], *, patience: float = _A_WHILE_SECONDS
    ) -> Result | Outcome:
        """What comes of work; if it takes longer, words are shown meanwhile."""
        asking = asyncio.ensure_future(asyncio.to_thread(attempt, work))
        done, _ = await asyncio.wait([asking], timeout=patience)
        if done:
            return asking.result()
        busy = Busy(words)
        await self.push_screen(busy)
        outcome = await asking
        await busy.dismiss()
        return outcome

    async def _tell(self, outcome: Outcome) -> None:
        await self.push_screen_wait(Told(outcome))

    async def _show_again(self, sheet: Sheet, item: str) -> None:
        """As it is now; what has gone is left for the list."""
        details = await self._meanwhile(_ASKING, lambda: self._desk.details(item))
        if isinstance(details, Outcome) or details.item.state not in SHOWN:
            self.pop_screen()
        else:
            sheet.take(details)
