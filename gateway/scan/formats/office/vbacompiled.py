"""Reads what the compiled form of macros says in words: strings, and the names that it uses.

Office keeps it beside the source and runs it where both are of its own version; [MS-OVBA] leaves it
undefined. What is read here was found by looking at honest projects: the lines, the strings in
them, and the list of names to which they refer by numbers. No instruction is understood.
"""

import re
import struct
from collections.abc import Iterator, Sequence

_LINES = b"\xfe\xca\x01\x00"
"""Before the table of compiled lines; two bytes that count them and twelve for each come after."""
_LINE = struct.Struct("<4xH2xI")
_BEHIND_TABLE = 10
_STRING = (b"\xb6\x00", b"\xb9\x00")
"""The instruction before a string, in Office 2000 to 2007 and since."""
_LONGEST = 4_096
_MOST_STRINGS = 5_000
_MOST_NAMES_BYTES = 256 << 10
_NAME = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]{0,254}")
_WIDE_RECORD = 0x80
_VERSION_2010 = 0x97
_BASES = range(0xE0, 0x120)
_BASE, _MORE_SINCE_2010, _MORE_IN_64_BITS = 0x100, 4, 3
_IN_64_BITS = 3
_SURE = 3


def count(cache: bytes) -> int:
    """How many lines are compiled; 0 if it is not known."""
    at = cache.rfind(_LINES)
    lines = int.from_bytes(cache[at + 4 : at + 6], "little") if at >= 0 else 0
    return lines if at + 6 + lines * _LINE.size <= len(cache) else 0


def _lines(cache: bytes) -> Iterator[bytes]:
    table = cache.rfind(_LINES) + 6
    start = table + count(cache) * _LINE.size + _BEHIND_TABLE
    for index in range(count(cache)):
        length, offset = _LINE.unpack_from(cache, table + index * _LINE.size)
        yield cache[start + offset : start + offset + length]


def strings(cache: bytes) -> Iterator[bytes]:
    """The strings in compiled lines."""
    found = 0
    for line in _lines(cache):
        position = 0
        while position + 4 <= len(line):
            length = int.from_bytes(line[position + 2 : position + 4], "little")
            end = position + 4 + length
            if line[position : position + 2] not in _STRING or not 0 < length <= _LONGEST:
                position += 2
            elif end <= len(line) and found < _MOST_STRINGS:
                found += 1
                yield line[position + 4 : end]
                position = end + length % 2
            else:
                position += 2


def names(project: bytes) -> Sequence[bytes]:
    """The names in a ``_VBA_PROJECT`` stream: the longest row of records that follow each other."""
    stored = project[-_MOST_NAMES_BYTES:]
    rows: dict[int, int] = {}
    for start in range(len(stored) - 1, -1, -1):
        found = _record(stored, start)
        if found is not None:
            rows[start] = 1 + rows.get(found[1], 0)
    listed: list[bytes] = []
    at = max(rows, key=rows.__getitem__, default=-1)
    while at >= 0 and (found := _record(stored, at)) is not None:
        name, at = found
        listed.append(name)
    return listed


def _record(stored: bytes, at: int) -> tuple[bytes, int] | None:
    """A length, flags, the name, and four bytes; some have six bytes more before the name."""
    if at + 2 > len(stored):
        return None
    length, flags = stored[at], stored[at + 1]
    start = at + 2 + (6 if flags & _WIDE_RECORD else 0)
    name = stored[start : start + length]
    is_name = len(name) == length and _NAME.fullmatch(name) is not None
    return (name, start + length + 4) if is_name else None


def used(
    project: bytes, caches: Sequence[bytes], known: frozenset[str]
) -> Iterator[tuple[str, bool]]:
    """The names that compiled modules refer to, folded; ``known`` are the words of the source.

    With each, whether a line does: the tables beside the lines declare procedures, and keep what
    lines said that were taken out long ago.

    A reference is a number twice as big as the place of the name, counted from a base that depends
    on the version. Where the list was not read from its beginning, the words of the source tell it.
    """
    listed = [name.decode("latin-1").casefold() for name in names(project)]
    lines = {number for cache in caches for line in _lines(cache) for number in _numbers(line)}
    if not lines or not listed:
        return
    numbers = lines.union(*(set(_numbers(cache)) for cache in caches))
    bases = _bases(project, listed, lines, known)
    for place, name in enumerate(listed):
        places = [2 * (place + base) for base in bases]
        if all(place in numbers for place in places):
            yield name, all(place in lines for place in places)


def _bases(
    project: bytes, listed: Sequence[str], lines: set[int], known: frozenset[str]
) -> Sequence[int]:
    """The base; several, where the words of the source fit them equally well."""
    present = [place for place, name in enumerate(listed) if name in known]
    hits = {base: sum(2 * (place + base) in lines for place in present) for base in _BASES}
    most = max(hits.values())
    if most >= _SURE:
        return [base for base, count in hits.items() if count == most]
    is_new = int.from_bytes(project[2:4], "little") >= _VERSION_2010
    more = _MORE_IN_64_BITS if project[5:6] == bytes([_IN_64_BITS]) else 0
    return [_BASE + (_MORE_SINCE_2010 + more if is_new else 0)]


def _numbers(stored: bytes) -> Iterator[int]:
    return (number for (number,) in struct.iter_unpack("<H", stored[: len(stored) // 2 * 2]))
