"""How long a match of a pattern can be: libyara gives up after 1,024 bytes, without a word."""

import math
import re
from dataclasses import dataclass

LIMIT = 1024
"""Bytes of one match, or of one piece between the jumps of a hexadecimal string; libyara 4.5."""
_ATOM = re.compile(
    r"""(?sx) (?P<open> \( (?:\?:)? ) | (?P<close> \) ) | (?P<or> \| )
    | (?P<nothing> [\^$] | \\[bB] )
    | (?P<one> \\x[0-9a-fA-F]{2} | \\. | \[\^?\]?(?:\\.|[^\]\\])*\] | . )"""
)
_REPEAT = re.compile(r"(?:([*+?])|\{(\d*)(,?)(\d*)\})\??")
_DEEPEST = 50
_HEXADECIMAL = re.compile(r"//[^\n]*|/\*.*?\*/|~?[0-9A-Fa-f?]{2}|\[[^\]]*\]|[(|)]", re.DOTALL)
_JUMP = re.compile(r"\[\s*(\d*)\s*(-?)\s*(\d*)\s*\]")
_CHAINED = 200
"""A longer jump ends the piece: the next one is looked for by itself."""


@dataclass(slots=True)
class _Reader:
    text: str
    position: int = 0


def of_regex(text: str, *, is_wide: bool) -> float:
    """The most bytes that a match can have; infinity where a repeat has no end."""
    return _alternatives(_Reader(text), 0) * (2 if is_wide else 1)


def _alternatives(reader: _Reader, depth: int) -> float:
    longest = length = 0.0
    while found := _ATOM.match(reader.text, reader.position):
        reader.position = found.end()
        match found.lastgroup:
            case "close" if depth:
                break
            case "or":
                longest, length = max(longest, length), 0.0
            case "open" if depth < _DEEPEST:
                length += _repeated(reader, _alternatives(reader, depth + 1))
            case "nothing":
                continue
            case _:
                length += _repeated(reader, 1.0)
    return max(longest, length)


def _repeated(reader: _Reader, length: float) -> float:
    found = _REPEAT.match(reader.text, reader.position)
    if found is None:
        return length
    reader.position = found.end()
    sign, least, comma, most = found.groups()
    if sign == "?":
        return length
    if sign or (comma and not most):
        return math.inf if length else 0.0
    times = int((most if comma else least) or 0)
    return length * times


def of_hexadecimal(text: str) -> int:
    """The most bytes of one piece, jumps that do not end it included."""
    longest = length = 0
    for found in _HEXADECIMAL.finditer(text):
        token = found[0]
        jump = _JUMP.fullmatch(token)
        if jump is not None:
            most = jump[3] if jump[2] else jump[1]
            if not most or int(most) > _CHAINED:
                longest, length = max(longest, length), 0
            else:
                length += int(most)
        elif token[0] not in "(|)/":
            length += 1
    return max(longest, length)
