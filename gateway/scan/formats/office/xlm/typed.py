"""Reads formulas that are written as text, in either way to name cells (A1, R1C1)."""

import re
from dataclasses import dataclass

from gateway.scan.formats.office.xlm import tree
from gateway.scan.formats.office.xlm.tree import Fault, Name, Node, Ref, Unknown, Value

_LONGEST = 8_192
_DEEPEST = 60
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14
_TOKEN = re.compile(
    r"""(?x) \s*+ (?:
      (?P<string> "(?:[^"]|"")*+" )
    | (?P<fault> \#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A) )
    | (?P<ref> (?: (?: '(?:[^']|'')*+' | [\w.\[\]]{1,255}+ )? ! )?
        (?: \$?[A-Za-z]{1,3}\$?\d{1,7}(?: : \$?[A-Za-z]{1,3}\$?\d{1,7})?
          | [Rr](?:\[-?\d{1,7}\]|\d{1,7})?[Cc](?:\[-?\d{1,7}\]|\d{1,7})?
            (?: : [Rr](?:\[-?\d{1,7}\]|\d{1,7})?[Cc](?:\[-?\d{1,7}\]|\d{1,7})? )? )
        (?![\w.(\[]) )
    | (?P<number> \d{1,32}(?:\.\d{0,32})?(?:[Ee][-+]?\d{1,3})? | \.\d{1,32} )
    | (?P<name> (?: (?: '(?:[^']|'')*+' | [\w.\[\]]{1,255}+ )? ! )? [^\W\d][\w.\\?]{0,254} )
    | (?P<operator> <=|>=|<>|[-+*/^&=<>%(),;:] )
    )"""
)
_SHEET = re.compile(r"(?:'((?:[^']|'')*)'|([^!']*))!")
_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_R1C1 = re.compile(r"[Rr](\[-?\d+\]|\d+)?[Cc](\[-?\d+\]|\d+)?")
_STRENGTH = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3,
             "*": 4, "/": 4, "^": 5}  # fmt: skip
_SIGN_STRENGTH = 6
_PREFIXES = ("_XLFN.", "_XLWS.", "_XLL.")


class _NotRead(Exception):  # noqa: N818 - it never leaves this module
    """Not a formula that Excel takes, or a rare one."""


@dataclass(slots=True)
class _Reader:
    text: str
    at: tuple[int, int]
    kind: str = ""
    token: str = ""
    position: int = 0
    depth: int = 0

    def next(self) -> None:
        """Go on to the next token; "" at the end."""
        found = _TOKEN.match(self.text, self.position)
        if found is None or found.lastgroup is None:
            if self.text[self.position :].strip():
                raise _NotRead
            self.kind = self.token = ""
            return
        self.kind, self.token = found.lastgroup, found[found.lastgroup]
        self.position = found.end()

    def is_at(self, operator: str) -> bool:
        """Whether the token is this operator."""
        return self.kind == "operator" and self.token == operator

    def strength(self) -> int:
        """How strongly the operator binds that comes next; 0 if none does."""
        return _STRENGTH.get(self.token, 0) if self.kind == "operator" else 0


def read(text: str, at: tuple[int, int] = (0, 0)) -> Node:
    """The tree of a formula in the cell ``at``; what cannot be read is unknown."""
    formula = text.strip().removeprefix("=")
    if len(formula) > _LONGEST:
        return Unknown(formula[:200])
    reader = _Reader(formula, at)
    try:
        reader.next()
        node = _expression(reader, 0)
    except _NotRead:
        return Unknown(formula[:200])
    return node if not reader.kind else Unknown(formula[:200])


def reference(text: str, at: tuple[int, int] = (0, 0)) -> Value:
    """The cells that a text names; an error if it names none."""
    node = read(text, at)
    return node if isinstance(node, Ref) else Fault("#REF!")


def _expression(reader: _Reader, strength: int) -> Node:
    reader.depth += 1
    if reader.depth > _DEEPEST:
        raise _NotRead
    left = _operand(reader)
    while (stronger := reader.strength()) > strength:
        operator = reader.token
        pieces = [left]
        # A long chain of one operator is one call, not one within another.
        while reader.is_at(operator):
            reader.next()
            pieces.append(_expression(reader, stronger))
            if operator != "&":
                break
        left = tree.call(operator, pieces)
    reader.depth -= 1
    return left


def _operand(reader: _Reader) -> Node:
    kind, token = reader.kind, reader.token
    if reader.is_at("+") or reader.is_at("-"):
        is_negative = reader.is_at("-")
        reader.next()
        inner = _expression(reader, _SIGN_STRENGTH)
        if isinstance(inner, float):
            return -inner if is_negative else inner
        return tree.call(token, (inner,))
    if reader.is_at("("):
        reader.next()
        node = _expression(reader, 0)
        _expect(reader, ")")
        return _percent(reader, node)
    if kind in {"", "operator"}:
        raise _NotRead
    reader.next()
    return _percent(reader, _atom(reader, kind, token))


def _percent(reader: _Reader, node: Node) -> Node:
    while reader.is_at("%"):
        reader.next()
        node = tree.call("%", (node,))
    return node


def _atom(reader: _Reader, kind: str, token: str) -> Node:
    match kind:
        case "string":
            return token[1:-1].replace('""', '"')
        case "number":
            return float(token)
        case "fault":
            return Fault(token)
        case "ref":
            return _reference(token, reader.at)
        case _:
            return _named(reader, token)


def _named(reader: _Reader, token: str) -> Node:
    if reader.is_at("("):
        reader.next()
        name = token.upper()
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        return tree.call(name, _arguments(reader))
    if token.upper() in {"TRUE", "FALSE"}:
        return token.upper() == "TRUE"
    return Name(token)


def _arguments(reader: _Reader) -> list[Node]:
    arguments: list[Node] = []
    while True:
        if reader.kind == "operator" and reader.token in {",", ";", ")"}:
            arguments.append(None)
        else:
            arguments.append(_expression(reader, 0))
        if reader.kind == "operator" and reader.token in {",", ";"}:
            reader.next()
            continue
        _expect(reader, ")")
        return [] if arguments == [None] else arguments


def _expect(reader: _Reader, token: str) -> None:
    if not reader.is_at(token):
        raise _NotRead
    reader.next()


def _reference(token: str, at: tuple[int, int]) -> Node:
    sheet = ""
    found = _SHEET.match(token)
    if found is not None:
        named = found[1].replace("''", "'") if found[1] is not None else found[2]
        # A book before the sheet, as in [1]Macro1, is this one or is not here.
        sheet = named.rpartition("]")[2].casefold()
        token = token[found.end() :]
    places = [_place(one, at) for one in token.split(":")]
    (top, left), (bottom, right) = places[0], places[-1]
    if not all(0 <= row < _LAST_ROW and 0 <= column < _LAST_COLUMN for row, column in places):
        return Fault("#REF!")
    return Ref(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _place(token: str, at: tuple[int, int]) -> tuple[int, int]:
    found = _A1.fullmatch(token)
    if found is not None:
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - 64
        return int(found[2]) - 1, column - 1
    found = _R1C1.fullmatch(token)
    if found is None:
        raise _NotRead
    return _counted(found[1], at[0]), _counted(found[2], at[1])


def _counted(written: str | None, near: int) -> int:
    if not written:
        return near
    return near + int(written[1:-1]) if written.startswith("[") else int(written) - 1
