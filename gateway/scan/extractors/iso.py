"""Opens disc images (ISO 9660): the files of every volume on them.

A disc may carry several volumes for the same sectors: one with short names, one with long ones
(Joliet), and nothing says that they name the same files. Readers show one of them; all are read.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.archives import inflate
from gateway.scan.kinds import Kind

_SECTOR = 2048
_PRIMARY, _SUPPLEMENTARY = 1, 2
_JOLIET = (b"%/@", b"%/C", b"%/E")
_MOST_RECORDS = 20_000
_FOLDER = 0x02
_ALTERNATE_NAME = re.compile(rb"NM([\x06-\xff])\x01.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    other_names: tuple[str, ...]
    start: int
    size: int
    flags: int


class IsoExtractor:
    """Opens ISO 9660 with Joliet and Rock Ridge names."""

    kinds = frozenset({Kind.ISO})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each file once, under all the names that the volumes give it."""
        data = artifact.data
        files = tuple(islice(_all_files(data), _MOST_RECORDS))
        if len(files) == _MOST_RECORDS:
            yield Gap(Reason.TOO_MANY, "more files than are looked at", artifact.lineage)
        named: dict[tuple[int, int], dict[str, None]] = {}
        for file in files:
            names = named.setdefault((file.start, file.size), {})
            names.update(dict.fromkeys((file.name, *file.other_names)))
        for (start, size), names in named.items():
            name, *others = names
            if start + size > len(data):
                detail = "the image ends inside this file"
                yield Gap(Reason.DAMAGED, detail, (*artifact.lineage, name))
            yield Member(name, inflate.stored(data, start, start + size), names=tuple(others))


def _all_files(data: bytes) -> Iterator[_File]:
    """The files of every volume; those with long names first, for most readers show these."""
    for root, is_joliet in sorted(_volumes(data), key=lambda volume: not volume[1]):
        yield from _files(data, root, is_joliet=is_joliet)


def _volumes(data: bytes) -> Iterator[tuple[_File, bool]]:
    """The root folder of each volume, and whether its names are Joliet's."""
    for at in range(16 * _SECTOR, len(data) - _SECTOR + 1, _SECTOR):
        if data[at + 1 : at + 6] != b"CD001":
            return
        if data[at] in {_PRIMARY, _SUPPLEMENTARY}:
            is_joliet = data[at] == _SUPPLEMENTARY and data[at + 88 : at + 91] in _JOLIET
            root = _record(data, at + 156, "", is_joliet=is_joliet)
            if root is not None:
                yield replace(root, name=""), is_joliet


def _files(data: bytes, root: _File, *, is_joliet: bool) -> Iterator[_File]:
    """Every file below ``root``; no folder is read twice."""
    folders, seen = [root], {root.start}
    while folders:
        folder = folders.pop()
        for record in _folder(data, folder, is_joliet=is_joliet):
            if not record.flags & _FOLDER:
                yield record
            elif record.start not in seen:
                seen.add(record.start)
                folders.append(record)


def _folder(data: bytes, folder: _File, *, is_joliet: bool) -> Iterator[_File]:
    position, stop = folder.start, min(folder.start + folder.size, len(data))
    while position < stop:
        length = data[position]
        if length < 34:
            # A record does not cross a sector; the rest of one is filled with zeros.
            position = (position // _SECTOR + 1) * _SECTOR
            continue
        # The first two records of a folder stand for itself and for the one above it.
        is_own = data[position + 32] == 1 and data[position + 33] < 2
        record = _record(data, position, folder.name, is_joliet=is_joliet)
        if record is not None and not is_own:
            yield record
        position += length


def _record(data: bytes, at: int, folder: str, *, is_joliet: bool) -> _File | None:
    """One record of a folder (ECMA-119, 9.1)."""
    length = data[at]
    if length < 34 or at + length > len(data):
        return None
    sector, _, size = struct.unpack_from("<III", data, at + 2)
    name_stop = at + 33 + data[at + 32]
    name = data[at + 33 : name_stop].decode("utf-16-be" if is_joliet else "latin-1", "replace")
    others = tuple(_join(folder, other) for other in _rock_ridge(data[name_stop : at + length]))
    start = (sector + data[at + 1]) * _SECTOR
    return _File(_join(folder, name.removesuffix(";1")), others, start, size, data[at + 25])


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _rock_ridge(area: bytes) -> Iterator[str]:
    """The alternate name in the system use area (IEEE P1282, 4.1.4)."""
    field = _ALTERNATE_NAME.search(area)
    if field:
        stop = field.start() + field[1][0]
        yield area[field.end() : stop].decode("utf-8", "replace")
