"""The parts of a package, read within a bound, and what its workbook lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.inflate import BROKEN, Inflated
from gateway.scan.formats.archives.zipcontents import contents
from gateway.scan.formats.archives.ziprecords import Entry
from gateway.scan.formats.office.xlm.compiled import Links
from gateway.scan.formats.office.xlm.tree import Node

_MOST_BYTES = 24 << 20
"""Of all parts together."""
_CHUNK = 1 << 16
_STORED, _DEFLATED = 0, 8


@dataclass(slots=True)
class BoundSheet:
    """A sheet as the workbook lists it."""

    name: str
    visibility: str
    relation: str
    part: str = ""
    is_macro: bool = False


@dataclass(slots=True)
class Bound:
    """What a workbook lists."""

    sheets: list[BoundSheet] = field(default_factory=list)
    names: list[tuple[str, Node]] = field(default_factory=list)
    links: Links = field(default_factory=Links)


class Parts:
    """The parts of a package by their names, without regard to case."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_BYTES
        self._read: dict[str, bytes] = {}
        self._entries: dict[str, Entry] = {}
        self.is_cut_short = False
        for found in contents(data).found:
            self._entries.setdefault(found.entry.names[0].lower(), found.entry)

    @property
    def names(self) -> list[str]:
        """All names, folded."""
        return [*self._entries]

    def read(self, name: str) -> bytes:
        """A part; what can be read of it, and nothing if there is none."""
        key = name.lower()
        if key not in self._read:
            entry = self._entries.get(key)
            self._read[key] = b"".join(self._chunks(entry)) if entry else b""
        return self._read[key]

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        stop = entry.body + entry.packed_size
        if entry.is_encrypted or entry.method not in {_STORED, _DEFLATED}:
            self.is_cut_short = True
            return
        is_stored = entry.method == _STORED
        begin = inflate.once(inflate.deflate)
        stream = (
            inflate.stored(self._data, entry.body, stop)
            if is_stored
            else Inflated(self._data, begin, entry.body, stop)
        )
        try:
            while self._left > 0 and (chunk := stream.read(min(_CHUNK, self._left))):
                self._left -= len(chunk)
                yield chunk
        except BROKEN:
            self.is_cut_short = True
        self.is_cut_short |= self._left <= 0
