"""The seam below the lockbox: where sealed bytes lie, and where the list of items is kept.

Both see only what is sealed already. ``files`` with ``sqlite`` is what runs; ``memory`` passes the
same contract and is for tests. An object store or another database fits in at this place: what it
owes is `tests/contracts/test_stores.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from quarantine.audit import Append, SealedRecord, Tip
from quarantine.item import Query, State
from quarantine.sealing import SealedNote

_PAGE = 200

Alternatives = tuple[frozenset[bytes], ...]
"""Search tokens: an item fits if it has all of one of these sets; () asks for nothing."""


@dataclass(frozen=True, slots=True)
class SealedItem:
    """An item as the index keeps it: what is personal is sealed, and None once it is gone."""

    id: str
    held_at: datetime
    kind: str
    action: str
    state: State
    size: int
    reasons: tuple[str, ...]
    pack: str
    key_id: str
    wrapped_key: bytes | None = field(repr=False)
    summary: bytes | None = field(repr=False)
    look_by: datetime | None = None
    seen_at: datetime | None = None
    alarmed_at: datetime | None = None
    legal_hold: bool = False
    approved_by: str = ""
    approved_for: bytes = b""
    """What exactly was approved of, as a keyed hash."""
    deliveries: bytes | None = field(default=None, repr=False)
    """Who has it already, sealed under the item's own key."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What changes of an item beside its state; None stays as it is."""

    seen_at: datetime | None = None
    """Only if it has none yet: who looked first counts."""
    alarmed_at: datetime | None = None
    legal_hold: bool | None = None
    approved_by: str | None = None
    approved_for: bytes | None = None
    deliveries: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """The wrapped key of an item under another master key, and its tokens under that one."""

    item: str
    key_id: str
    wrapped_key: bytes
    tokens: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Reworded:
    """The sealed documents of an item with what it is found by, and its tokens."""

    item: str
    details: bytes
    tokens: frozenset[bytes]


class Blobs(Protocol):
    """Keeps sealed bytes under a name."""

    def put(self, name: str, chunks: Iterable[bytes]) -> AbstractContextManager[None]:
        """Keep the bytes; inside the block they survive a loss of power, after it for good.

        The block adds their row to the index. When it is left by an error, they stay unsettled:
        `settle` will ask whether they belong to anything.
        Raises NoRoomError when the disk is full, and StoreError for any other trouble.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """The bytes, to be read and closed. Raises MissingError if they are not there."""
        ...

    def remove(self, name: str) -> None:
        """Forget the bytes for good. It is no error if they are gone already."""
        ...

    def ages(self) -> Iterator[tuple[str, float]]:
        """The name of everything that is settled, and its age in seconds."""
        ...

    def settle(self, belongs: Callable[[str], bool]) -> int:
        """Keep what a crash left unsettled if it ``belongs``, else remove it; say how many went.

        What living writers are about stays as it is.
        """
        ...

    def free_bytes(self) -> int:
        """How much more fits."""
        ...

    def claim(self, name: str) -> AbstractContextManager[None]:
        """Be the one who works with these bytes, until the block ends or the process does.

        Raises LockedError when somebody else is, and MissingError if they are not there.
        """
        ...


class Index(Protocol):
    """Keeps the list of items, by what they are found, and the audit.

    Each call that changes something is one transaction, and calls ``append`` inside it for the
    records that belong to the change. When it returns, all of it survives a loss of power.
    """

    def add(
        self, item: SealedItem, details: bytes, tokens: frozenset[bytes], append: Append
    ) -> None:
        """Keep a new item. Raises StoreError if there is one of its id.

        After NoRoomError and BusyError it is not there; after any other error nobody knows.
        """
        ...

    def move(
        self, item: str, was: State, became: State, append: Append, marks: Marks = Marks()
    ) -> bool:
        """Change the state of an item; False, and nothing changes, if it is not ``was``."""
        ...

    def mark(self, item: str, marks: Marks, append: Append) -> None:
        """Change what is not its state."""
        ...

    def record(self, append: Append) -> None:
        """Record what changed nothing, such as that somebody looked."""
        ...

    def shred(self, item: str, append: Append) -> None:
        """Wipe the wrapped key of an item, all that is sealed under it, and its tokens."""
        ...

    def rewrap(self, items: Sequence[Rewrapped]) -> None:
        """Put items under another master key."""
        ...

    def reword(self, items: Sequence[Reworded], append: Append) -> None:
        """Let items be found by other words, unless they are gone."""
        ...

    def rewrap_notes(self, notes: Sequence[tuple[int, SealedNote]]) -> None:
        """Put the notes of records, by number, under another master key."""
        ...

    def reseal_tip(self, was: bytes, state: bytes) -> bool:
        """Put the state of the audit under another key; False if it has gone on meanwhile."""
        ...

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        """The newest ``limit`` items whose ids begin with ``prefix``."""
        ...

    def page(self, query: Query, tokens: Alternatives, limit: int) -> Sequence[SealedItem]:
        """At most ``limit`` items of the query, in its order, from behind ``query.after`` on."""
        ...

    def under_other_keys(self, key_id: str, limit: int) -> Sequence[SealedItem]:
        """Items that are not under this master key, and not gone."""
        ...

    def notes_under_other_keys(self, key_id: str, limit: int) -> Sequence[SealedRecord]:
        """Records whose words are not under this master key."""
        ...

    def without_tokens(self, after: str, limit: int) -> Sequence[SealedItem]:
        """Items that nothing finds and that are not gone, by id, from behind ``after`` on."""
        ...

    def unfinished(self) -> Sequence[SealedItem]:
        """Items that were deleted or purged and still have a key: a crash came in between."""
        ...

    def overdue(self, now: datetime, limit: int) -> Sequence[SealedItem]:
        """Held items that nobody has looked at in time, the most overdue first."""
        ...

    def details(self, item: str) -> bytes | None:
        """The sealed documents of an item; None once it is gone."""
        ...

    def tokens(self, item: str) -> frozenset[bytes]:
        """What it is found by."""
        ...

    def records(self, item: str) -> Sequence[SealedRecord]:
        """What was done to an item, oldest first."""
        ...

    def audit(self, above: int, limit: int) -> Sequence[SealedRecord]:
        """Records with numbers over ``above``, oldest first."""
        ...

    def tip(self) -> Tip:
        """The end of the audit."""
        ...

    def clock(self) -> datetime | None:
        """The last moment that was trusted, or that of the last record if none ever was."""
        ...

    def set_clock(self, now: datetime) -> None:
        """Trust that it is ``now``."""
        ...

    def keys(self) -> dict[str, int]:
        """How many items and notes are under which master key."""
        ...

    def damages(self) -> Iterator[str]:
        """What is wrong with the index itself, one sentence each."""
        ...

    def copy_to(self, path: Path) -> None:
        """Write a copy of the whole index, as of one moment, to a new file.

        Raises StoreError, and writes nothing, where an index cannot be copied to one.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def each(index: Index, query: Query = Query(), tokens: Alternatives = ()) -> Iterator[SealedItem]:
    """The items of the query in its order, read a page at a time as they are asked for.

    No transaction stays open in between, so a slow reader holds nobody up.
    """
    left = query.limit
    while left is None or left > 0:
        asked = _PAGE if left is None else min(_PAGE, left)
        page = index.page(query, tokens, asked)
        yield from page
        if len(page) < asked:
            return
        query = replace(query, after=page[-1].id)
        left = None if left is None else left - asked


def each_record(index: Index, above: int = 0) -> Iterator[SealedRecord]:
    """Every record over this number, oldest first, a page at a time."""
    while page := index.audit(above, _PAGE):
        yield from page
        above = page[-1].number
