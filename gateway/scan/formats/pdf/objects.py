"""Finds the objects of a PDF without its tables, as viewers do that repair a damaged file.

A cross-reference table says where objects are, and an attacker writes a wrong one or none.
So every object is looked for by its head, in the file and in its object streams, and of several
with one number all are found.

Rule 1. Only objects that are asked for are parsed; every other byte is passed over by a search.
Rule 2. No value is deeper, no stream longer, no file richer in values than a limit says.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.scan.formats.pdf.filters import FILTERS, UnknownError, UnreadError
from gateway.scan.formats.pdf.values import Parser, Reference, Value, spelled

_MOST_VALUES = 300_000
"""In one file. A list of ten thousand pages is honest."""
_MOST_UNPACKED = 64 << 20
"""Of the object streams of one file together."""

_OBJECT = re.compile(rb"obj(?![a-zA-Z])")
_BEFORE = re.compile(rb"(?<!\d)(\d{1,10})\s{1,9}\d{1,5}\s{1,9}\Z")
_LONGEST_BEFORE = 36
_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)?")
_END_OF_STREAM = re.compile(rb"\r?\n?endstream")
_OBJECT_STREAM = spelled("First", "ObjStm")


@dataclass(slots=True)
class _Text:
    """A stretch of bytes with objects in it: the file, or what an object stream unpacks to."""

    data: bytes
    starts: list[int]
    numbers: list[int]
    parsed: "dict[int, Object]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Object:
    """One object: its value, and where the bytes of its stream begin if it has one."""

    number: int
    value: Value
    text: _Text
    stream_at: int = -1


class PdfObjects:
    """The objects of one file; looking for them raises nothing."""

    def __init__(self, data: bytes) -> None:
        self._texts: list[_Text] = []
        self._places: dict[int, tuple[_Text, int]] = {}
        self._values_left = _MOST_VALUES
        self._bytes_left = _MOST_UNPACKED
        self.damaged: list[str] = []
        """What may hold objects and could not be read."""
        self.has_unknown = False
        """Whether some of it is stored in a way that is left to qpdf."""
        self._add(data, [*_heads(data)])
        for one in [*self.holding(_OBJECT_STREAM)]:
            # The type may be left out: readers come here by way of a table, and do not ask for it.
            if isinstance(one.value, dict) and "First" in one.value and one.stream_at >= 0:
                self._open(one, one.value)

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The file itself, and what its object streams unpack to."""
        return tuple(text.data for text in self._texts)

    @property
    def is_cut_short(self) -> bool:
        """Whether there was more than is looked at."""
        return self._values_left <= 0 or self._bytes_left < 0

    def holding(self, pattern: re.Pattern[bytes]) -> Iterator[Object]:
        """The objects, trailers among them, near a match of ``pattern``."""
        for text in tuple(self._texts):
            last = -2
            for found in pattern.finditer(text.data):
                index = bisect_right(text.starts, found.start()) - 1
                if index != last:
                    last = index
                    yield self._at(text, index)

    def referred(self, reference: Reference) -> Object | None:
        """The last object under a number."""
        place = self._places.get(reference.number)
        return None if place is None else self._at(*place)

    def resolved(self, value: Value) -> Value:
        """``value``, or that of the object to which it refers."""
        if not isinstance(value, Reference):
            return value
        one = self.referred(value)
        return None if one is None else one.value

    def unpacked(self, one: Object) -> bytes:
        """The stream of ``one`` without its filters. Raises UnreadError."""
        if one.stream_at < 0 or not isinstance(one.value, dict):
            raise UnreadError("it has no stream")
        parameters = self._listed(one.value.get("DecodeParms"))
        if any(isinstance(each, dict) and each.get("Predictor", 1) != 1 for each in parameters):
            raise UnknownError("it is stored as differences")
        data = _stored(one, one.value)
        for name in self._listed(one.value.get("Filter")):
            decode = FILTERS.get(name) if isinstance(name, str) else None
            if decode is None:
                raise UnknownError(f"filter {name!r}")
            data = decode(data)
        return data

    def _add(self, data: bytes, heads: list[tuple[int, int]]) -> None:
        text = _Text(data, [start for start, _ in heads], [number for _, number in heads])
        self._texts.append(text)
        for index, number in enumerate(text.numbers):
            self._places[number] = (text, index)

    def _open(self, holder: Object, value: dict[str, Value]) -> None:
        """Add what an object stream (7.5.7) holds."""
        try:
            data = self.unpacked(holder)
        except UnknownError:
            self.has_unknown = True
            return
        except UnreadError as error:
            self.damaged.append(f"object stream {holder.number}: {error}")
            return
        self._bytes_left -= len(data)
        first = value.get("First")
        if self._bytes_left < 0 or not isinstance(first, float):
            self.damaged.append(f"object stream {holder.number}: too much, or no beginning")
            return
        numbers = [int(one) for one in re.findall(rb"\d{1,10}", data[: int(first)])]
        places = zip(numbers[1::2], numbers[::2], strict=False)
        self._add(data, sorted((int(first) + offset, number) for offset, number in places))

    def _at(self, text: _Text, index: int) -> Object:
        """The object at a place; -1 is what stands before the first."""
        if index in text.parsed:
            return text.parsed[index]
        start = text.starts[index] if index >= 0 else 0
        parser = Parser(text.data, start, self._values_left)
        value = parser.value()
        self._values_left = parser.values_left
        stream = _STREAM.match(text.data, parser.skip())
        number = text.numbers[index] if index >= 0 else 0
        one = text.parsed[index] = Object(number, value, text, stream.end() if stream else -1)
        return one

    def _listed(self, value: Value) -> list[Value]:
        value = self.resolved(value)
        return value if isinstance(value, list) else [] if value is None else [value]


def _heads(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each object begins behind its head, and its number."""
    for found in _OBJECT.finditer(data):
        start = found.start()
        before = _BEFORE.search(data[max(0, start - _LONGEST_BEFORE) : start])
        if before is not None:
            yield found.end(), int(before[1])


def _stored(one: Object, value: dict[str, Value]) -> bytes:
    """The bytes of a stream: its length counts where it leads to the end, as for viewers."""
    data, start = one.text.data, one.stream_at
    length = value.get("Length")
    if isinstance(length, float) and 0 <= length <= len(data) - start:
        stop = start + int(length)
        if _END_OF_STREAM.match(data, stop):
            return data[start:stop]
    end = _END_OF_STREAM.search(data, start)
    return data[start : end.start() if end else len(data)]
