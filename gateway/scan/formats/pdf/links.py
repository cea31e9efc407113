"""Finds the pages of a PDF that are one link from edge to edge, as lures are."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from gateway.scan.formats.pdf import actions as pdfactions
from gateway.scan.formats.pdf.filters import UnreadError
from gateway.scan.formats.pdf.objects import PdfObjects
from gateway.scan.formats.pdf.values import Reference, Value, spelled

_MOST_PAGES = 3
"""A lure is short; a catalogue may have a page that is a link."""
_COVERS = 0.6
_MOST_LINKS = 3
"""A page of news has many links, and one of them may be behind a large picture."""
_MOST_LETTERS = 600
"""A poster has more words than a picture of a document with the advice to click."""
_CONTENTS = spelled("Contents")


def whole_page_link(document: PdfObjects) -> str:
    """The address behind most of a page; "" if there is none, or if there is much to read."""
    pages = [*islice(_areas(document, "MediaBox"), _MOST_PAGES + 1)]
    if not pages or len(pages) > _MOST_PAGES:
        return ""
    links = [*islice(_links(document), _MOST_LINKS + 1)]
    if len(links) > _MOST_LINKS:
        return ""
    covered = next((address for area, address in links if area >= _COVERS * min(pages)), "")
    return covered if covered and _letters(document) <= _MOST_LETTERS else ""


def _letters(document: PdfObjects) -> int:
    """How many characters the pages show, about; a picture shows none."""
    count = 0
    for one in document.holding(_CONTENTS):
        stated = one.value.get("Contents") if isinstance(one.value, dict) else None
        parts = document.resolved(stated)
        for part in parts if isinstance(parts, list) else [stated]:
            held = document.referred(part) if isinstance(part, Reference) else None
            if held is not None and held.stream_at >= 0:
                with suppress(UnreadError):
                    count += _shown(document.unpacked(held))
    return count


def _shown(content: bytes) -> int:
    """Characters in strings, about: what stands between brackets, or two digits for one."""
    plain = sum(len(piece.partition(b")")[0]) for piece in content.split(b"(")[1:])
    digits = sum(len(piece.partition(b">")[0]) for piece in content.split(b"<")[1:])
    return plain + digits // 2


def _areas(document: PdfObjects, key: str) -> Iterator[float]:
    for one in document.holding(spelled(key)):
        for value in pdfactions.dictionaries(one.value):
            if area := _area(document.resolved(value.get(key))):
                yield area


def _links(document: PdfObjects) -> Iterator[tuple[float, str]]:
    """The area and the address of each link."""
    for one in document.holding(spelled("Link")):
        for value in pdfactions.dictionaries(one.value):
            action = document.resolved(value.get("A"))
            if value.get("Subtype") != "Link" or not isinstance(action, dict):
                continue
            address = document.resolved(action.get("URI"))
            if isinstance(address, bytes):
                yield _area(document.resolved(value.get("Rect"))), pdfactions.text(address)


def _area(value: Value) -> float:
    numbers = [side for side in value if isinstance(side, float)] if isinstance(value, list) else []
    if len(numbers) != 4:
        return 0.0
    left, bottom, right, top = numbers
    return abs(right - left) * abs(top - bottom)
