"""Reads what the pages of a OneNote section hold: texts, and the names of files and pictures.

Pages are sets of properties ([MS-ONESTORE] 2.6.7), and both packagings of a section hold them
alike; so they are looked for by the numbers of the properties that matter ([MS-ONE] 2.1.12).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_FILE_NAME, _SOURCE, _PICTURE_NAME = 0x1C001D9C, 0x1C001D9D, 0x1C001DD7
_TEXT, _TEXT_OF_ONE_BYTE = 0x1C001C22, 0x1C003498
_WANTED = (_FILE_NAME, _SOURCE, _PICTURE_NAME, _TEXT, _TEXT_OF_ONE_BYTE)
_MARKS = re.compile(
    b"|".join(re.escape(struct.pack("<I", number)) for number in _WANTED), re.DOTALL
)
_SIZES = {1: 0, 2: 0, 3: 1, 4: 2, 5: 4, 6: 8, 8: 0, 9: 4, 10: 0, 11: 4, 12: 0, 13: 4}
"""Bytes of a value by its type; references are counted here and stand elsewhere."""
_HAS_LENGTH = 7
_LAST_TYPE = 17
_MOST_PROPERTIES = 64
_MOST_MARKS = 20_000
_LONGEST = 4_096


@dataclass(slots=True)
class Pages:
    """What is written on all pages; each once, in the order of the section."""

    files: dict[str, None] = field(default_factory=dict)
    """Names of attached files."""
    sources: dict[str, None] = field(default_factory=dict)
    """Where they lay on the writer's machine."""
    pictures: dict[str, None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)


def read(data: bytes) -> Pages:
    """The pages of a section; what cannot be read is left out."""
    pages = Pages()
    kept = {_FILE_NAME: pages.files, _SOURCE: pages.sources, _PICTURE_NAME: pages.pictures}
    for number, value in _values(data):
        encoding = "cp1252" if number == _TEXT_OF_ONE_BYTE else "utf-16-le"
        text = value.decode(encoding, "replace").partition("\0")[0].strip()
        if text:
            kept.get(number, pages.texts)[text] = None
    return pages


def _values(data: bytes) -> Iterator[tuple[int, bytes]]:
    for count, found in enumerate(_MARKS.finditer(data)):
        if count >= _MOST_MARKS:
            return
        number = int.from_bytes(found[0], "little")
        start = _value_of(data, found.start())
        if start is not None:
            length = int.from_bytes(data[start : start + 4], "little")
            yield number, data[start + 4 : start + 4 + min(length, _LONGEST)]


def _value_of(data: bytes, mark: int) -> int | None:
    """Where the value of a property stands whose number is at ``mark``.

    A set is a count, as many numbers, and then as many values; the numbers tell their sizes.
    """
    for before in range(_MOST_PROPERTIES):
        start = mark - 4 * before
        if start < 2 or not 1 <= _type(data, start) <= _LAST_TYPE:
            return None
        count = int.from_bytes(data[start - 2 : start], "little")
        if before < count <= _MOST_PROPERTIES and start + 4 * count <= len(data):
            return _past(data, start, before, start + 4 * count)
    return None


def _past(data: bytes, start: int, skipped: int, position: int) -> int | None:
    for index in range(skipped):
        kind = _type(data, start + 4 * index)
        if kind == _HAS_LENGTH:
            position += 4 + int.from_bytes(data[position : position + 4], "little")
        elif kind in _SIZES:
            position += _SIZES[kind]
        else:
            return None
    return position if position < len(data) else None


def _type(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "little") >> 26 & 0x1F
