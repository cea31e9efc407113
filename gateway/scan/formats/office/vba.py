"""Read the source of the VBA projects in an OLE compound file, as [MS-OVBA] stores it.

Rule 1. A module that cannot be read is said, never taken for one without code.
Rule 2. What a project does not own up to is looked for in every stream.
Rule 3. No more source is unpacked than a limit says.
"""

import codecs
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.scan.formats.archives.inflate import DamagedError
from gateway.scan.formats.office import vbacompiled
from gateway.scan.formats.office.compound import CompoundFile, Entry

_MOST_SOURCE = 8 << 20
"""Of one file, all modules together."""
_MOST_STREAM = 64 << 20
_CHUNK = 4096
# A module begins with "Attribute VB_Name": in a container of literals, after a chunk header.
_HEAD = re.compile(rb"\x01[\s\S]{2}\x00Attribut[\s\S]")


@dataclass(frozen=True, slots=True)
class Module:
    """The source of one module."""

    name: str
    source: str
    compiled: bytes = b""
    """What stands before the source: the compiled form, see vbacompiled."""
    project: bytes = b""
    """The stream of the project that lists the names which compiled forms refer to."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that holds source and could not be read to its end."""

    detail: str


@dataclass(slots=True)
class _Record:
    """What the dir stream says of a module."""

    name: str
    stream: str = ""
    offset: int = 0


def modules(data: bytes) -> Iterator[Module | Unread]:
    """Every module in the OLE file ``data``. Raises DamagedError for a file that is none."""
    left = _MOST_SOURCE
    for module in _modules(CompoundFile(data)):
        if isinstance(module, Module):
            left -= len(module.source)
        if left < 0:
            yield Unread(_too_much())
            return
        yield module


def _modules(opened: CompoundFile) -> Iterator[Module | Unread]:
    streams = {tuple(map(str.lower, entry.path)): entry for entry in opened.entries}
    read: set[tuple[str, ...]] = set()
    for path in streams:
        if path[-2:] == ("vba", "dir"):
            yield from _project(opened, streams, path[:-1], read)
    for path, entry in streams.items():
        if path not in read:
            yield from _hidden(opened, entry)


def _project(
    opened: CompoundFile,
    streams: dict[tuple[str, ...], Entry],
    storage: tuple[str, ...],
    read: set[tuple[str, ...]],
) -> Iterator[Module | Unread]:
    try:
        directory = decompress(_whole(opened, streams[*storage, "dir"]))
    except DamagedError as error:
        yield Unread(f"the list of macro modules: {error}")
        return
    encoding = _encoding(directory)
    names = _names(opened, streams.get((*storage, "_vba_project")))
    for record in _records(directory, encoding):
        path = (*storage, (record.stream or record.name).lower())
        try:
            stream = _whole(opened, streams[path])
        except KeyError:
            yield Unread(f"macro module {record.name}: its stream is missing")
            continue
        except DamagedError as error:
            yield Unread(f"macro module {record.name}: {error}")
            continue
        compiled = stream[: record.offset]
        try:
            source = _source(stream, record.offset)
        except DamagedError as error:
            yield Unread(f"macro module {record.name}: {error}")
            if vbacompiled.count(compiled):
                # Office still runs it.
                yield Module(record.name, "", compiled, names)
        else:
            read.add(path)
            yield Module(record.name, source.decode(encoding, "replace"), compiled, names)


def _names(opened: CompoundFile, entry: Entry | None) -> bytes:
    try:
        return _whole(opened, entry) if entry else b""
    except DamagedError:
        # The extractor of OLE files says so; sources are read without it.
        return b""


def _source(stream: bytes, offset: int) -> bytes:
    """The source at ``offset``, or wherever in the stream it begins when the offset is wrong."""
    try:
        return decompress(stream, offset)
    except DamagedError:
        found = _HEAD.search(stream)
        if found is None:
            raise
    return decompress(stream, found.start())


def _hidden(opened: CompoundFile, entry: Entry) -> Iterator[Module | Unread]:
    """Source in a stream that no project lists."""
    try:
        data = _whole(opened, entry)
    except DamagedError:
        # The extractor of OLE files says that this stream is damaged; what is left is no source.
        return
    for found in _HEAD.finditer(data):
        try:
            source = decompress(data, found.start())
        except DamagedError as error:
            yield Unread(f"macro source in {entry.name}: {error}")
        else:
            yield Module(entry.name, source.decode("cp1252", "replace"))


def _whole(opened: CompoundFile, entry: Entry) -> bytes:
    return opened.read(entry, _MOST_STREAM)


def _encoding(directory: bytes) -> str:
    """The code page of the project (2.3.4.2.1.4)."""
    for identifier, value in _fields(directory):
        if identifier == 0x03:
            return _codec(int.from_bytes(value, "little"))
    return "cp1252"


def _codec(page: int) -> str:
    try:
        return codecs.lookup({65001: "utf-8", 10000: "mac-roman"}.get(page, f"cp{page}")).name
    except LookupError:
        return "cp1252"


def _records(directory: bytes, encoding: str) -> Iterator[_Record]:
    """The modules (2.3.4.2.3.2) that the dir stream lists."""
    record: _Record | None = None
    for identifier, value in _fields(directory):
        match identifier, record:
            case 0x19, _:
                record = _Record(value.decode(encoding, "replace"))
            case 0x1A, _Record():
                record.stream = value.decode(encoding, "replace")
            case 0x32, _Record():
                record.stream = value.decode("utf-16-le", "replace") or record.stream
            case 0x31, _Record():
                record.offset = int.from_bytes(value[:4], "little")
            case 0x2B, _Record():
                yield record
                record = None


def _fields(directory: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 6 <= len(directory):
        identifier, size = struct.unpack_from("<HI", directory, position)
        # 2.3.4.2.1.11: the version counts its first half only.
        size = 6 if identifier == 0x09 else size
        yield identifier, directory[position + 6 : position + 6 + size]
        position += 6 + size


def decompress(data: bytes, start: int = 0) -> bytes:
    """What the compressed container at ``start`` holds (2.4.1). Raises DamagedError."""
    if data[start : start + 1] != b"\x01":
        raise DamagedError("not compressed as macro source is")
    source = bytearray()
    position = start + 1
    while position + 2 < len(data):
        header = int.from_bytes(data[position : position + 2], "little")
        if header >> 12 & 0b111 != 0b011:
            break
        body = position + 2
        if header & 0x8000:
            position = min(body + (header & 0xFFF) + 1, len(data))
            source += _chunk(data[body:position])
        else:
            position = body + _CHUNK
            source += data[body:position]
        if len(source) > _MOST_SOURCE:
            raise DamagedError(_too_much())
    if not source:
        raise DamagedError("no chunk of source")
    return bytes(source)


def _too_much() -> str:
    return f"more than {_MOST_SOURCE >> 20} MiB of macro source"


def _chunk(tokens: bytes) -> bytearray:
    """One compressed chunk: literals, and copies of what came before them (2.4.1.3.2)."""
    chunk = bytearray()
    position = 0
    while position < len(tokens) and len(chunk) < _CHUNK:
        flags = tokens[position]
        position += 1
        if not flags:
            chunk += tokens[position : position + 8]
            position += 8
            continue
        for bit in range(8):
            if not flags >> bit & 1:
                chunk += tokens[position : position + 1]
                position += 1
            elif position + 2 <= len(tokens):
                _copy(chunk, int.from_bytes(tokens[position : position + 2], "little"))
                position += 2
    return chunk


def _copy(chunk: bytearray, token: int) -> None:
    """Repeat what a copy token points to (2.4.1.3.19): the longer the chunk, the farther back."""
    bits = max(4, (len(chunk) - 1).bit_length())
    length = (token & 0xFFFF >> bits) + 3
    offset = (token >> 16 - bits) + 1
    if offset > len(chunk):
        raise DamagedError("a copy from before the beginning")
    piece = chunk[-offset:]
    chunk += (piece * (length // offset + 1))[:length]
