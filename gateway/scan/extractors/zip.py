"""Opens ZIP files, and what is built on them: Office Open XML, OpenDocument, Java archives.

The usual reader trusts the central directory, a streaming reader the local headers.
A file is built against one of them when the two disagree, so both are read:

Rule 1. Every member that some reader would see is handed out.
Rule 2. Where readers would see different things, a finding says so.
Rule 3. Entries that share bytes are not read: that is how a small file holds petabytes.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import takewhile

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context, Member, Stream
from gateway.scan.budget import Limits
from gateway.scan.evidence import quote
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.lib7zip import Archive, Item, SevenZipError
from gateway.scan.formats.archives.zipcontents import Contents, Found, contents
from gateway.scan.formats.archives.ziplock import AES, may_open
from gateway.scan.formats.archives.ziprecords import Entry
from gateway.scan.formats.office import odflock
from gateway.scan.kinds import Kind
from gateway.scan.links import Link, links_finding
from gateway.scan.passwords import Cost, Passwords, opened_note

_LEFT_TO_7ZIP = frozenset({9, 98})
"""Deflate64 and PPMd."""
_HAS_END_MARK = 0x2
_MOST_FAILURES = 10
_MOST_ROUNDS = 20_000_000
"""Of all locks in an OpenDocument file together: ten seconds. LibreOffice sets 100,000 for each."""
_TELLING = 64
_LONGEST_PATH = 4_096


class ZipExtractor:
    """Opens ZIP files of every make, and sees what lies between the entries too."""

    kinds = frozenset({Kind.ZIP, Kind.OOXML, Kind.ODF, Kind.JAR})
    broken = inflate.BROKEN

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each entry, those that no directory names included."""
        inside = contents(artifact.data)
        yield from _complaints(artifact, inside)
        if inside.elsewhere:
            yield _volume_note(inside.elsewhere, artifact)
        links = [found.entry for found in inside.found if found.entry.is_link]
        if links:
            shown = [Link(link.names[0], _target(artifact.data, link)) for link in links]
            yield links_finding(shown, artifact.lineage)
        for found in inside.found:
            if found.doubt:
                yield _ambiguous(artifact, found)
            if not found.entry.is_folder and not _is_left_to_7zip(found.entry):
                yield _member(artifact, found)
        left = [found.entry for found in inside.found if _is_left_to_7zip(found.entry)]
        open_ = [entry for entry in left if not _is_locked(entry)]
        if open_:
            yield from self._by_7zip(artifact, open_)
        locked = [entry for entry in left if _is_locked(entry)]
        if locked:
            yield from self._unlocked(artifact, locked, context.passwords)
        yield from _locked_document(artifact, inside, context.passwords)

    def _by_7zip(self, artifact: Artifact, entries: list[Entry]) -> Iterator[Member | Gap]:
        wanted = {(entry.names[0], entry.size) for entry in entries}
        try:
            archive = self._archive(artifact)
            for item in archive.items():
                if (item.name, item.size) in wanted:
                    wanted.discard((item.name, item.size))
                    yield _read(archive, item, artifact)
        except SevenZipError as error:
            yield Gap(error.reason, error.detail, artifact.lineage)
        for name, _ in sorted(wanted):
            yield Gap(Reason.UNSUPPORTED, "compression method", (*artifact.lineage, name))

    def _archive(self, artifact: Artifact, password: str = "") -> Archive:
        bytes_ = self._limits.file_bytes
        return Archive(
            artifact.data, Kind.ZIP, item_bytes=bytes_, total_bytes=bytes_, password=password
        )

    def _unlocked(
        self, artifact: Artifact, entries: list[Entry], passwords: Passwords
    ) -> Iterator[Member | Finding | Gap]:
        """Each locked entry, opened if the message gives its password away."""
        items = self._locked_items(artifact)
        told: set[str] = set()
        failures = 0
        for entry in sorted(entries, key=lambda entry: entry.packed_size):
            item = items.get((entry.names[0], entry.size))
            lineage = (*artifact.lineage, entry.names[0])
            content: list[bytes] = []
            opens = partial(self._opens, artifact, entry, item, content)
            cost = Cost.FAIR if entry.method == AES else Cost.CHEAP
            # Where many entries stay locked, only what opened others is tried on the rest.
            most = cost if failures < _MOST_FAILURES else len(told)
            password = passwords.find(opens, cost, most=most)
            if password is None or not content:
                failures += 1
                yield Gap(Reason.ENCRYPTED, "needs a password", lineage)
                continue
            if password.text not in told:
                told.add(password.text)
                yield opened_note(password, "ZIP", artifact.lineage)
            yield Member(entry.names[0], BytesIO(content[0]), names=entry.names[1:])

    def _locked_items(self, artifact: Artifact) -> dict[tuple[str, int], Item]:
        try:
            items = self._archive(artifact).items()
            return {(item.name, item.size): item for item in items if item.is_encrypted}
        except SevenZipError:
            return {}

    def _opens(
        self, artifact: Artifact, entry: Entry, item: Item | None, content: list[bytes], text: str
    ) -> bool:
        """Try one password; what it opens is put into ``content``."""
        if item is None or not may_open(artifact.data, entry, text):
            return False
        try:
            content.append(self._archive(artifact, text).read(item))
        except SevenZipError:
            return False
        return True


def _locked_document(
    artifact: Artifact, inside: Contents, passwords: Passwords
) -> Iterator[Member | Finding | Gap]:
    """An OpenDocument file whose files have locks of their own."""
    entries = {found.entry.names[0]: found.entry for found in inside.found}
    manifest = _head(artifact.data, entries.get(odflock.MANIFEST))
    if not odflock.count(manifest):
        return
    locks = [lock for lock in odflock.locks(manifest) if lock.path in entries]
    bodies = {lock.path: _body(artifact.data, entries[lock.path]) for lock in locks}
    # The smallest is the cheapest to try, but one with nothing in it opens with anything.
    telling = [lock for lock in locks if len(bodies[lock.path]) >= _TELLING] or locks
    smallest = min(telling, key=lambda lock: len(bodies[lock.path]), default=None)
    password = None
    if smallest is not None and sum(lock.rounds for lock in locks) <= _MOST_ROUNDS:
        opens = partial(smallest.opens, bodies[smallest.path])
        password = passwords.find(opens, Cost.DEAR, most=smallest.most_tries)
    if password is None or len(locks) < odflock.count(manifest):
        detail = "an OpenDocument file with a password"
        yield Gap(Reason.ENCRYPTED, detail, artifact.lineage)
    if password is None:
        return
    yield opened_note(password, "OpenDocument file", artifact.lineage)
    for lock in locks:
        yield Member(lock.path, lock.opened(bodies[lock.path], password.text))


def _target(data: bytes, entry: Entry) -> str:
    """Where a link leads: that is all there is in it."""
    return _head(data, entry)[:_LONGEST_PATH].decode("utf-8", "replace")


def _head(data: bytes, entry: Entry | None) -> bytes:
    stream = None if entry is None else _stream(data, entry)
    if stream is None:
        return b""
    try:
        return b"".join(takewhile(bool, (stream.read(odflock.MOST_BYTES) for _ in range(16))))
    except inflate.BROKEN:
        return b""


def _body(data: bytes, entry: Entry) -> bytes:
    return data[entry.body : entry.body + entry.packed_size]


def _is_locked(entry: Entry) -> bool:
    return entry.is_encrypted or entry.method == AES


def _is_left_to_7zip(entry: Entry) -> bool:
    return not entry.is_folder and (_is_locked(entry) or entry.method in _LEFT_TO_7ZIP)


def _read(archive: Archive, item: Item, artifact: Artifact) -> Member | Gap:
    try:
        return Member(item.name, BytesIO(archive.read(item)))
    except SevenZipError as error:
        return Gap(error.reason, error.detail, (*artifact.lineage, item.name))


def _member(artifact: Artifact, found: Found) -> Member | Gap:
    entry = found.entry
    name, *other_names = (*entry.names, *found.other_names)
    stream = _stream(artifact.data, entry)
    if entry.is_of_iwork:
        lineage = (*artifact.lineage, name)
        return Gap(Reason.ENCRYPTED, "an iWork document with a password", lineage)
    if stream is None:
        detail = f"compression method {entry.method}"
        return Gap(Reason.UNSUPPORTED, detail, (*artifact.lineage, name))
    if found.is_size_known:
        stream = inflate.Checked(stream, entry.size, entry.crc)
    return Member(name, stream, names=tuple(other_names))


def _complaints(artifact: Artifact, inside: Contents) -> Iterator[Gap]:
    for detail in inside.damages:
        yield Gap(Reason.DAMAGED, detail, artifact.lineage)
    if inside.overlapping:
        detail = f"{inside.overlapping} overlapping entries"
        yield Gap(Reason.AMBIGUOUS, detail, artifact.lineage)
    if inside.is_cut_short:
        yield Gap(Reason.TOO_MANY, "more entries than are looked at", artifact.lineage)


def _volume_note(names: Sequence[str], artifact: Artifact) -> Finding:
    return Finding(
        "zip.volume",
        Level.NOTE,
        "The last part of a split archive, without the parts before it",
        f"{len(names)} files begin in another part, such as {quote(names[0], 60)}",
        artifact.lineage,
    )


def _ambiguous(artifact: Artifact, found: Found) -> Finding:
    return Finding(
        "zip.ambiguous",
        Level.SUSPICIOUS,
        "Readers of this ZIP file would see different things",
        f"{found.entry.names[0][:80]!r}: {found.doubt}",
        artifact.lineage,
    )


def _stream(data: bytes, entry: Entry) -> Stream | None:
    start, stop = entry.body, entry.body + entry.packed_size
    match entry.method:
        case 0:
            return inflate.stored(data, start, stop)
        case 8:
            begin: inflate.Begin = inflate.deflate
        case 12:
            begin = inflate.bzip2
        case 14:
            begin = inflate.lzma_in_zip(None if entry.flags & _HAS_END_MARK else entry.size)
        case 93:
            begin = inflate.zstd
        case 95:
            begin = inflate.xz
        case _:
            return None
    return inflate.Inflated(data, inflate.once(begin), start, stop)
