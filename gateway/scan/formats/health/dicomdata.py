"""Reads the elements of a DICOM file (PS3.5, PS3.10) as far as they go: its documents, its end.

Nothing is decoded: only tags and lengths are followed, each of them once, so that any file is read
in the time that its size takes.
"""

import struct
from dataclasses import dataclass, field

_PREAMBLE = 128
_MARK = b"DICM"
_META_GROUP = 0x0002
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFE_E000, 0xFFFE_E00D, 0xFFFE_E0DD
_UNDEFINED = 0xFFFF_FFFF
_ORDERS = {"1.2.840.10008.1.2.2": ">"}
_DEFLATED = "1.2.840.10008.1.2.1.99"
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR"})
_LONG |= {b"UT", b"UV"}
_SHORT = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN"}
)
_SHORT |= {b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
_DEEPEST = 32
_MOST_ELEMENTS = 200_000
_SEQUENCES = frozenset({b"SQ", b"UN", b"OB", b"OW", b""})


class _BadElementError(Exception):
    """What stands here is no element."""


class _CutElementError(Exception):
    """An element that the file ends in the middle of."""


@dataclass(slots=True)
class Contents:
    """What was found, by places in the file."""

    preamble: bytes = b""
    syntax: str = ""
    documents: list[tuple[int, int]] = field(default_factory=list)
    document_type: str = ""
    end: int = 0
    """Where the last element ends."""
    deflated_from: int | None = None
    """Where the rest of the file is compressed as a whole: that part was not followed."""
    is_cut: bool = False
    """Whether the file ends in the middle of an element, as one does whose transfer broke off."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    kind: bytes
    start: int
    length: int


def read(data: bytes) -> Contents:
    """Follow the elements of ``data`` to the last one that is one."""
    found = Contents()
    at = 0
    if data.startswith(_MARK, _PREAMBLE):
        found.preamble = data[:_PREAMBLE]
        at = _PREAMBLE + len(_MARK)
    reader = _Reader(data, found)
    at = reader.walk(at, is_explicit=True, order="<", group=_META_GROUP)
    if found.syntax == _DEFLATED:
        found.deflated_from, found.end = at, len(data)
        return found
    # Some writers state one syntax and write another: the first element tells.
    is_explicit = data[at + 4 : at + 6] in _LONG | _SHORT
    found.end = reader.walk(at, is_explicit=is_explicit, order=_ORDERS.get(found.syntax, "<"))
    return found


class _Reader:
    """Follows elements; ``left`` bounds how many."""

    def __init__(self, data: bytes, found: Contents) -> None:
        self._data = data
        self._found = found
        self._left = _MOST_ELEMENTS

    def walk(self, at: int, *, is_explicit: bool, order: str, group: int | None = None) -> int:
        """Follow a data set from ``at``, or one group of it, and return where it ends."""
        last = -1
        while at < len(self._data):
            try:
                element = self._element(at, is_explicit=is_explicit, order=order)
                if (group is not None and element.tag >> 16 != group) or element.tag <= last:
                    return at
                end = self._past(element, is_explicit=is_explicit, order=order, depth=0)
            except _CutElementError:
                self._found.is_cut = True
                return at
            except (_BadElementError, struct.error):
                return at
            self._note(element, end)
            last, at = element.tag, end
        return at

    def _element(self, at: int, *, is_explicit: bool, order: str) -> _Element:
        self._left -= 1
        if self._left < 0:
            raise _BadElementError
        group, number = struct.unpack_from(f"{order}HH", self._data, at)
        tag = group << 16 | number
        if group == 0xFFFE or not is_explicit:
            (length,) = struct.unpack_from(f"{order}I", self._data, at + 4)
            return _Element(tag, b"", at + 8, length)
        kind = self._data[at + 4 : at + 6]
        if kind in _LONG:
            (length,) = struct.unpack_from(f"{order}I", self._data, at + 8)
            return _Element(tag, kind, at + 12, length)
        if kind not in _SHORT:
            raise _BadElementError
        (length,) = struct.unpack_from(f"{order}H", self._data, at + 6)
        return _Element(tag, kind, at + 8, length)

    def _past(self, element: _Element, *, is_explicit: bool, order: str, depth: int) -> int:
        """Where ``element`` ends; of a sequence without a length, by its items."""
        if element.length != _UNDEFINED:
            if element.start + element.length > len(self._data):
                raise _CutElementError
            return element.start + element.length
        if element.kind not in _SEQUENCES or depth > _DEEPEST:
            raise _BadElementError
        at = element.start
        # In a sequence of unknown kind the elements are as in the default syntax (PS3.5, 6.2.2).
        is_explicit = is_explicit and element.kind != b"UN"
        while True:
            item = self._element(at, is_explicit=is_explicit, order=order)
            at = item.start
            if item.tag == _SEQUENCE_END:
                return at
            if item.tag != _ITEM:
                raise _BadElementError
            if item.length != _UNDEFINED:
                at += item.length
            else:
                at = self._past_item(at, is_explicit=is_explicit, order=order, depth=depth)

    def _past_item(self, at: int, *, is_explicit: bool, order: str, depth: int) -> int:
        while True:
            element = self._element(at, is_explicit=is_explicit, order=order)
            if element.tag == _ITEM_END:
                return element.start
            at = self._past(element, is_explicit=is_explicit, order=order, depth=depth + 1)

    def _note(self, element: _Element, end: int) -> None:
        match element.tag:
            case 0x0002_0010:
                self._found.syntax = self._text(element)
            case 0x0042_0012:
                self._found.document_type = self._text(element)
            case 0x0042_0011:
                self._found.documents.append((element.start, end))

    def _text(self, element: _Element) -> str:
        stored = self._data[element.start : element.start + min(element.length, 200)]
        return stored.decode("latin-1").rstrip("\0 ")
