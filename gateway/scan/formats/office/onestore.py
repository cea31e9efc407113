"""Finds the files inside OneNote sections ([MS-ONESTORE]) by the marks that stand around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.scan.formats import filenames
from gateway.scan.formats.office import onepage

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


_FITTING: tuple[tuple[bytes, frozenset[str]], ...] = (
    (b"%PDF", frozenset({"pdf"})),
    (b"PK", frozenset({"docx", "docm", "xlsx", "xlsm", "xlsb", "pptx", "pptm", "zip", "odt"})),
    (b"\xd0\xcf\x11\xe0", frozenset({"doc", "xls", "ppt", "msg", "msi"})),
    (b"MZ", frozenset({"exe", "scr", "com", "dll", "pif", "cpl"})),
    (b"{\\rt", frozenset({"rtf", "doc"})),
    (b"L\0\0\0", frozenset({"lnk"})),
)
"""Names stand in the order of the pages and files in that of their making: content tells."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One file: where it lies, and the name that stands for it, "" if none does."""

    name: str
    start: int
    stop: int


def files(data: bytes) -> Iterator[Attached]:
    """Every file, each with the name that it most likely has."""
    names = [*(onepage.read(data).files or _names(data))]
    last = names[-1] if names else ""
    for start, stop in _places(data):
        name = "" if is_picture(data, start) else _taken(names, data, start) or last
        yield Attached(name, start, min(stop, len(data)))


def is_picture(data: bytes, start: int) -> bool:
    """Whether a picture begins at ``start``."""
    return data.startswith(_PICTURES, start)


def _taken(names: list[str], data: bytes, start: int) -> str:
    """The first name left that fits what begins at ``start``; where none does, the first."""
    fitting = next((heads for mark, heads in _FITTING if data.startswith(mark, start)), None)
    fits = (
        index
        for index, name in enumerate(names)
        if fitting is not None and filenames.extension(name) in fitting
    )
    at = next(fits, 0)
    return names.pop(at) if names else ""


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
