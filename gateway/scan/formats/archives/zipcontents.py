"""Which entries some reader of a ZIP file would see, and where readers would disagree.

The usual reader trusts the central directory; one that streams trusts the local headers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from gateway.scan.formats.archives import ziprecords
from gateway.scan.formats.archives.ziprecords import Directory, Entry

_MOST_ENTRIES = 20_000
_NO_VOLUME = 0xFFFF


@dataclass(frozen=True, slots=True)
class Found:
    """One file as one kind of reader sees it."""

    entry: Entry
    other_names: tuple[str, ...] = ()
    doubt: str = ""
    """Why another reader would not see this."""
    is_size_known: bool = True


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is inside, and what is wrong with it."""

    found: tuple[Found, ...]
    damages: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Names of the files that begin in another volume of a split archive."""
    overlapping: int = 0
    """Entries that share bytes with another one; they are not among the found."""
    is_cut_short: bool = False


def contents(data: bytes) -> Contents:
    """Read all records of ``data``."""
    directory = ziprecords.last_directory(data)
    if directory is None:
        loose = tuple(islice(_loose(data, 0, len(data), ""), _MOST_ENTRIES))
        is_cut_short = len(loose) == _MOST_ENTRIES or ziprecords.looks_endless(data)
        return Contents(loose, ("no central directory",), is_cut_short=is_cut_short)
    central = tuple(islice(ziprecords.central_entries(data, directory), _MOST_ENTRIES))
    pairs = [(entry, _header(data, directory, entry)) for entry in central]
    named = [(entry, local) for entry, local in pairs if local is not None]
    bodies = [(local.header, local.body + entry.packed_size) for entry, local in named]
    shared = _overlapping(bodies)
    found = [
        reading
        for index, (entry, local) in enumerate(named)
        if index not in shared
        for reading in _readings(entry, local)
    ]
    # Where the directory was not read to its end, what it does not name is not known.
    is_cut_short = len(central) == _MOST_ENTRIES or ziprecords.looks_endless(data)
    if not is_cut_short:
        between = _between([*bodies, (directory.start, directory.stop)], len(data))
        loose = tuple(islice(_unnamed(data, between), _MOST_ENTRIES))
        is_cut_short = len(loose) == _MOST_ENTRIES
        found += loose
    lost = [entry for entry, local in pairs if local is None]
    elsewhere = [entry.names[0] for entry in lost if _is_elsewhere(directory, entry)]
    damages = tuple(_damages(directory, len(central), lost))
    found = list(_doubt_twins(found))
    return Contents(tuple(found), damages, tuple(elsewhere), len(shared), is_cut_short)


def _header(data: bytes, directory: Directory, entry: Entry) -> Entry | None:
    """Its local header, if it is here: what stands at the same place of another volume is not."""
    local = ziprecords.header_of(data, entry)
    is_other = local is not None and _is_elsewhere(directory, entry) and local.name != entry.name
    return None if is_other else local


def _is_elsewhere(directory: Directory, entry: Entry) -> bool:
    """Whether it begins in a volume before this one, which has the directory and so is the last.

    No program has anything of it from this file alone, and the volume in which it begins is held.
    """
    return entry.volume < directory.volume < _NO_VOLUME


def _damages(directory: Directory, count: int, lost: list[Entry]) -> Iterator[str]:
    # Without ZIP64 the count has 16 bits, and some writers let it run over.
    if count < _MOST_ENTRIES and (count - directory.count) & 0xFFFF:
        yield f"{directory.count} entries were promised, {count} are there"
    lost = [entry for entry in lost if not _is_elsewhere(directory, entry)]
    if lost:
        yield f"no local header for {len(lost)} entries, such as {lost[0].names[0][:80]}"


def _readings(entry: Entry, local: Entry) -> Iterator[Found]:
    """What the two kinds of reader make of one entry: one thing, or two."""
    if not local.packed_size and local.has_descriptor:
        local = replace(local, packed_size=entry.packed_size, size=entry.size, crc=entry.crc)
    doubts = []
    if _plain(local.name) != _plain(entry.name):
        doubts.append("two names")
    if (local.packed_size, local.size) != (entry.packed_size, entry.size):
        doubts.append("two sizes")
    if local.method != entry.method:
        doubts.append("two methods")
    if local.is_encrypted != entry.is_encrypted:
        doubts.append("encrypted or not")
    other_names = local.names if "two names" in doubts else ()
    doubt = ", ".join(doubts)
    yield Found(replace(entry, body=local.body), other_names, doubt)
    if doubt not in {"", "two names"}:
        yield Found(local, entry.names, doubt)


def _doubt_twins(found: list[Found]) -> Iterator[Found]:
    """Doubt entries that have the same name and other content: one reader shows the first."""
    contents_of: dict[bytes, set[tuple[int, int]]] = {}
    for one in found:
        key = contents_of.setdefault(_plain(one.entry.name), set())
        key.add((one.entry.size, one.entry.crc))
    for one in found:
        is_twin = len(contents_of[_plain(one.entry.name)]) > 1
        yield replace(one, doubt=one.doubt or "two entries of this name") if is_twin else one


def _plain(name: bytes) -> bytes:
    return name.replace(b"\\", b"/").strip(b"/")


def _unnamed(data: bytes, between: Iterator[tuple[int, int]]) -> Iterator[Found]:
    for start, stop in between:
        yield from _loose(data, start, stop, "no directory names it")


def _loose(data: bytes, start: int, stop: int, doubt: str) -> Iterator[Found]:
    """Entries by their local headers alone."""
    for entry in ziprecords.local_entries(data, start, stop):
        if entry.packed_size or not entry.has_descriptor:
            yield Found(entry, doubt=doubt)
            continue
        end = stop if entry.method else ziprecords.next_record(data, entry.body, stop)
        yield Found(replace(entry, packed_size=end - entry.body), doubt=doubt, is_size_known=False)


def _overlapping(bodies: list[tuple[int, int]]) -> set[int]:
    """Which of ``bodies`` share bytes with another one."""
    shared = set()
    reach, reached_by = 0, -1
    for start, stop, index in sorted((*body, index) for index, body in enumerate(bodies)):
        if start < reach:
            shared |= {index, reached_by}
        if stop > reach:
            reach, reached_by = stop, index
    return shared


def _between(known: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """What of the bytes up to ``size`` is not in ``known``."""
    reach = 0
    for start, stop in [*sorted(known), (size, size)]:
        if start > reach:
            yield reach, start
        reach = max(reach, stop)
