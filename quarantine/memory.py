"""A lockbox's bytes and index in memory: for tests, and gone with the process."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from quarantine.errors import MissingError, NoRoomError, StoreError
from quarantine.item import Query, State
from quarantine.store import SealedChange, SealedItem


class MemoryBlobs:
    """Keeps sealed bytes in a dict, up to ``capacity_bytes`` in all."""

    def __init__(self, capacity_bytes: int = 1 << 30) -> None:
        self._capacity_bytes = capacity_bytes
        self._kept: dict[str, tuple[bytes, float]] = {}

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep the bytes. Raises NoRoomError when they do not fit."""
        data = b"".join(chunks)
        if len(data) > self.free_bytes():
            raise NoRoomError(f"no room in memory for {name}: {len(data)} bytes")
        self._kept[name] = data, time.monotonic()

    def open(self, name: str) -> BinaryIO:
        """The bytes. Raises MissingError if they are not there."""
        if name not in self._kept:
            raise MissingError(f"the message of item {name} is not in memory")
        return BytesIO(self._kept[name][0])

    def remove(self, name: str) -> None:
        """Forget the bytes."""
        self._kept.pop(name, None)

    def ages(self) -> Iterator[tuple[str, float]]:
        """The name of everything that is kept, and its age in seconds."""
        now = time.monotonic()
        for name, (_, since) in list(self._kept.items()):
            yield name, now - since

    def clear_unfinished(self) -> int:
        """Nothing: a put to memory is whole or not there."""
        return 0

    def free_bytes(self) -> int:
        """How much more fits."""
        return self._capacity_bytes - sum(len(data) for data, _ in list(self._kept.values()))


class MemoryIndex:
    """Keeps the list of items in dicts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: dict[str, SealedItem] = {}
        self._details: dict[str, bytes] = {}
        self._changes: dict[str, list[SealedChange]] = {}

    def add(self, item: SealedItem, details: bytes, change: SealedChange) -> None:
        """Keep a new item."""
        with self._lock:
            if item.id in self._items:
                raise StoreError(f"there is an item {item.id} already")
            self._items[item.id] = item
            self._details[item.id] = details
            self._changes[item.id] = [change]

    def move(self, change: SealedChange) -> bool:
        """Change the state of an item and record it; False if it is not in the state ``was``."""
        with self._lock:
            item = self._items.get(change.item)
            if item is None or item.state is not change.was:
                return False
            item = replace(item, state=change.became)
            if change.became is State.DELETED:
                item = replace(item, wrapped_key=None, summary=None)
                del self._details[item.id]
            self._items[item.id] = item
            self._changes[item.id].append(change)
            return True

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        """The newest ``limit`` items whose ids begin with ``prefix``."""
        return [item for item in self._newest_first() if item.id.startswith(prefix)][:limit]

    def page(self, query: Query, before: str | None, limit: int) -> Sequence[SealedItem]:
        """Newest first, at most ``limit`` items of the query that are older than ``before``."""
        older = (item for item in self._newest_first() if before is None or item.id < before)
        return [item for item in older if _fits(query, item)][:limit]

    def details(self, item: str) -> bytes | None:
        """The sealed documents of an item; None once it is deleted."""
        return self._details.get(item)

    def changes(self, item: str) -> Sequence[SealedChange]:
        """What became of an item, oldest first."""
        with self._lock:
            return list(self._changes.get(item, ()))

    def damages(self) -> Iterator[str]:
        """Nothing: there is no disk to be damaged."""
        return iter(())

    def close(self) -> None:
        """Nothing to let go of."""

    def _newest_first(self) -> list[SealedItem]:
        with self._lock:
            return sorted(self._items.values(), key=lambda item: item.id, reverse=True)


def _fits(query: Query, item: SealedItem) -> bool:
    return (
        (not query.kinds or item.kind in query.kinds)
        and (not query.states or item.state in query.states)
        and (query.since is None or query.since <= item.held_at)
        and (query.until is None or item.held_at < query.until)
    )
