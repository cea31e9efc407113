"""A lockbox's bytes and index in memory: for tests, and gone with the process."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from quarantine.audit import Append, SealedRecord, Tip
from quarantine.errors import LockedError, MissingError, NoRoomError, StoreError
from quarantine.item import Query, Sort, State
from quarantine.sealing import SealedNote
from quarantine.store import Alternatives, Marks, Reworded, Rewrapped, SealedItem

_GONE = frozenset({State.DELETED, State.PURGED})


class MemoryBlobs:
    """Keeps sealed bytes in a dict, up to ``capacity_bytes`` in all."""

    def __init__(self, capacity_bytes: int = 1 << 30) -> None:
        self._capacity_bytes = capacity_bytes
        self._kept: dict[str, tuple[bytes, float]] = {}
        self._unsettled: set[str] = set()
        self._claimed: set[str] = set()

    @contextmanager
    def put(self, name: str, chunks: Iterable[bytes]) -> Iterator[None]:
        """Keep the bytes. Raises NoRoomError when they do not fit."""
        data = b"".join(chunks)
        if len(data) > self.free_bytes():
            raise NoRoomError(f"no room in memory for {name}: {len(data)} bytes")
        self._kept[name] = data, time.monotonic()
        self._unsettled.add(name)
        with self._alone(name):
            yield
        self._unsettled.discard(name)

    def open(self, name: str) -> BinaryIO:
        """The bytes. Raises MissingError if they are not there."""
        if name not in self._kept:
            raise MissingError(f"the message of item {name} is not in memory")
        return BytesIO(self._kept[name][0])

    def remove(self, name: str) -> None:
        """Forget the bytes."""
        self._kept.pop(name, None)
        self._unsettled.discard(name)

    def ages(self) -> Iterator[tuple[str, float]]:
        """The name of everything that is settled, and its age in seconds."""
        now = time.monotonic()
        for name, (_, since) in list(self._kept.items()):
            if name not in self._unsettled:
                yield name, now - since

    def settle(self, belongs: Callable[[str], bool]) -> int:
        """Keep what an error left unsettled if it belongs, else remove it."""
        left = self._unsettled - self._claimed
        stays = {name for name in left if belongs(name)}
        self._unsettled -= stays
        for name in left - stays:
            self.remove(name)
        return len(left - stays)

    def free_bytes(self) -> int:
        """How much more fits."""
        return self._capacity_bytes - sum(len(data) for data, _ in list(self._kept.values()))

    @contextmanager
    def claim(self, name: str) -> Iterator[None]:
        """Be the only one, until the block ends."""
        self.open(name)
        with self._alone(name):
            yield

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        if name in self._claimed:
            raise LockedError(f"somebody else works with item {name}")
        self._claimed.add(name)
        try:
            yield
        finally:
            self._claimed.discard(name)


class MemoryIndex:
    """Keeps the list of items in dicts."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._items: dict[str, SealedItem] = {}
        self._details: dict[str, bytes] = {}
        self._tokens: dict[str, frozenset[bytes]] = {}
        self._audit: list[SealedRecord] = []
        self._state: bytes | None = None
        self._clock: datetime | None = None

    def add(
        self, item: SealedItem, details: bytes, tokens: frozenset[bytes], append: Append
    ) -> None:
        """Keep a new item."""
        with self._lock:
            if item.id in self._items:
                raise StoreError(f"there is an item {item.id} already")
            self._append(append)
            self._items[item.id] = item
            self._details[item.id] = details
            self._tokens[item.id] = tokens

    def move(
        self, item: str, was: State, became: State, append: Append, marks: Marks = Marks()
    ) -> bool:
        """Change the state of an item and record it; False if it is not in the state ``was``."""
        with self._lock:
            kept = self._items.get(item)
            if kept is None or kept.state is not was:
                return False
            self._append(append)
            self._items[item] = replace(kept, state=became, **_changed(marks, kept))
            return True

    def mark(self, item: str, marks: Marks, append: Append) -> None:
        """Change what is not its state."""
        with self._lock:
            self._append(append)
            if item in self._items:
                kept = self._items[item]
                self._items[item] = replace(kept, **_changed(marks, kept))

    def record(self, append: Append) -> None:
        """Record what changed nothing."""
        with self._lock:
            self._append(append)

    def shred(self, item: str, append: Append) -> None:
        """Wipe the key of an item, all that is sealed under it, and its tokens."""
        with self._lock:
            self._append(append)
            wiped = replace(self._items[item], wrapped_key=None, summary=None, deliveries=None)
            self._items[item] = wiped
            self._details.pop(item, None)
            self._tokens.pop(item, None)

    def rewrap(self, items: Sequence[Rewrapped]) -> None:
        """Put items under another master key."""
        with self._lock:
            for one in items:
                kept = self._items[one.item]
                if kept.wrapped_key is not None:
                    self._items[one.item] = replace(
                        kept, key_id=one.key_id, wrapped_key=one.wrapped_key
                    )
                    self._tokens[one.item] = one.tokens

    def reword(self, items: Sequence[Reworded], append: Append) -> None:
        """Let items be found by other words, unless they are gone."""
        with self._lock:
            for one in items:
                if self._items[one.item].wrapped_key is not None:
                    self._details[one.item] = one.details
                    self._tokens[one.item] = one.tokens
            self._append(append)

    def rewrap_notes(self, notes: Sequence[tuple[int, SealedNote]]) -> None:
        """Put the notes of records under another master key."""
        changed = dict(notes)
        with self._lock:
            self._audit = [
                replace(record, note=changed.get(record.number, record.note))
                for record in self._audit
            ]

    def reseal_tip(self, was: bytes, state: bytes) -> bool:
        """Put the state of the audit under another key; False if it has gone on meanwhile."""
        with self._lock:
            if self._state != was:
                return False
            self._state = state
            return True

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        """The newest ``limit`` items whose ids begin with ``prefix``."""
        begin_so = [item for item in self._listed() if item.id.startswith(prefix)]
        return sorted(begin_so, key=lambda item: item.id, reverse=True)[:limit]

    def page(self, query: Query, tokens: Alternatives, limit: int) -> Sequence[SealedItem]:
        """At most ``limit`` items of the query, in its order, from behind ``query.after`` on."""
        fit = [item for item in self._listed() if _fits(query, item) and self._has(item, tokens)]
        if query.after:
            fit.append(self._items[query.after])
        newest_first = sorted(fit, key=lambda item: item.id, reverse=True)
        is_descending = query.sort in _DESCENDING
        ordered = sorted(newest_first, key=_ORDERS[query.sort], reverse=is_descending)
        behind = [item.id for item in ordered].index(query.after) + 1 if query.after else 0
        return [item for item in ordered[behind:] if item.id != query.after][:limit]

    def under_other_keys(self, key_id: str, limit: int) -> Sequence[SealedItem]:
        """Items that are not under this master key, and not gone."""
        others = (item for item in self._listed() if item.key_id != key_id and item.wrapped_key)
        return list(others)[:limit]

    def notes_under_other_keys(self, key_id: str, limit: int) -> Sequence[SealedRecord]:
        """Records whose words are not under this master key."""
        return [record for record in self._audit if record.note.key_id not in {key_id, ""}][:limit]

    def without_tokens(self, after: str, limit: int) -> Sequence[SealedItem]:
        """Items that nothing finds and that are not gone, by id, from behind ``after`` on."""
        left = (i for i in self._listed() if i.wrapped_key and not self._tokens.get(i.id))
        return sorted((i for i in left if i.id > after), key=lambda item: item.id)[:limit]

    def unfinished(self) -> Sequence[SealedItem]:
        """Items that were deleted or purged and still have a key."""
        return [item for item in self._listed() if item.state in _GONE and item.wrapped_key]

    def overdue(self, now: datetime, limit: int) -> Sequence[SealedItem]:
        """Held items that nobody has looked at in time, the most overdue first."""
        late = [
            (item.look_by, item.id, item)
            for item in self._listed()
            if item.look_by and item.look_by <= now
            if item.seen_at is None and item.state is State.HELD
        ]
        return [item for _, _, item in sorted(late)][:limit]

    def details(self, item: str) -> bytes | None:
        """The sealed documents of an item; None once it is gone."""
        return self._details.get(item)

    def tokens(self, item: str) -> frozenset[bytes]:
        """What it is found by."""
        return self._tokens.get(item, frozenset())

    def records(self, item: str) -> Sequence[SealedRecord]:
        """What was done to an item, oldest first."""
        with self._lock:
            return [record for record in self._audit if record.item == item]

    def audit(self, above: int, limit: int) -> Sequence[SealedRecord]:
        """Records with numbers over ``above``, oldest first."""
        with self._lock:
            return [record for record in self._audit if record.number > above][:limit]

    def tip(self) -> Tip:
        """The end of the audit."""
        with self._lock:
            return Tip(self._audit[-1].number if self._audit else 0, self._state)

    def clock(self) -> datetime | None:
        """The last moment that was trusted, or that of the last record if none ever was."""
        return self._clock or (self._audit[-1].at if self._audit else None)

    def set_clock(self, now: datetime) -> None:
        """Remember that it is ``now``."""
        self._clock = now

    def keys(self) -> dict[str, int]:
        """How many items and notes are under which master key."""
        sealed = [item.key_id for item in self._listed() if item.wrapped_key]
        return dict(Counter([*sealed, *(r.note.key_id for r in self._audit if r.note.key_id)]))

    def damages(self) -> Iterator[str]:
        """Nothing: there is no disk to be damaged."""
        return iter(())

    def copy_to(self, path: Path) -> None:
        """Raise StoreError: what is in memory is not kept."""
        raise StoreError(f"a lockbox in memory cannot be copied to {path}")

    def close(self) -> None:
        """Nothing to let go of."""

    def _append(self, append: Append) -> None:
        appended = append(self.tip())
        self._audit += appended.records
        self._state = appended.state

    def _listed(self) -> list[SealedItem]:
        with self._lock:
            return list(self._items.values())

    def _has(self, item: SealedItem, tokens: Alternatives) -> bool:
        return not tokens or any(wanted <= self._tokens.get(item.id, set()) for wanted in tokens)


_ORDERS: Mapping[Sort, Callable[[SealedItem], Any]] = {
    Sort.NEWEST: lambda item: item.id,
    Sort.OLDEST: lambda item: item.id,
    Sort.LARGEST: lambda item: (item.size, item.id),
    Sort.CLASS: lambda item: item.kind,
}
"""Sorting is stable, and what comes in is newest first."""
_DESCENDING = frozenset({Sort.NEWEST, Sort.LARGEST})


def _changed(marks: Marks, kept: SealedItem) -> dict[str, Any]:
    marks = replace(marks, seen_at=kept.seen_at or marks.seen_at)
    return {name: value for name, value in asdict(marks).items() if value is not None}


def _fits(query: Query, item: SealedItem) -> bool:
    return (
        (not query.kinds or item.kind in query.kinds)
        and (not query.states or item.state in query.states)
        and (query.since is None or query.since <= item.held_at)
        and (query.until is None or item.held_at < query.until)
        and (not query.unseen or item.seen_at is None)
    )
