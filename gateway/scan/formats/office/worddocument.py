"""Reads the text, the fields and the template of Word 97 to 2003 documents ([MS-DOC])."""

import re
import struct
from collections.abc import Iterator

from gateway.scan.formats.office.fields import Mark

_WORD_97 = 0xA5EC
_HEAD = 0x1AA
_FLAGS, _TEXT_FROM, _NAMES, _PIECES = 0x0A, 0x18, 0x19A, 0x1A2
_IN_TABLE_1 = 0x0200
_IS_NARROW = 0x40000000
_TEMPLATE = 1
_MOST_PIECES = 100_000
_MARKS = {"\x13": Mark.BEGIN, "\x14": Mark.SEPARATE, "\x15": Mark.END}
_MARKED = re.compile("([\x13\x14\x15])")


def table_name(document: bytes) -> str:
    """The name of the stream that holds the tables of ``document`` (2.5.2)."""
    if len(document) < _HEAD:
        return ""
    (flags,) = struct.unpack_from("<H", document, _FLAGS)
    return "1Table" if flags & _IN_TABLE_1 else "0Table"


def pieces(document: bytes, table: bytes) -> Iterator[str | Mark]:
    """The text of ``document``, cut where fields begin and end."""
    if b"\x13" not in document:
        return
    for text in _texts(document, table):
        for piece in _MARKED.split(text):
            yield _MARKS.get(piece, piece)


def template(document: bytes, table: bytes) -> str:
    """The path of the attached template, or "" (2.9.281: the associated strings)."""
    at, size = _place(document, _NAMES)
    stored = table[at : at + size]
    if stored[:2] != b"\xff\xff" or len(stored) < 6:
        return ""
    position = 6
    for index in range(_TEMPLATE + 1):
        length = 2 * int.from_bytes(stored[position : position + 2], "little")
        text = stored[position + 2 : position + 2 + length]
        if index == _TEMPLATE:
            return text.decode("utf-16-le", "replace")
        position += 2 + length
    return ""


def _texts(document: bytes, table: bytes) -> Iterator[str]:
    at, size = _place(document, _PIECES)
    stored = table[at : at + size]
    position = _past_properties(stored)
    if stored[position : position + 1] != b"\x02":
        # Older than Word 97, or damaged: the text stands in one piece, in bytes or in words.
        start, stop = struct.unpack_from("<II", document.ljust(_HEAD, b"\0"), _TEXT_FROM)
        text = document[start:stop] if start < stop else document
        yield text.decode("utf-16-le" if text[1:2] == b"\0" else "cp1252", "replace")
        return
    length = int.from_bytes(stored[position + 1 : position + 5], "little")
    places = stored[position + 5 : position + 5 + length]
    count = min(max(0, (len(places) - 4) // 12), _MOST_PIECES)
    ends = struct.unpack_from(f"<{count + 1}I", places) if count else ()
    for index in range(count):
        (start,) = struct.unpack_from("<I", places, 4 * (count + 1) + 8 * index + 2)
        characters = max(0, ends[index + 1] - ends[index])
        if start & _IS_NARROW:
            begin = (start & ~_IS_NARROW) // 2
            yield document[begin : begin + characters].decode("cp1252", "replace")
        else:
            yield document[start : start + 2 * characters].decode("utf-16-le", "replace")


def _past_properties(stored: bytes) -> int:
    """Where the piece table begins, behind the properties before it (2.9.38)."""
    position = 0
    while stored[position : position + 1] == b"\x01":
        position += 3 + int.from_bytes(stored[position + 1 : position + 3], "little")
    return position


def _place(document: bytes, at: int) -> tuple[int, int]:
    if len(document) < _HEAD or int.from_bytes(document[:2], "little") != _WORD_97:
        return 0, 0
    start, size = struct.unpack_from("<II", document, at)
    return start, size
