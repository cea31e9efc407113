"""What the fields of a document (ECMA-376, 17.16) fetch or start; three formats share them.

A field is code, a mark, and the result that was shown last. Attackers split the code over many
runs, and write it as numbers in a field inside: ``{DDEAUTO {QUOTE 99 109 100}}``.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto

_DEEPEST = 20
_LONGEST = 8192
_QUOTE = re.compile(r"(?i)^\s*QUOTE((?:\s+\d{1,5})+)\s*$")


class Mark(Enum):
    """What stands between the pieces of text."""

    BEGIN = auto()
    SEPARATE = auto()
    END = auto()


def instructions(pieces: Iterable[str | Mark]) -> Iterator[str]:
    """The code of each field, those inside other fields first and then as part of them."""
    stack: list[_Field] = []
    for piece in pieces:
        match piece:
            case Mark.BEGIN if len(stack) < _DEEPEST:
                stack.append(_Field())
            case Mark.SEPARATE if stack:
                stack[-1].is_code = False
            case Mark.END if stack:
                code = stack.pop().code
                yield code
                if stack:
                    stack[-1].add(_spoken(code))
            case str() if stack:
                stack[-1].add(piece)
    for left in reversed(stack):
        yield left.code


class _Field:
    """A field while it is being read."""

    def __init__(self) -> None:
        self.is_code = True
        self._pieces: list[str] = []
        self._left = _LONGEST

    def add(self, text: str) -> None:
        if self.is_code and self._left > 0:
            self._pieces.append(text[: self._left])
            self._left -= len(text)

    @property
    def code(self) -> str:
        return "".join(self._pieces)


def _spoken(code: str) -> str:
    """What a field inside another one gives to it: characters by their numbers, or its code."""
    quoted = _QUOTE.match(code)
    if quoted is None:
        return code
    return "".join(chr(int(number) % 0x110000) for number in quoted[1].split())
