"""Finds the files inside OneNote sections ([MS-ONESTORE]) by the marks that stand around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OBJECT = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
"""The GUID before a file (2.6.13): after it eight bytes of length and twelve of nothing."""
_HEADER = len(_OBJECT) + 20
_OTHER_PACKAGING = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")
"""What OneNote on the web writes (2.8); its files have no mark of their own."""
_HEAD = re.compile(
    rb"(?s)MZ.[\x00-\x01].{2}\x00\x00.{2}|PK\x03\x04\x14\x00|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|%PDF-1"
    rb"|L\x00\x00\x00\x01\x14\x02\x00|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\{\\rtf1|ITSF\x03\x00"
)
_NAME = re.compile(rb"((?:[ -~\xa0-\xff]\x00){1,160}\.\x00(?:[A-Za-z0-9]\x00){1,8})\x00\x00")
_MOST_FILES = 500
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\x01\x00\x00\x00")


@dataclass(frozen=True, slots=True)
class Attached:
    """One file: where it lies, and the name that stands for it, "" if none does."""

    name: str
    start: int
    stop: int


def files(data: bytes) -> Iterator[Attached]:
    """Every file, each with the name that it most likely has."""
    names = _names(data)
    index = 0
    for start, stop in _places(data):
        is_picture = data.startswith(_PICTURES, start)
        name = "" if is_picture or not names else names[min(index, len(names) - 1)]
        index += not is_picture
        yield Attached(name, start, min(stop, len(data)))


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    seen: set[bytes] = set()
    at = data.find(_OBJECT)
    while at >= 0 and len(seen) < _MOST_FILES:
        start = at + _HEADER
        stop = start + int.from_bytes(data[at + 16 : at + 24], "little")
        content = data[start : min(stop, start + 4096)]
        if content not in seen:
            seen.add(content)
            yield start, stop
        at = data.find(_OBJECT, at + 16)
    if data[48:64] == _OTHER_PACKAGING or not seen:
        for number, found in enumerate(_HEAD.finditer(data)):
            if number < _MOST_FILES // 10:
                yield found.start(), len(data)


def _names(data: bytes) -> tuple[str, ...]:
    """File names in the section, each once; those of pictures are left out."""
    found = (match[1].decode("utf-16-le", "replace") for match in _NAME.finditer(data))
    last = (name.replace("\\", "/").rpartition("/")[2] for name in found)
    return tuple(
        dict.fromkeys(
            name for name in last if not name.lower().endswith((".png", ".jpg", ".jpeg", ".gif"))
        )
    )
