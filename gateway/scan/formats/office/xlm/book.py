"""A workbook, as far as its macros need it: sheets, cells, names, and where they start."""

import re
import unicodedata
from dataclasses import dataclass, field

from gateway.scan.formats.office.xlm.tree import Call, Fault, Name, Node, Ref, Scalar

MOST_CELLS = 100_000
_START = re.compile(r"(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)")
_RUNS_FIRST = ("auto_open", "auto_activate")


@dataclass(slots=True)
class Cell:
    """What a cell shows, and the formula that it runs if it is a macro's."""

    value: Scalar | Fault = None
    formula: Name | Call | Node = None


@dataclass(slots=True)
class Sheet:
    """One sheet. Cells by row and column, from zero."""

    name: str
    visibility: str = "visible"
    is_macro: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """All sheets, by their folded names."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    names: dict[str, Node] = field(default_factory=dict)
    """Defined names, folded, and what they mean."""
    starts: list[tuple[str, Node]] = field(default_factory=list)
    """Names that Excel runs by itself, as they are written, and where they lead."""
    is_cut_short: bool = False
    """There are more cells than were read."""
    room: int = MOST_CELLS

    @property
    def macro_sheets(self) -> list[Sheet]:
        """The sheets that hold macros."""
        return [sheet for sheet in self.sheets.values() if sheet.is_macro]

    def add(self, sheet: Sheet) -> Sheet:
        """``sheet``, or the one that has its name already."""
        return self.sheets.setdefault(sheet.name.casefold(), sheet)

    def put(self, sheet: Sheet, row: int, column: int, cell: Cell) -> None:
        """Fill one cell, while there is room."""
        if (row, column) not in sheet.cells:
            if self.room <= 0:
                self.is_cut_short = True
                return
            self.room -= 1
        sheet.cells[row, column] = cell

    def define(self, name: str, meaning: Node) -> None:
        """Give a name its meaning, and keep it apart if it starts by itself."""
        self.names[name.casefold()] = meaning
        if starts(name):
            self.starts.append((name, meaning))
            self.starts.sort(key=lambda one: not plain(one[0]).startswith(_RUNS_FIRST))


def plain(name: str) -> str:
    """A name as Excel compares it: without marks, invisible letters and case."""
    spelled = unicodedata.normalize("NFKD", name)
    return "".join(c for c in spelled if c.isalnum() or c in "_.").casefold().removeprefix("_xlnm.")


def starts(name: str) -> bool:
    """Whether Excel runs what has this name; whatever stands behind the word is no matter."""
    return _START.match(plain(name)) is not None


def column_heads(sheet: Sheet) -> list[Ref]:
    """The first formula of each column."""
    heads: dict[int, int] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.formula is not None:
            heads[column] = min(row, heads.get(column, row))
    name = sheet.name.casefold()
    return [Ref(name, row, column, row, column) for column, row in sorted(heads.items())]
