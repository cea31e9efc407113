"""Finds the pages of a PDF that are one link from edge to edge, as lures are."""

from collections.abc import Iterator

from gateway.scan.formats import pdfactions
from gateway.scan.formats.pdfobjects import PdfObjects
from gateway.scan.formats.pdfvalues import Value, spelled

_MOST_PAGES = 3
"""A lure is short; a catalogue may have a page that is a link."""
_COVERS = 0.6
_MOST_LINKS = 3
"""A page of news has many links, and one of them may be behind a large picture."""


def whole_page_link(document: PdfObjects) -> str:
    """The address behind most of a page; "" if there is none, or if the document is long."""
    pages = [*_areas(document, "MediaBox")]
    links = [*_links(document)]
    if not pages or len(pages) > _MOST_PAGES or len(links) > _MOST_LINKS:
        return ""
    return next((address for area, address in links if area >= _COVERS * min(pages)), "")


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
