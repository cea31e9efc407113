"""What a macro has written so far, within bounds, and where its formulas stand."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from gateway.scan.formats.office.xlm.book import Book, Cell, Sheet
from gateway.scan.formats.office.xlm.tree import Call, Node, Ref, Value, cell

_MOST_WRITTEN = 20_000
_WIDEST = 4_096
_OPENS = frozenset({"IF", "WHILE", "FOR", "FOR.CELL"})


class SpentError(Exception):
    """The macro does more than is followed."""


class Memory:
    """The cells and the names of a workbook while its macros run."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._names: dict[str, Value] = {}
        self._results: dict[tuple[str, int, int], Value] = {}
        self._written: dict[tuple[str, int, int], tuple[Node, Value]] = {}
        self._rows: dict[tuple[str, int], list[int]] = {}
        for sheet in book.macro_sheets:
            self._list(sheet)

    def _list(self, sheet: Sheet) -> None:
        name = sheet.name.casefold()
        for (row, column), one in sorted(sheet.cells.items()):
            if one.formula is not None:
                self._rows.setdefault((name, column), []).append(row)

    def formula(self, at: Ref) -> Node:
        """The formula of a cell."""
        if at.first in self._written:
            return self._written[at.first][0]
        return self._cell(at).formula

    def stored(self, at: Ref) -> Value:
        """What a cell shows when nothing has computed it."""
        if at.first in self._written:
            return self._written[at.first][1]
        return self._cell(at).value

    def result(self, at: Ref) -> tuple[bool, Value]:
        """Whether a cell has run, and what it came to."""
        return at.first in self._results, self._results.get(at.first)

    def keep(self, at: Ref, value: Value) -> None:
        """A cell has run."""
        self._results[at.first] = value

    def write(self, at: Ref, formula: Node, value: Value) -> None:
        """Fill a cell. Raises SpentError."""
        if len(self._written) >= _MOST_WRITTEN:
            raise SpentError
        if formula is not None and self.formula(at) is None:
            insort(self._rows.setdefault((at.sheet, at.left), []), at.top)
        self._written[at.first] = (formula, value)
        self._results.pop(at.first, None)

    def name(self, name: str) -> Node:
        """What a name means; None if nobody has said so."""
        key = name.rpartition("!")[2].casefold()
        return self._names[key] if key in self._names else self._book.names.get(key)

    def define(self, name: str, value: Value) -> None:
        """Give a name a meaning. Raises SpentError."""
        if len(self._names) >= _MOST_WRITTEN:
            raise SpentError
        self._names[name.casefold()] = value

    def next(self, at: Ref) -> Ref | None:
        """The first cell with a formula from ``at`` on downwards."""
        rows = self._rows.get((at.sheet, at.left), ())
        index = bisect_left(rows, at.top)
        return cell(at.sheet, rows[index], at.left) if index < len(rows) else None

    def after_block(self, at: Ref, *stops: str) -> Ref | None:
        """The cell below ``at`` that ends the block which begins there, or goes on with it."""
        depth = 0
        place = self.next(below(at))
        while place is not None:
            formula = self.formula(place)
            name = formula.name if isinstance(formula, Call) else ""
            if not depth and name in stops:
                return place
            if name in _OPENS and opens(formula):
                depth += 1
            elif name in {"END.IF", "NEXT"}:
                depth -= 1
            place = self.next(below(place)) if depth >= 0 else None
        return None

    def spread(self, ref: Ref) -> Iterator[Ref]:
        """Each cell of a range. Raises SpentError."""
        rows, columns = ref.bottom - ref.top + 1, ref.right - ref.left + 1
        if rows * columns > _WIDEST:
            raise SpentError
        for row in range(ref.top, ref.bottom + 1):
            for column in range(ref.left, ref.right + 1):
                yield cell(ref.sheet, row, column)

    def _cell(self, at: Ref) -> Cell:
        sheet = self._book.sheets.get(at.sheet)
        return sheet.cells.get((at.top, at.left), _EMPTY) if sheet else _EMPTY


_EMPTY = Cell()


def below(at: Ref) -> Ref:
    """The cell under ``at``."""
    return cell(at.sheet, at.top + 1, at.left)


def opens(formula: Node) -> bool:
    """Whether a formula begins a block; an IF with what to do in it is none."""
    return isinstance(formula, Call) and (formula.name != "IF" or len(formula.arguments) == 1)
