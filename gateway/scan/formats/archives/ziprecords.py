"""The records of a ZIP file as they lie in the bytes: end record, central directory, local headers.

Nothing is decompressed here. A reader that trusts only one of the three kinds of record can be
made to see another archive than its neighbour; so each is read for itself, and the caller compares.
Field names and numbers follow APPNOTE.TXT 6.3.10.
"""

import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_END = b"PK\x05\x06"
_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_END64_LOCATOR = b"PK\x06\x07"
_END64 = b"PK\x06\x06"
_ANY_RECORD = re.compile(rb"PK(\x01\x02|\x03\x04|\x05\x06|\x07\x08)")
_MOST_TRIES = 100_000
"""Places that look like a local header and are looked at; an honest file has few in vain."""
_METHODS = frozenset({*range(15), 16, 18, 19, 20, *range(93, 100)})
_METHODS_OF_IWORK = frozenset({25451, 25452})
_IN_NAMES = bytes(range(0x20, 0x100))
_LONGEST_TAIL = 22 + 0xFFFF
_FULL16 = 0xFFFF
_FULL32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Directory:
    """One central directory, found by its end record."""

    start: int
    """Where its first record lies in the bytes."""
    end: int
    """Where the end record (or the ZIP64 end record before it) begins."""
    count: int
    """How many entries the end record promises."""
    shift: int
    """What must be added to every offset: the length of what was put before the archive."""
    stop: int
    """The first byte after the archive and its comment."""
    volume: int
    """0 unless the archive is split: then the number of this part, counted from 0."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a file, central or local. Names are as stored."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    header: int
    """Where the local header lies in the bytes."""
    body: int
    """Where the packed bytes begin; -1 in a central record."""
    extra: bytes
    mode: int = 0
    """How Unix knows the file, where the directory says so: its upper bits are the kind."""
    volume: int = 0
    """In which part of a split archive it begins, counted from 0, as the directory says."""

    @property
    def is_link(self) -> bool:
        """Whether Unix would make a link of it; its content is then where the link leads."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_encrypted(self) -> bool:
        """Whether the packed bytes are encrypted."""
        return bool(self.flags & 0x1)

    @property
    def is_of_iwork(self) -> bool:
        """Whether Pages, Numbers or Keynote has locked it, by a method that only they have."""
        return self.method in _METHODS_OF_IWORK

    @property
    def is_plausible(self) -> bool:
        """Whether this is a header, and not four letters that stand in other bytes by chance."""
        is_name = 0 < len(self.name) <= 4096 and not self.name.translate(None, _IN_NAMES)
        return is_name and self.method in _METHODS

    @property
    def has_descriptor(self) -> bool:
        """Whether the sizes follow the packed bytes instead of standing in the local header."""
        return bool(self.flags & 0x8)

    @property
    def is_folder(self) -> bool:
        """Whether it names a folder and holds nothing."""
        return self.name.endswith((b"/", b"\\")) and self.packed_size == 0

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, and what else a reader may show for it."""
        return tuple(dict.fromkeys((self._own_name, *self._unicode_path)))

    @property
    def _own_name(self) -> str:
        try:
            return self.name.decode("utf-8")
        except UnicodeDecodeError:
            return self.name.decode("cp437")

    @property
    def _unicode_path(self) -> tuple[str, ...]:
        """The Info-ZIP Unicode Path extra field (4.6.9): a version, a checksum, the name."""
        name = extra_field(self.extra, 0x7075)[5:]
        return (name.decode("utf-8", "replace"),) if name else ()


def last_directory(data: bytes) -> Directory | None:
    """The central directory that most readers use: the last one that an end record points to."""
    stop = len(data)
    floor = max(0, stop - _LONGEST_TAIL)
    while (position := data.rfind(_END, floor, stop)) >= 0:
        directory = directory_at(data, position)
        if directory is not None:
            return directory
        stop = position + 3
    return None


def directory_at(data: bytes, position: int) -> Directory | None:
    """The central directory of the end record at ``position``, if it really lies there."""
    if len(data) - position < 22:
        return None
    fields = struct.unpack_from("<HHHHIIH", data, position + 4)
    volume, _, _, count, size, offset, comment = fields
    end = position
    if count == _FULL16 or _FULL32 in {size, offset}:
        end, count, size, offset = _end64(data, position) or (end, count, size, offset)
    stop = min(len(data), position + 22 + comment)
    # Most readers trust the size, so that a program may stand before the archive; some the offset.
    for start in (end - size, offset):
        if start >= offset and _is_directory(data, start, end, count):
            return Directory(start, end, count, start - offset, stop, volume)
    return None


def central_entries(data: bytes, directory: Directory) -> Iterator[Entry]:
    """The entries of ``directory``, for as long as its records are well formed."""
    position = directory.start
    while position + 46 <= directory.end and data[position : position + 4] == _CENTRAL:
        fields = struct.unpack_from("<HHHHHHIIIHHHHHII", data, position + 4)
        _, _, flags, method, _, _, crc, packed, size, name_n, extra_n, comment_n = fields[:12]
        name_at = position + 46
        extra_at = name_at + name_n
        extra = data[extra_at : extra_at + extra_n]
        size, packed, header = _sizes64(extra, size, packed, fields[15])
        yield Entry(
            name=data[name_at:extra_at],
            flags=flags,
            method=method,
            crc=crc,
            packed_size=packed,
            size=size,
            header=header + directory.shift,
            body=-1,
            extra=extra,
            mode=fields[14] >> 16,
            volume=fields[12],
        )
        position = extra_at + extra_n + comment_n


def local_entry(data: bytes, position: int) -> Entry | None:
    """The local header at ``position``, or None."""
    return _local_entry(data, position) if data.startswith(_LOCAL, max(0, position)) else None


def header_of(data: bytes, entry: Entry) -> Entry | None:
    """The local header that a central ``entry`` points to.

    Some readers do not look at its four letters; then the name tells that it is one.
    """
    found = _local_entry(data, entry.header)
    is_header = data.startswith(_LOCAL, max(0, entry.header))
    return found if found is not None and (is_header or found.name == entry.name) else None


def _local_entry(data: bytes, position: int) -> Entry | None:
    if position < 0 or position + 30 > len(data):
        return None
    fields = struct.unpack_from("<HHHHHIIIHH", data, position + 4)
    _, flags, method, _, _, crc, packed, size, name_n, extra_n = fields
    name_at = position + 30
    extra_at = name_at + name_n
    body = extra_at + extra_n
    if body > len(data):
        return None
    extra = data[extra_at:body]
    size, packed, _ = _sizes64(extra, size, packed, 0)
    return Entry(
        name=data[name_at:extra_at],
        flags=flags,
        method=method,
        crc=crc,
        packed_size=packed,
        size=size,
        header=position,
        body=body,
        extra=extra,
    )


def local_entries(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
    """The local headers between ``start`` and ``stop``, but for those inside a stored body."""
    position = data.find(_LOCAL, start, stop)
    for _ in range(_MOST_TRIES):
        if position < 0:
            return
        entry = local_entry(data, position)
        if entry is not None and entry.is_plausible:
            yield entry
            position = max(position, entry.body + entry.packed_size - 4)
        position = data.find(_LOCAL, position + 4, stop)


def looks_endless(data: bytes) -> bool:
    """Whether there are more places that look like a local header than are looked at."""
    return data.count(_LOCAL) > _MOST_TRIES


def next_record(data: bytes, start: int, stop: int) -> int:
    """Where the next record of any kind begins; ``stop`` if there is none."""
    found = _ANY_RECORD.search(data, start, stop)
    return found.start() if found else stop


def _is_directory(data: bytes, start: int, end: int, count: int) -> bool:
    if count == 0:
        return start == end
    return start < end and data[start : start + 4] == _CENTRAL


def _end64(data: bytes, position: int) -> tuple[int, int, int, int] | None:
    locator = position - 20
    if locator < 0 or data[locator : locator + 4] != _END64_LOCATOR:
        return None
    # The record has 56 bytes and stands before its locator; what was put before the archive
    # moves both, so the offset in the locator is not needed.
    end = data.rfind(_END64, max(0, locator - 4096), locator)
    if end < 0 or end + 56 > len(data):
        return None
    count, size, offset = struct.unpack_from("<QQQ", data, end + 32)
    return end, count, size, offset


def _sizes64(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """Replace the values that are too big for 32 bits by those of the ZIP64 extra field (4.5.3)."""
    values = [size, packed, header]
    if _FULL32 not in values:
        return size, packed, header
    field = extra_field(extra, 0x0001)
    for index, value in enumerate(values):
        if value == _FULL32 and len(field) >= 8:
            values[index] = int.from_bytes(field[:8], "little")
            field = field[8:]
    return values[0], values[1], values[2]


def extra_field(extra: bytes, wanted: int) -> bytes:
    """The extra field that ``wanted`` identifies (4.5), b"" if it is not there."""
    position = 0
    while position + 4 <= len(extra):
        identifier, length = struct.unpack_from("<HH", extra, position)
        if identifier == wanted:
            return extra[position + 4 : position + 4 + length]
        position += 4 + length
    return b""
