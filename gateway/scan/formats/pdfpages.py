"""PDF pages as a reader shows them, within bounds: the one place that imports pypdfium2."""

import ctypes
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import pypdfium2
from pypdfium2 import raw

from gateway.scan.formats.pictures import Grey

_MOST_PAGES = 10
_SECONDS = 2.0
_SCALE = 2.0
"""144 dots an inch: a code of two centimetres keeps three dots a module."""
_MOST_SIDE = 2000
_MOST_TEXT = 20_000
_DRAWN = (1, 2)
"""FPDF_RENDER_TOBECONTINUED and FPDF_RENDER_DONE: what was drawn until then is looked at."""
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 100_000
"""A single shape is drawn in one go, at a cost that grows with the square of its corners."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, drawn, and its text."""

    number: int
    picture: Grey | None
    """None when it cannot be drawn, or only at too high a cost."""
    text: str


def _is_late(pause: "ctypes._Pointer[raw.IFSDK_PAUSE]") -> int:
    """Whether the moment that ``pause`` points to is over; asked between two strokes."""
    deadline = ctypes.cast(pause.contents.user, ctypes.POINTER(ctypes.c_double))
    return int(time.monotonic() > deadline.contents.value)


# Made when the module is imported: it is code, and a worker may make none.
_IS_LATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(raw.IFSDK_PAUSE))(_is_late)


def pages(data: bytes) -> Iterator[Page]:
    """The first pages of a document, until they are drawn or the time for it is over.

    None of a document that does not open: others say what that means.
    """
    deadline = ctypes.c_double(time.monotonic() + _SECONDS)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    with closing(document):
        for number in range(min(len(document), _MOST_PAGES)):
            yield _page(document, number, deadline)
            if time.monotonic() > deadline.value:
                return


def _page(document: pypdfium2.PdfDocument, number: int, deadline: ctypes.c_double) -> Page:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return Page(number + 1, None, "")
    with closing(page):
        picture = _drawn(page, deadline) if _is_simple(page) else None
        return Page(number + 1, picture, _text(page))


def _is_simple(page: pypdfium2.PdfPage) -> bool:
    """Whether no shape on it has so many corners that drawing it takes minutes."""
    segments = 0
    try:
        for shape in islice(page.get_objects(max_depth=4), _MOST_OBJECTS):
            if shape.type == raw.FPDF_PAGEOBJ_PATH:
                segments += raw.FPDFPath_CountSegments(shape)
    except pypdfium2.PdfiumError:
        return False
    return segments <= _MOST_SEGMENTS


def _drawn(page: pypdfium2.PdfPage, deadline: ctypes.c_double) -> Grey | None:
    width, height = (max(1, min(_MOST_SIDE, int(side * _SCALE))) for side in page.get_size())
    with closing(pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)) as bitmap:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        address = ctypes.cast(ctypes.pointer(deadline), ctypes.c_void_p)
        pause = raw.IFSDK_PAUSE(version=1, NeedToPauseNow=_IS_LATE, user=address)
        place = (0, 0, width, height, 0)
        flags = raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE
        status = raw.FPDF_RenderPageBitmap_Start(bitmap, page, *place, flags, pause)
        raw.FPDF_RenderPage_Close(page)
        if status not in _DRAWN:
            return None
        rows, stride = bytes(bitmap.buffer), bitmap.stride
        starts = range(0, height * stride, stride)
        return Grey(width, height, b"".join(rows[start : start + width] for start in starts))


def _text(page: pypdfium2.PdfPage) -> str:
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    with closing(text):
        return str(text.get_text_range(0, min(_MOST_TEXT, text.count_chars())))
