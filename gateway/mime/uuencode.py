"""Files uuencoded into a text: ``begin 644 name``, lines, ``end``; or base64 in the same frame."""

import binascii
import re
from collections.abc import Iterator

from gateway.mime import radix64
from gateway.mime.embedded import Embedded

# Some programs ask for neither a mode nor a name.
_BEGIN = re.compile(
    rb"begin(-base64)?([ \t]+[0-7]{1,6})?(?=[ \t\r\n])(?:[ \t]*([^\r\n]*))\r{0,3}\n?"
)
_END = re.compile(rb"[\r\n](?:(?:end|====)[ \t]*(?=[\r\n]|\Z)|(?=begin[ \t]+[0-7]{3,4}[ \t]))")
_LINE = re.compile(rb"([!-_])[ -`]*")
_TEXT_LINE = re.compile(rb"[^\r\n]+")
_MOST_OF_NAME = 500
MOST_GROWTH = 4
"""How much longer than its text a file may be: cut-off blanks, put back, could make it 20 times."""


def find(text: bytes) -> Iterator[Embedded]:
    """Every file uuencoded into ``text``; one that never ends goes on to the end of the text."""
    at = 0
    while begin := _next_begin(text, at):
        end = _END.search(text, begin.end() - 1)
        at = end.end() if end else len(text)
        body = text[begin.end() : end.start() if end else len(text)]
        data = radix64.decode(body) if begin[1] else decode(body)
        if data:
            yield Embedded(begin[3][:_MOST_OF_NAME].strip(), data)


def decode(body: bytes) -> bytes:
    """Decode the lines of one file; what is no such line is left out."""
    decoded = bytearray()
    restored, most = 0, (MOST_GROWTH - 1) * len(body) + 1024
    for found in _TEXT_LINE.finditer(body):
        line = found[0]
        data = _decode_line(line)
        restored += max(0, len(data) - len(line))
        decoded += data if restored < most else data[: len(line)]
    return bytes(decoded)


def _next_begin(text: bytes, at: int) -> re.Match[bytes] | None:
    # Looking for the plain word first is many times as fast as looking for the line.
    while (at := text.find(b"begin", at)) >= 0:
        if at == 0 or text[at - 1] in b"\r\n":
            begin = _BEGIN.match(text, at)
            if begin is not None and (begin[2] or _is_line(text, begin.end())):
                return begin
        at += 5
    return None


def _is_line(text: bytes, at: int) -> bool:
    """Whether a line is as long as it says: words that follow the word "begin" are not."""
    line = _LINE.match(text, at, at + 100)
    if line is None:
        return False
    letters = (text[at] - 0x20 + 2) // 3 * 4
    return letters <= len(line[0]) - 1 <= letters + 1


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
