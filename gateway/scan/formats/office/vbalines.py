"""Cut VBA source into logical lines, with code, strings and comments told apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CONTINUED = re.compile(r"[ \t]_[ \t]*$")
_PIECE = re.compile(r'"((?:[^"]|"")*)"?|\'.*|[^"\']+')
_REM = re.compile(r"(?i)(^|:)\s*Rem\b.*")
_ATTRIBUTE = re.compile(r"(?i)\s*Attribute\s+\S+\s*=")


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line."""

    module: str
    number: int
    """As the editor counts, which hides attributes."""
    text: str
    code: str
    """Without comments, and with empty strings."""
    strings: str
    """What stood in its strings: with a space between them, then on a line without."""
    spoken: str = ""
    """What its strings come to, where they are put together or decoded; see vbastrings."""


def lines(module: str, source: str) -> Iterator[Line]:
    """The lines of ``source`` that hold code."""
    number = 0
    begun: list[str] = []
    for physical in source.replace("\0", "").splitlines():
        if _ATTRIBUTE.match(physical):
            continue
        number += 1
        begun.append(_CONTINUED.sub(" ", physical))
        if begun[-1] != physical:
            continue
        line = _line(module, number - len(begun) + 1, "".join(begun))
        begun = []
        if line.code.strip():
            yield line
    if begun:
        yield _line(module, number - len(begun) + 1, "".join(begun))


def _line(module: str, number: int, text: str) -> Line:
    code: list[str] = []
    strings: list[str] = []
    for piece in _PIECE.finditer(text):
        if piece[0].startswith('"'):
            strings.append(piece[1].replace('""', '"'))
            code.append('""')
        elif piece[0].startswith("'"):
            break
        else:
            code.append(piece[0])
    joined = " ".join(strings)
    if len(strings) > 1:
        joined += "\n" + "".join(strings)
    return Line(module, number, text, _REM.sub("", "".join(code)), joined)
