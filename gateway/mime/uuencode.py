"""Files uuencoded into a text: ``begin 644 name``, lines, ``end``."""

import binascii
import re
from collections.abc import Iterator

from gateway.mime.embedded import Embedded

_BEGIN = re.compile(rb"begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,500})\r{0,3}\n?")
_END = re.compile(rb"[\r\n]end[ \t]*(?=[\r\n]|\Z)")


def find(text: bytes) -> Iterator[Embedded]:
    """Every file uuencoded into ``text``; one that never ends goes on to the end of the text."""
    at = 0
    while begin := _next_begin(text, at):
        end = _END.search(text, begin.end() - 1)
        at = end.end() if end else len(text)
        body = text[begin.end() : end.start() if end else len(text)]
        data = b"".join(map(_decode_line, body.splitlines()))
        if data:
            yield Embedded(begin[1].strip(), data)


def _next_begin(text: bytes, at: int) -> re.Match[bytes] | None:
    # Looking for the plain word first is many times as fast as looking for the line.
    while (at := text.find(b"begin", at)) >= 0:
        if at == 0 or text[at - 1] in b"\r\n":
            begin = _BEGIN.match(text, at)
            if begin is not None:
                return begin
        at += 5
    return None


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
