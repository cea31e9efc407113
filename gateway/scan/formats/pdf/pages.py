"""PDF pages as a reader shows them, within bounds: the one place that imports pypdfium2."""

import ctypes
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, repeat

import pypdfium2
from pypdfium2 import raw

from gateway.scan.formats.pictures.pictures import Grey, grey

_MOST_PAGES = 3
_SECONDS = 0.3
_SCALE = 1.4
"""100 dots an inch: a code of two centimetres keeps more than two dots a module."""
_MOST_SIDE = 1200
_MOST_TEXT = 20_000
_DRAWN = (1, 2)
"""FPDF_RENDER_TOBECONTINUED and FPDF_RENDER_DONE: what was drawn until then is looked at."""
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 100_000
"""A single shape is drawn in one go, at a cost that grows with the square of its corners."""
_CORNERS_OF_A_CODE = 200
"""The smallest code has more corners; a page of letters, lines and tables has fewer."""
_PLAIN_NOTES = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_POPUP})
"""Annotations that show no picture."""
_MOST_FORMS = 3
"""Forms within forms."""
_MOST_PHOTOGRAPHS = 3
"""On one page; with more of them it is drawn."""


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


def _bare(function: Callable[..., object], result: type, *arguments: type) -> Callable[..., int]:
    """A function of pdfium on plain addresses: with an object for each it takes twice as long."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(result, *arguments)(address or 0)


_ADDRESS = ctypes.c_void_p
_FORM, _PATH, _NO_FILL = raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_FILLMODE_NONE
_SHAPE = _bare(raw.FPDFPage_GetObject, _ADDRESS, _ADDRESS, ctypes.c_int)
_SHAPE_IN_FORM = _bare(raw.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
_COUNT_IN_FORM = _bare(raw.FPDFFormObj_CountObjects, ctypes.c_int, _ADDRESS)
_KIND = _bare(raw.FPDFPageObj_GetType, ctypes.c_int, _ADDRESS)
_CORNERS = _bare(raw.FPDFPath_CountSegments, ctypes.c_int, _ADDRESS)
_MODE = _bare(raw.FPDFPath_GetDrawMode, ctypes.c_int, _ADDRESS, _ADDRESS, _ADDRESS)


def pages(data: bytes) -> Iterator[Page]:
    """Those of the first pages that may show a code, until the time for drawing is over.

    None of a document that does not open: others say what that means.
    """
    deadline = ctypes.c_double(time.monotonic() + _SECONDS)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    with closing(document):
        for number in range(min(len(document), _MOST_PAGES)):
            yield from _page(document, number, deadline)
            if time.monotonic() > deadline.value:
                return


def _page(
    document: pypdfium2.PdfDocument, number: int, deadline: ctypes.c_double
) -> Iterator[Page]:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        yield Page(number + 1, None, "")
        return
    with closing(page):
        contents = _contents(page)
        if not contents.must_be_drawn:
            for photograph in contents.photographs:
                yield Page(number + 1, _grey(photograph), _text(page))
            return
        is_simple = _segments(page) <= _MOST_SEGMENTS
        yield Page(number + 1, _drawn(page, deadline) if is_simple else None, _text(page))


@dataclass(slots=True)
class _Contents:
    """What is on a page."""

    corners: int = 0
    """Of all its areas: codes are made of areas, charts of lines."""
    has_pictures: bool = False
    """Other than photographs."""
    photographs: list[bytes] = field(default_factory=list)
    """JPEG files: a scanned page is one, and is read much faster than it is drawn."""

    @property
    def must_be_drawn(self) -> bool:
        return (
            self.has_pictures
            or self.corners >= _CORNERS_OF_A_CODE
            or len(self.photographs) > _MOST_PHOTOGRAPHS
        )


def _contents(page: pypdfium2.PdfPage) -> _Contents:
    found = _Contents(has_pictures=_has_pictured_notes(page))
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    places = ctypes.addressof(mode), ctypes.addressof(stroke)
    for kind, shape in _shapes(page):
        if kind == _PATH:
            _MODE(shape, *places)
            if mode.value == _NO_FILL:
                continue
            found.corners += _CORNERS(shape)
        elif kind == raw.FPDF_PAGEOBJ_SHADING:
            found.has_pictures = True
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            handle = ctypes.cast(shape, raw.FPDF_PAGEOBJECT)
            picture = pypdfium2.PdfImage(handle, page=page)
            if picture.get_filters() == ["DCTDecode"]:
                found.photographs.append(bytes(picture.get_data(decode_simple=False)))
            else:
                found.has_pictures = True
        if found.must_be_drawn:
            break
    return found


def _segments(page: pypdfium2.PdfPage) -> int:
    """The corners of all shapes: what drawing costs."""
    return sum(_CORNERS(shape) for kind, shape in _shapes(page) if kind == _PATH)


def _shapes(page: pypdfium2.PdfPage) -> Iterator[tuple[int, int]]:
    """Kind and address of each shape."""
    address = ctypes.cast(page.raw, _ADDRESS).value or 0
    count = min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)
    return _opened([*map(_SHAPE, repeat(address, count), range(count))], _MOST_FORMS)


def _opened(shapes: Sequence[int], forms: int) -> Iterator[tuple[int, int]]:
    """``shapes``, then what the forms among them are made of."""
    kinds = [*map(_KIND, shapes)]
    inner = (shape for kind, shape in zip(kinds, shapes, strict=True) if kind == _FORM and forms)
    return chain(
        zip(kinds, shapes, strict=True), chain.from_iterable(_within(form, forms) for form in inner)
    )


def _within(form: int, forms: int) -> Iterator[tuple[int, int]]:
    count = min(_COUNT_IN_FORM(form), _MOST_OBJECTS)
    return _opened([*map(_SHAPE_IN_FORM, repeat(form, count), range(count))], forms - 1)


def _grey(photograph: bytes) -> Grey | None:
    picture = grey(photograph)
    return picture if isinstance(picture, Grey) else None


def _has_pictured_notes(page: pypdfium2.PdfPage) -> bool:
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_OBJECTS)):
        note = raw.FPDFPage_GetAnnot(page, number)
        kind = raw.FPDFAnnot_GetSubtype(note)
        raw.FPDFPage_CloseAnnot(note)
        if kind not in _PLAIN_NOTES:
            return True
    return False


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
