"""Opens what 7-Zip opens: 7z, RAR, CAB, disk images, installers, help files and older archives."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from io import BytesIO
from itertools import islice

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.budget import Limits
from gateway.scan.formats.archives import inflate, lib7zip, lzhuf
from gateway.scan.formats.archives.lib7zip import Archive, Item, SevenZipError
from gateway.scan.kinds import Kind
from gateway.scan.passwords import Cost, Passwords, opened_note

_OF_A_LOCK = frozenset({Reason.ENCRYPTED, Reason.DAMAGED})
"""How 7-Zip puts it that a password is wrong."""
_MOST_FAILURES = 3
"""Files that stay locked; after so many no other is tried."""


class SevenZipExtractor:
    """Opens archives and disk images that no other extractor opens.

    A file is unpacked whole before the budget pays for it, so its size is bounded here as well.
    """

    kinds = lib7zip.KINDS - {Kind.ZIP}
    broken = (SevenZipError, inflate.DamagedError)

    def __init__(self, limits: Limits = Limits()) -> None:
        self._item_bytes = limits.file_bytes
        self._total_bytes = limits.message_bytes

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each file inside, for each archive that the artifact is."""
        for kind in artifact.kinds:
            if kind in self.kinds:
                yield from self._members_as(artifact, kind, context.passwords)

    def _members_as(
        self, artifact: Artifact, kind: Kind, passwords: Passwords
    ) -> Iterator[Member | Finding | Gap]:
        try:
            archive, items, notes = self._unlocked(artifact, kind, passwords)
        except SevenZipError as error:
            yield Gap(error.reason, error.detail, artifact.lineage)
            return
        yield from notes
        contents = self._all_at_once(archive, items)
        old = _old_entries(artifact.data) if kind is Kind.LZH else {}
        locked: dict[Item, Gap] = {}
        for item in items:
            entry = old.get(item.index)
            if entry is not None and entry.size == item.size:
                yield Member(item.name, lzhuf.opened(artifact.data, entry))
                continue
            seen = self._member(archive, item, artifact, contents)
            if isinstance(seen, Gap) and item.is_encrypted and seen.reason in _OF_A_LOCK:
                locked[item] = seen
            else:
                yield seen
        yield from self._by_other_passwords(artifact, kind, locked, passwords)
        if archive.is_cut_short:
            yield Gap(Reason.TOO_MANY, "more files than are looked at", artifact.lineage)

    def _by_other_passwords(
        self, artifact: Artifact, kind: Kind, locked: dict[Item, Gap], passwords: Passwords
    ) -> Iterator[Member | Finding | Gap]:
        """Files that the first password does not open: in RAR each may have one of its own."""
        failures = 0
        for one in sorted(locked, key=lambda item: item.size):
            if one not in locked:
                continue
            opens = partial(self._opens, artifact, kind, item=one)
            password = passwords.find(opens, Cost.DEAR) if failures < _MOST_FAILURES else None
            if password is None:
                failures += 1
                continue
            yield opened_note(password, kind.value, artifact.lineage)
            archive, _ = self._opened(artifact, kind, password.text)
            for item in tuple(locked):
                seen = self._member(archive, item, artifact, {})
                if isinstance(seen, Member):
                    del locked[item]
                    yield seen
        yield from locked.values()

    def _unlocked(
        self, artifact: Artifact, kind: Kind, passwords: Passwords
    ) -> tuple[Archive, tuple[Item, ...], tuple[Finding, ...]]:
        """The archive and its files; if it is locked, with a password that opens it, if any."""
        try:
            archive, items = self._opened(artifact, kind, "")
            if not any(item.is_encrypted and item.size for item in items):
                return archive, items, ()
        except SevenZipError as error:
            if error.reason is not Reason.ENCRYPTED:
                raise
        password = passwords.find(partial(self._opens, artifact, kind), Cost.DEAR)
        if password is None:
            return *self._opened(artifact, kind, ""), ()
        note = opened_note(password, kind.value, artifact.lineage)
        return *self._opened(artifact, kind, password.text), (note,)

    def _opened(
        self, artifact: Artifact, kind: Kind, password: str
    ) -> tuple[Archive, tuple[Item, ...]]:
        archive = Archive(
            artifact.data,
            kind,
            item_bytes=self._item_bytes,
            total_bytes=self._total_bytes,
            password=password,
        )
        return archive, tuple(archive.items())

    def _opens(self, artifact: Artifact, kind: Kind, text: str, item: Item | None = None) -> bool:
        """Whether a locked file comes out with this password: ``item``, or the smallest."""
        try:
            archive, items = self._opened(artifact, kind, text)
            locked = [item for item in items if item.is_encrypted and item.size]
            if item or locked:
                archive.read(item or min(locked, key=lambda one: one.size))
        except SevenZipError:
            return False
        return True

    def _all_at_once(self, archive: Archive, items: tuple[Item, ...]) -> dict[str, bytes]:
        """Unpack a solid archive in one go, where each file by itself would cost all before it."""
        names = {item.name for item in items}
        sizes = [item.size for item in items]
        fits = sum(sizes) <= self._total_bytes and max(sizes, default=0) <= self._item_bytes
        if not (archive.is_solid and fits and len(names) == len(items)):
            return {}
        try:
            return archive.read_all()
        except SevenZipError:
            # One bad file spoils the lot; one by one, the good ones are still seen.
            return {}

    def _member(
        self, archive: Archive, item: Item, artifact: Artifact, contents: dict[str, bytes]
    ) -> Member | Gap:
        try:
            data = contents.pop(item.name, None)
            data = archive.read(item) if data is None else data
        except SevenZipError as error:
            return Gap(error.reason, error.detail, (*artifact.lineage, item.name))
        return Member(item.name, BytesIO(data))


def _old_entries(data: bytes) -> dict[int, lzhuf.Entry]:
    """The files of an LZH archive whose method 7-Zip does not know, by their places."""
    entries: list[lzhuf.Entry] = []
    with suppress(inflate.DamagedError):
        # What was read before the damage is kept.
        entries += islice(lzhuf.entries(data), lib7zip.MOST_ITEMS)
    return {at: entry for at, entry in enumerate(entries) if entry.method == lzhuf.METHOD}
