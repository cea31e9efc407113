"""What an Excel 4.0 formula is made of, and how it is written for people."""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_TEXT = 32_767
"""Excel holds no longer text in a cell."""
_LONGEST_SHOWN = 2_000
_DEEPEST = 60
OPERATORS = ("+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only the machine of the reader can tell, by how one asks for it."""

    shown: str


@dataclass(frozen=True, slots=True)
class Fault:
    """An error value, such as ``#REF!``."""

    shown: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Cells, counted from zero; ``sheet`` is folded, "" for that of the formula."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def first(self) -> tuple[str, int, int]:
        """The cell at its upper left."""
        return self.sheet, self.top, self.left


@dataclass(frozen=True, slots=True)
class Name:
    """A word that the workbook or the macro gives a meaning."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator, by its name in capitals, and what it is given."""

    name: str
    arguments: "tuple[Node, ...]"
    depth: int = 1


Plain = float | bool | None
Scalar = str | Plain
"""None is an empty cell, or an argument that was left out."""
Value = Scalar | Ref | Fault | Unknown
Node = Value | Name | Call


def cell(sheet: str, row: int, column: int) -> Ref:
    """One cell."""
    return Ref(sheet, row, column, row, column)


def call(name: str, arguments: Sequence[Node]) -> Node:
    """A call; one that can be told without knowing anything else is told."""
    if name == "CHAR" and len(arguments) == 1 and isinstance(arguments[0], float):
        return character(arguments[0])
    if name == "&":
        arguments = _joined(arguments)
        if len(arguments) == 1:
            return arguments[0]
    depth = 1 + max((one.depth for one in arguments if isinstance(one, Call)), default=0)
    if depth > _DEEPEST:
        return Unknown("…")
    return Call(name, tuple(arguments), depth)


def character(number: float) -> str | Fault:
    """What CHAR gives."""
    return bytes([int(number)]).decode("cp1252", "replace") if 1 <= number < 256 else FAULT


FAULT = Fault("#VALUE!")


def _joined(arguments: Sequence[Node]) -> list[Node]:
    joined: list[Node] = []
    for one in arguments:
        last = joined[-1] if joined else None
        if isinstance(one, str) and isinstance(last, str):
            joined[-1] = (last + one)[:LONGEST_TEXT]
        else:
            joined.append(one)
    return joined


def show(node: Node) -> str:
    """The formula as one would type it; a long one is cut."""
    match node:
        case str():
            shown = f'"{node}"'
        case Unknown() | Fault():
            shown = node.shown
        case Name():
            shown = node.text
        case Ref():
            shown = _place(node)
        case Call():
            shown = _called(node.name, node.arguments)
        case _:
            shown = plain(node)
    return shown[:_LONGEST_SHOWN]


def plain(value: Plain) -> str:
    """A number, a truth or nothing as Excel shows it."""
    if value is None:
        return ""
    return str(value).upper() if isinstance(value, bool) else f"{value:.15g}"


def _called(name: str, arguments: tuple[Node, ...]) -> str:
    shown = []
    left = _LONGEST_SHOWN
    for one in arguments:
        shown.append(show(one)[:left])
        left -= len(shown[-1])
    if name in OPERATORS and len(shown) > 1:
        return name.join(shown)
    if name == "%" and shown:
        return f"{shown[0]}%"
    if name in OPERATORS:
        return f"{name}{shown[0]}" if shown else name
    return f"{name}({','.join(shown)})"


def _place(ref: Ref) -> str:
    sheet = f"{ref.sheet}!" if ref.sheet else ""
    first = f"{_letters(ref.left)}{ref.top + 1}"
    if (ref.top, ref.left) == (ref.bottom, ref.right):
        return sheet + first
    return f"{sheet}{first}:{_letters(ref.right)}{ref.bottom + 1}"


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column > 0:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
