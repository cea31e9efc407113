"""Reads OLE compound files ([MS-CFB]): linear in time, whatever their tables say.

Rule 1. No chain is followed for more steps than the file has sectors.
Rule 2. A stream that no folder names is a stream all the same.
"""

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.scan.formats.archives.inflate import Chunked, DamagedError

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
"""Higher numbers are marks, not sectors."""
_NOTHING = 0xFFFFFFFF
_STREAM, _ROOT = 2, 5
_MINI = 64
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream. ``path`` leads to it from the root; folders first, the name last."""

    path: tuple[str, ...]
    size: int
    start: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Storage:
    """One folder. ``class_id`` says which program made what is in it, as it is stored."""

    path: tuple[str, ...]
    class_id: bytes


@dataclass(frozen=True, slots=True)
class _Record:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int
    class_id: bytes


class CompoundFile:
    """An opened compound file. Every method, and the making, raises DamagedError.

    A stream that states more than the file has of it ends where there is nothing more for anybody.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(_SIGNATURE):
            raise DamagedError("no compound file header")
        self._data = data
        self.short: list[str] = []
        """What was found to end early, in words."""
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in {9, 12}:
            raise DamagedError(f"sectors of 2^{shift} bytes")
        self._sector = 1 << shift
        self._is_used = bytearray(len(data) // self._sector + 1)
        # No table has more numbers than the file has short sectors.
        self._most = len(data) // _MINI + 1
        first, _, self._cutoff, mini, mini_count, difat, difat_count = struct.unpack_from(
            "<7I", data, 48
        )
        # Some writers leave a place where there is nothing; the count tells.
        self._table = self._numbers(self._table_sectors(difat if difat_count else _NOTHING))
        self._mini_table = self._numbers(self._chain(mini if mini_count else _NOTHING))
        self._records = tuple(self._read_records(first))
        root = self._records[0] if self._records else None
        self._mini_sectors = tuple(self._chain(root.start)) if root else ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every stream, in the order of the directory."""
        paths = self._paths()
        return tuple(
            Entry(paths.get(index, (record.name,)), record.size, record.start)
            for index, record in enumerate(self._records)
            if record.kind == _STREAM
        )

    @property
    def storages(self) -> tuple[Storage, ...]:
        """Every folder with a class, the root among them."""
        paths = self._paths()
        return tuple(
            Storage(paths.get(index, (record.name,)), record.class_id)
            for index, record in enumerate(self._records)
            if record.kind != _STREAM and any(record.class_id)
        )

    def open(self, entry: Entry) -> Chunked:
        """The bytes of ``entry``, as a stream."""
        return Chunked(self._chunks(entry))

    def read(self, entry: Entry, most_bytes: int) -> bytes:
        """Up to ``most_bytes`` from the start of ``entry``."""
        found = bytearray()
        for chunk in self._chunks(entry):
            found += chunk
            if len(found) >= most_bytes:
                break
        return bytes(found[:most_bytes])

    def remains(self) -> Chunked:
        """What no chain that was followed until now led to, the header left out."""
        size = self._sector
        unused = (number for number, is_used in enumerate(self._is_used) if not is_used)
        return Chunked(self._data[(number + 1) * size : (number + 2) * size] for number in unused)

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        is_mini = entry.size < self._cutoff
        pieces = self._mini_pieces(entry.start) if is_mini else self._pieces(entry.start)
        left = entry.size
        chunk = bytearray()
        try:
            for piece in pieces:
                chunk += piece[:left]
                left -= min(left, len(piece))
                if len(chunk) >= _CHUNK or not left:
                    yield bytes(chunk)
                    chunk.clear()
                if not left:
                    return
        except DamagedError:
            yield bytes(chunk)
            raise
        yield bytes(chunk)
        if left:
            self.short.append(f"{entry.name} ends {left} bytes early")

    def _pieces(self, start: int) -> Iterator[bytes]:
        for sector in self._chain(start):
            at = (sector + 1) * self._sector
            yield self._data[at : at + self._sector]

    def _mini_pieces(self, start: int) -> Iterator[bytes]:
        in_one = self._sector // _MINI
        for number in self._chain(start, self._mini_table):
            index, offset = divmod(number, in_one)
            if index >= len(self._mini_sectors):
                if self.short:
                    return
                raise DamagedError("a short stream points outside of the file")
            at = (self._mini_sectors[index] + 1) * self._sector + offset * _MINI
            yield self._data[at : at + _MINI]

    def _chain(self, sector: int, table: Sequence[int] | None = None) -> Iterator[int]:
        """The sectors of a chain, from ``sector`` on."""
        table = self._table if table is None else table
        for _ in range(len(table) + 1):
            if sector > _LAST_SECTOR:
                return
            if table is self._table and sector < len(self._is_used):
                self._is_used[sector] = 1
            yield sector
            if sector >= len(table):
                # What lies behind the end of the file lies nowhere, whoever looks for it.
                if table is self._table and (sector + 1) * self._sector >= len(self._data):
                    self.short.append("a chain leads behind the end of the file")
                    return
                raise DamagedError("a chain leads outside of the file")
            sector = table[sector]
        raise DamagedError("a chain runs in a circle")

    def _table_sectors(self, difat: int) -> Iterator[int]:
        """Where the sector table lies: 109 places in the header, the others in sectors of it."""
        yield from struct.unpack_from("<109I", self._data, 76)
        for _ in range(len(self._data) // self._sector + 1):
            at = (difat + 1) * self._sector
            if difat > _LAST_SECTOR or at + self._sector > len(self._data):
                return
            *places, difat = struct.unpack_from(f"<{self._sector // 4}I", self._data, at)
            yield from places

    def _numbers(self, sectors: Iterator[int]) -> Sequence[int]:
        numbers = array("I")
        for sector in sectors:
            at = (sector + 1) * self._sector
            whole = self._data[at : at + self._sector]
            if sector <= _LAST_SECTOR and len(numbers) <= self._most:
                numbers.frombytes(whole[: len(whole) // 4 * 4])
        return numbers

    def _read_records(self, first: int) -> Iterator[_Record]:
        for sector in self._chain(first):
            at = (sector + 1) * self._sector
            for place in range(at, min(at + self._sector, len(self._data)) - 127, 128):
                yield self._record(place)

    def _record(self, at: int) -> _Record:
        length, kind, _, left, right, child = struct.unpack_from("<HBBIII", self._data, at + 64)
        start, size = struct.unpack_from("<IQ", self._data, at + 116)
        if self._sector == 512:
            # Version 3 leaves the upper half of the size undefined.
            size &= 0xFFFFFFFF
        name = self._data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        class_id = self._data[at + 80 : at + 96]
        return _Record(name, kind, left, right, child, start, size, class_id)

    def _paths(self) -> dict[int, tuple[str, ...]]:
        """Where in the tree each record stands, by its place in the directory."""
        paths: dict[int, tuple[str, ...]] = {}
        todo: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        while todo:
            index, folder = todo.pop()
            if index >= len(self._records) or index in paths:
                continue
            record = self._records[index]
            is_root = record.kind == _ROOT
            paths[index] = path = () if is_root else (*folder, record.name)
            todo += [(record.left, folder), (record.right, folder), (record.child, path)]
        return paths
