"""The list of what is held."""

from typing import ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Input, Static

from gateway.cli.quarantine.listing import COLUMNS, cells
from gateway.cli.review.desk import PAGE, Desk, Outcome, Wanted, attempt
from gateway.cli.terminal import cell, safe
from gateway.cli.words import say
from gateway.model import Class
from quarantine import Item

_KINDS = ("", *(kind.word for kind in sorted(Class, reverse=True) if kind))
_NEW = " "
"""A column with a star at what nobody has looked at."""
_NEARLY_AT_THE_END = 20
_WIDTHS = {_NEW: 1, "held (UTC)": 11, "class": 11}
_ID = {_NEW: 1, "id": 16}
_WIDE = 120
_GUTTER = 2
"""Empty columns around every cell."""
_SCROLLBAR = 2


class Items(DataTable[Text]):
    """A table whose rows are items."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", say("Open")),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("space", "page_down", show=False),
        Binding("home", "scroll_top", show=False),
        Binding("end", "scroll_bottom", show=False),
    ]


class Shelf(Screen[None]):
    """Everything that is held, newest first, narrowed as somebody likes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", say("Search"), key_display="/"),
        Binding("c", "next_kind", say("Class")),
        Binding("u", "unseen", say("Unseen")),
        Binding("g", "reload", say("Reload"), show=False),
        Binding("escape", "clear", show=False),
        Binding("q", "app.quit", say("Quit")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._wanted = Wanted()
        self._items: list[Item] = []
        self._has_more = False

    @property
    def chosen(self) -> Item | None:
        """The item under the cursor."""
        row = self.query_one(Items).cursor_row
        return self._items[row] if row < len(self._items) else None

    def compose(self) -> ComposeResult:
        """A line on top, the table, a line to search in, the keys."""
        yield Static(id="top")
        yield Items(cursor_type="row", zebra_stripes=False)
        hint = say("a word of subject, address, file, rule; or a SHA-256")
        yield Input(placeholder=hint, id="search")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Search when asked to."""
        self.query_one("#search").display = False
        self.query_one(Items).focus()
        self._record(self._wanted)

    def on_screen_resume(self) -> None:
        """What was done meanwhile changes the list."""
        self._read(self._wanted, max(len(self._items), PAGE))

    def on_resize(self, _: events.Resize) -> None:
        """Columns fit the screen."""
        self._draw()

    def show(self, wanted: Wanted) -> None:
        """Show what is wanted from now on."""
        self._wanted = wanted
        self._record(wanted)
        self._read(wanted, PAGE)

    @work(thread=True)
    def _record(self, wanted: Wanted) -> None:
        done = attempt(lambda: self._desk.record(wanted))
        if isinstance(done, Outcome):
            self._complain(done)

    @work(thread=True, exclusive=True, group="read")
    def _read(self, wanted: Wanted, count: int) -> None:
        found = attempt(lambda: self._pages(wanted, count))
        if isinstance(found, Outcome):
            self._complain(found)
        else:
            self.app.call_from_thread(self._take, wanted, *found)

    def _pages(self, wanted: Wanted, count: int) -> tuple[list[Item], bool]:
        """As many items as that, from the newest on, and whether there are more."""
        items: list[Item] = []
        while page := self._desk.page(wanted, items[-1].id if items else ""):
            items += page
            if len(page) < PAGE or len(items) >= count:
                break
        return items, len(page) == PAGE

    @work(thread=True, exclusive=True, group="read")
    def _read_on(self, wanted: Wanted, after: str) -> None:
        page = attempt(lambda: self._desk.page(wanted, after))
        if isinstance(page, Outcome):
            self._complain(page)
        else:
            self.app.call_from_thread(self._append, wanted, after, page)

    def _complain(self, trouble: Outcome) -> None:
        """In a corner: what is in the list already can still be looked at."""
        words = safe("\n".join(trouble.undone))
        self.app.call_from_thread(self.notify, words, severity="error", markup=False)

    def _append(self, wanted: Wanted, after: str, page: list[Item]) -> None:
        if wanted != self._wanted or not self._items or self._items[-1].id != after:
            return  # the list has become another one meanwhile
        self._items += page
        self._has_more = len(page) == PAGE
        for item in page:
            self.query_one(Items).add_row(*self._cells(item))
        self._tell()

    def _take(self, wanted: Wanted, items: list[Item], has_more: bool) -> None:
        if wanted != self._wanted:
            return  # somebody has asked for something else meanwhile
        chosen = self.chosen
        self._items, self._has_more = items, has_more
        self._draw()
        ids = [item.id for item in items]
        row = ids.index(chosen.id) if chosen and chosen.id in ids else None
        if row is not None:
            self.query_one(Items).move_cursor(row=row)

    def _draw(self) -> None:
        table = self.query_one(Items)
        row = table.cursor_row
        table.clear(columns=True)
        for title, width in self._columns().items():
            table.add_column(say(title), width=width)
        for item in self._items:
            table.add_row(*self._cells(item))
        table.move_cursor(row=min(row, max(len(self._items) - 1, 0)))
        self._tell()

    def _tell(self) -> None:
        count = f"{len(self._items)}{'+' if self._has_more else ''}"
        told = say("{count} held   shown: {what}", count=count, what=self._wanted.told(say))
        self.query_one("#top", Static).update(cell(f" Lazaretto   {told}", "bold"))

    def _columns(self) -> dict[str, int]:
        """Sender, subject and reasons share what the others leave."""
        width = self.app.size.width
        fixed = (_ID if width >= _WIDE else {}) | _WIDTHS
        shares = {"from": 3, "subject": 4} | ({"why": 3} if width >= _WIDE else {})
        room = width - sum(fixed.values()) - _GUTTER * (len(fixed) + len(shares)) - _SCROLLBAR
        whole = sum(shares.values())
        return fixed | {name: max(room * share // whole, 8) for name, share in shares.items()}

    def _cells(self, item: Item) -> list[Text]:
        texts = dict(zip(COLUMNS, cells(item), strict=True))
        texts["id"] = cell(item.id)
        texts[_NEW] = cell("" if item.seen_at else "*", "bold")
        shown = [texts[title] for title in self._columns()]
        for text in shown:
            text.no_wrap, text.overflow = True, "ellipsis"
        return shown

    @on(Items.RowHighlighted)
    def _get_more(self, event: Items.RowHighlighted) -> None:
        if self._has_more and event.cursor_row >= len(self._items) - _NEARLY_AT_THE_END:
            self._has_more = False
            self._read_on(self._wanted, self._items[-1].id)

    def action_search(self) -> None:
        """Ask for a word."""
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    @on(Input.Submitted, "#search")
    def _search(self, event: Input.Submitted) -> None:
        self._close_search()
        self.show(Wanted(self._wanted.kind, event.value.strip(), self._wanted.unseen))

    def _close_search(self) -> None:
        self.query_one("#search").display = False
        self.query_one(Items).focus()

    def action_clear(self) -> None:
        """Leave the search; outside of it, show everything again."""
        search = self.query_one("#search", Input)
        if search.has_focus:
            self._close_search()
            return
        search.value = ""
        self.show(Wanted())

    def action_next_kind(self) -> None:
        """Only the next class, and after the last one all of them."""
        after = _KINDS.index(self._wanted.kind) + 1
        kind = _KINDS[after % len(_KINDS)]
        self.show(Wanted(kind, self._wanted.words, self._wanted.unseen))

    def action_unseen(self) -> None:
        """Only what nobody has looked at, or everything."""
        self.show(Wanted(self._wanted.kind, self._wanted.words, not self._wanted.unseen))

    def action_reload(self) -> None:
        """Read it anew: more may have come."""
        self.show(self._wanted)
