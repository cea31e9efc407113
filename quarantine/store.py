"""The seam below the lockbox: where sealed bytes lie, and where the list of items is kept.

Both see only what is sealed already. ``files`` with ``sqlite`` is what runs; ``memory`` passes the
same contract and is for tests. An object store or another database fits in at this place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Protocol

from quarantine.item import Query, State

_PAGE = 200


@dataclass(frozen=True, slots=True)
class SealedItem:
    """An item as the index keeps it: what is personal is sealed, and None once it is deleted."""

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


@dataclass(frozen=True, slots=True)
class SealedChange:
    """A change of state as the index keeps it: the words of a person are sealed."""

    item: str
    at: datetime
    who: str
    was: State | None
    became: State
    note: bytes = field(repr=False)


class Blobs(Protocol):
    """Keeps sealed bytes under a name."""

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep the bytes; when this returns they survive a loss of power.

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
        """The name of everything that is kept, and its age in seconds."""
        ...

    def clear_unfinished(self) -> int:
        """Remove what a crash left half written, and say how many; living writers stay."""
        ...

    def free_bytes(self) -> int:
        """How much more fits."""
        ...


class Index(Protocol):
    """Keeps the list of items and what became of each."""

    def add(self, item: SealedItem, details: bytes, change: SealedChange) -> None:
        """Keep a new item; when this returns it survives a loss of power."""
        ...

    def move(self, change: SealedChange) -> bool:
        """Change the state of an item and record it, in one transaction.

        False, and nothing changes, if the item is no longer in the state ``was``. To become
        deleted wipes its wrapped key, its summary and its details.
        """
        ...

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        """The newest ``limit`` items whose ids begin with ``prefix``."""
        ...

    def page(self, query: Query, before: str | None, limit: int) -> Sequence[SealedItem]:
        """Newest first, at most ``limit`` items of the query that are older than ``before``."""
        ...

    def details(self, item: str) -> bytes | None:
        """The sealed documents of an item; None once it is deleted."""
        ...

    def changes(self, item: str) -> Sequence[SealedChange]:
        """What became of an item, oldest first."""
        ...

    def damages(self) -> Iterator[str]:
        """What is wrong with the index itself, one sentence each."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def each(index: Index, query: Query = Query()) -> Iterator[SealedItem]:
    """The items of the query, newest first, read a page at a time as they are asked for.

    No transaction stays open in between, so a slow reader holds nobody up.
    """
    before, left = None, query.limit
    while left is None or left > 0:
        asked = _PAGE if left is None else min(_PAGE, left)
        page = index.page(query, before, asked)
        yield from page
        if len(page) < asked:
            return
        before = page[-1].id
        left = None if left is None else left - asked
