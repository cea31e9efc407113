"""Every name that some mail program might show for a part."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from gateway.mime import parameters, words
from gateway.mime.entity import Entity

MAX_NAMES = 48
MAX_LENGTH = 1_000
_OTHERS = ("content-description", "content-location")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_FOLDER = re.compile(r"[/\\]|^[A-Za-z]:")
_NOT_ALLOWED = str.maketrans("", "", '"<>|?*')
_FAMILIES = tuple(
    frozenset(endings.split())
    for endings in (
        "jpg jpeg png gif bmp tif tiff webp svg heic ico",
        "pdf doc docx docm dot odt rtf xls xlsx xlsm ods csv txt ppt pptx htm html xml",
        "zip 7z rar tar gz tgz bz2 xz iso img cab arj",
        "exe com scr bat cmd pif js jse vbs vbe wsf hta lnk msi jar ps1 cpl",
    )
)
"""Endings that nobody takes for one another."""
_LEFT_OUT = "…"
_HALF = MAX_LENGTH // 2


def names_of(entity: Entity) -> tuple[str, ...]:
    """The names that an entity claims, the likeliest first; empty if it claims none."""
    found: dict[str, None] = {}
    for parameter in entity.name_parameters:
        for text in parameters.as_text(parameter):
            found.update(dict.fromkeys(filter(None, _shown(text))))
        if len(found) >= MAX_NAMES:
            break
    if not found and entity.is_attachment:
        # What some programs fall back on when nothing else names a file to save.
        values = [value for field in _OTHERS for value in entity.header.all(field)[:9]]
        texts = map(words.decode_words, values)
        found.update(dict.fromkeys(name for text in texts for name in _shown(text) if name))
    return tuple(found)[:MAX_NAMES]


def endings_at_odds(names: Iterable[str]) -> tuple[str, ...]:
    """An ending of each kind, where names of one file promise files of different kinds."""
    endings = dict.fromkeys(name.rpartition(".")[2].strip().lower() for name in names)
    kinds = (next((e for e in endings if e in family), "") for family in _FAMILIES)
    found = tuple(filter(None, kinds))
    return found if len(found) > 1 else ()


def _shown(text: str) -> Iterator[str]:
    """A name as it is, and as it is shown or saved by readers that leave something out."""
    short = text if len(text) <= MAX_LENGTH else text[:_HALF] + _LEFT_OUT + text[-_HALF:]
    short = short.strip()
    yield short
    head, nul, _ = short.partition("\0")
    if nul:
        yield head.strip()
    plain = unquote(short).strip() if _PERCENT.search(short) else short
    yield plain
    yield from _saved(plain)


def _saved(name: str) -> Iterator[str]:
    """As whom a file is saved: no path, no letters that are not seen or not allowed."""
    visible = name if name.isprintable() else "".join(filter(_is_seen, name))
    last = _FOLDER.split(visible)[-1] or visible
    yield last.translate(_NOT_ALLOWED).rstrip(" .")
    # A colon parts a file from one of its streams, and folders on old Macintoshes.
    if ":" in last:
        yield from (piece.strip() for piece in last.split(":", 3))
    if not last.isascii():
        pieces = (unicodedata.normalize("NFKC", piece) for piece in last.split(_LEFT_OUT))
        yield _LEFT_OUT.join(pieces).rstrip(" .")


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cf"}
