"""Files uuencoded into a text, as mail programs still open them."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FILES = 200

_BEGIN = re.compile(rb"(?:\A|(?<=[\r\n]))begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,500})\r{0,3}\n?")
_END = re.compile(rb"[\r\n]end[ \t]*(?=[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file that a text carries within it."""

    name: bytes
    data: bytes


def find(text: bytes) -> Iterator[Embedded]:
    """Every file uuencoded into ``text``; one that never ends goes on to the end of the text."""
    at = 0
    for _ in range(MAX_FILES):
        begin = _BEGIN.search(text, at)
        if begin is None:
            return
        end = _END.search(text, begin.end() - 1)
        at = end.end() if end else len(text)
        body = text[begin.end() : end.start() if end else len(text)]
        data = b"".join(map(_decode_line, body.splitlines()))
        if data:
            yield Embedded(begin[1].strip(), data)


def _decode_line(line: bytes) -> bytes:
    """Decode one line; blanks that a relay cut off its end are put back."""
    if not line or not 0x20 < line[0] < 0x60:
        return b""
    length = line[0] - 0x20
    letters = 1 + (length + 2) // 3 * 4
    try:
        return binascii.a2b_uu(line[:letters])
    except binascii.Error:
        return b""
