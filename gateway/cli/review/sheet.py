"""One item: what was found in it, what it says, and what was done to it."""

from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from gateway.cli.quarantine.showing import heading, history
from gateway.cli.review.desk import Desk, Outcome, attempt
from gateway.cli.terminal import cell
from gateway.cli.tree import explained
from gateway.cli.words import retell, say
from gateway.custody import records
from quarantine import Details, Item


class Pane(VerticalScroll):
    """Something to read, with the keys of a pager."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]


class Sheet(Screen[None]):
    """One item. On a wide screen what was found stands beside the rest."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "findings", say("Findings")),
        Binding("t", "text", say("Text")),
        Binding("h", "history", say("History")),
        Binding("escape,q", "app.pop_screen", say("Back"), key_display="esc"),
    ]

    def __init__(self, desk: Desk, details: Details) -> None:
        super().__init__()
        self._desk = desk
        self._details = details

    @property
    def chosen(self) -> Item | None:
        """The item that is shown."""
        return self._details.item

    def compose(self) -> ComposeResult:
        """A line on top, two panes, the keys."""
        yield Static(id="top")
        with Horizontal():
            with Pane(id="findings"):
                yield Static(id="found")
            with Pane(id="rest"):
                yield Static(id="told")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Show the findings first."""
        self.take(self._details)
        self.action_findings()

    def take(self, details: Details) -> None:
        """Show what is known of it now."""
        self._details = details
        item = details.item
        what = f"{retell(item.kind)}, {retell(item.state)}"
        top = f" {item.id}   {what}   {item.summary.get('subject', '')}"
        self.query_one("#top", Static).update(cell(top, "bold"))
        self.query_one("#found", Static).update(_found(details))
        self.query_one("#told", Static).update(_history(details))

    def action_findings(self) -> None:
        """What was found, and what to do about it."""
        self._turn_to("findings")

    def action_history(self) -> None:
        """What was done to it."""
        self.query_one("#told", Static).update(_history(self._details))
        self._turn_to("rest")

    def action_text(self) -> None:
        """What it says, made harmless."""
        self.query_one("#told", Static).update(Text(say("Opening it in a worker ..."), "dim"))
        self._turn_to("rest")
        self._read()

    def _turn_to(self, pane: str) -> None:
        self.set_class(pane == "rest", "-rest")
        self.query_one(f"#{pane}").focus()

    @work(thread=True, exclusive=True)
    def _read(self) -> None:
        lines = attempt(lambda: self._desk.words(self._details.item.id))
        words = lines.text if isinstance(lines, Outcome) else Text("\n").join(lines)
        self.app.call_from_thread(self.query_one("#told", Static).update, words)


def _found(details: Details) -> RenderableType:
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    for title, told in heading(details).items():
        facts.add_row(say(title), cell(told))
    if not details.report:
        return facts
    return Group(facts, Text(), explained(records.decode_report(details.report), details.item.id))


def _history(details: Details) -> Text:
    return Text("\n").join([Text(say("History (UTC)") + "\n", "bold"), *history(details)])
