"""The lockbox: takes an item in for good, gives it back whole, and knows what became of it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from quarantine import fsck
from quarantine.durable import make_file, make_folder
from quarantine.errors import (
    AmbiguousIdError,
    KeyFileError,
    NoRoomError,
    NotFoundError,
    StateError,
    StoreError,
)
from quarantine.files import FileBlobs, Step, no_stop
from quarantine.ids import new_id, read_id
from quarantine.item import Change, Details, Item, NewItem, Problem, Query, State
from quarantine.keys import WrappingKey, new_data_key
from quarantine.sealer import NO_DOCUMENTS, Documents, Sealer, message_label, seal_documents
from quarantine.sealing import seal
from quarantine.sqlite import SQLiteIndex
from quarantine.store import Blobs, Index, SealedItem, each

RESERVE_BYTES = 256 * 1024 * 1024
_MATCHES_SHOWN = 5

_ALIVE = frozenset(State) - {State.DELETED}

# Why a state allows no such step, as the end of a sentence that begins with the item.
_REFUSALS = {
    State.HELD: "is held, and no release of it has begun",
    State.RELEASING: (
        "is being released since {at} by {who}; if that program died, look whether it arrived"
    ),
    State.RELEASED: "was already released {at} by {who}",
    State.DELETED: "was already deleted {at} by {who}",
}


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was put right after a crash."""

    unfinished: int
    """Half-written files."""
    leftover: int
    """Files of items that were deleted already."""


class Lockbox:
    """Holds items. Its calls block on the disk, and any number of threads may make them.

    ``reserve_bytes`` of the disk stay free, so that there is room to work when mail is refused.
    ``clock`` gives the time with its zone. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        blobs: Blobs,
        index: Index,
        *,
        key: WrappingKey,
        reserve_bytes: int = RESERVE_BYTES,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        step: Step = no_stop,
    ) -> None:
        self._blobs = blobs
        self._index = index
        self._key = key
        self._sealer = Sealer(key)
        self._reserve_bytes = reserve_bytes
        self._clock = clock
        self._step = step
        self._check_key()

    def has_room(self, message_bytes: int) -> bool:
        """True if a message of this size may be taken in."""
        return self._blobs.free_bytes() >= self._needed(message_bytes)

    def new_id(self) -> str:
        """An id for an item to come, for whoever has to write it down before the item is held."""
        return new_id(self._now())

    def has(self, identifier: str) -> bool:
        """True if an item of exactly this id was ever held, whatever became of it."""
        return any(item.id == identifier for item in self._index.find(identifier, 1))

    def hold(self, new: NewItem, *, who: str = "intake", identifier: str = "") -> Item:
        """Take an item in. When this returns it is on the disk, and survives a loss of power.

        ``identifier`` is one of ``new_id`` that no item has yet; "" takes a fresh one.
        Raises NoRoomError when the disk is nearly full, and StoreError when the disk failed:
        then only ``has`` can tell whether the item is there.
        """
        now, data_key = self._now(), new_data_key()
        name = identifier or new_id(now)
        first = self._sealer.change(Change(now, who, None, State.HELD, ""), name)
        with _viewed(new) as message:
            self._check_room(len(message))
            documents = Documents(new.envelope, new.report, hashlib.sha256(message).hexdigest())
            item = self._sealer.item(new, name, size=len(message), held_at=now, data_key=data_key)
            self._blobs.put(name, seal(data_key, message_label(name), message))
        try:
            self._index.add(item, seal_documents(documents, name, data_key), first)
        except NoRoomError:
            # After any other error it is not known whether the row is there, so the file stays.
            # Without its row it is harmless: its only key would have been in it.
            self._blobs.remove(name)
            raise
        self._step("row committed")
        return self._sealer.open_item(item)

    def items(self, query: Query = Query()) -> Iterator[Item]:
        """The items of the query, newest first, read from the index as they are asked for."""
        return map(self._sealer.open_item, each(self._index, query))

    def item(self, typed: str) -> Details:
        """All about the item whose id is, or begins with, ``typed``.

        Raises NotFoundError, or AmbiguousIdError when several ids begin so.
        """
        item = self._find(typed)
        details = self._index.details(item.id)
        documents = NO_DOCUMENTS
        if details is not None:
            documents = self._sealer.open_documents(item, details)
        return Details(
            item=self._sealer.open_item(item),
            envelope=documents.envelope,
            report=documents.report,
            sha256=documents.sha256,
            changes=tuple(map(self._sealer.open_change, self._index.changes(item.id))),
        )

    def message(self, typed: str) -> bytes:
        """The message of an item as it came in, every byte of it checked.

        Raises IntegrityError if one bit is wrong, and StateError if the item was deleted.
        """
        item = self._find(typed)
        details = self._index.details(item.id)
        if details is None:
            raise self._refused(item)
        documents = self._sealer.open_documents(item, details)
        with self._blobs.open(item.id) as stream:
            return self._sealer.open_message(item, documents.sha256, stream)

    def begin_release(self, typed: str, *, who: str, why: str) -> Item:
        """Mark a held item as on its way: one caller wins, and nobody else can release it.

        Settle it by ``finish_release`` or ``fail_release``. If the process dies in between, the
        item stays ``releasing`` until a person has looked whether it arrived.
        """
        return self._move(typed, {State.HELD}, State.RELEASING, who=who, why=why)

    def finish_release(self, typed: str, *, who: str, reply: str) -> Item:
        """The next hop took it: ``reply`` is what it said."""
        return self._move(typed, {State.RELEASING}, State.RELEASED, who=who, why=reply)

    def fail_release(self, typed: str, *, who: str, reply: str) -> Item:
        """The next hop did not take it: the item is held as before."""
        return self._move(typed, {State.RELEASING}, State.HELD, who=who, why=reply)

    def delete(self, typed: str, *, who: str, why: str) -> Item:
        """Wipe the key, the documents and the message of an item held or released."""
        item = self._move(typed, {State.HELD, State.RELEASED}, State.DELETED, who=who, why=why)
        self._step("key wiped")
        self._blobs.remove(item.id)
        return item

    def recover(self) -> Recovery:
        """Put right what a crash left behind: to be called when the gateway starts.

        Safe at any time: what another process is writing is left alone.
        """
        unfinished = self._blobs.clear_unfinished()
        kept = {name for name, _ in self._blobs.ages()}
        deleted = each(self._index, Query(states=frozenset({State.DELETED})))
        leftovers = [item.id for item in deleted if item.id in kept]
        for name in leftovers:
            self._blobs.remove(name)
        return Recovery(unfinished, len(leftovers))

    def fsck(self) -> Iterator[Problem]:
        """Every disagreement between the index, the files and the key. Opens every message."""
        return fsck.problems(self._blobs, self._index, self._sealer)

    def close(self) -> None:
        """Let go of files and connections."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_key(self) -> None:
        newest = self._index.page(Query(states=_ALIVE), None, 1)
        if newest and newest[0].key_id != self._key.id:
            raise KeyFileError(
                f"the items are sealed under master key {newest[0].key_id}, and this key is "
                f"{self._key.id}: give the key file that belongs to this lockbox"
            )

    def _now(self) -> datetime:
        now = self._clock().astimezone(UTC)
        # The index keeps milliseconds, and an item is the same before and after it was kept.
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _needed(self, message_bytes: int) -> int:
        return max(message_bytes * 3 // 2, self._reserve_bytes)

    def _check_room(self, message_bytes: int) -> None:
        free, needed = self._blobs.free_bytes(), self._needed(message_bytes)
        if free < needed:
            raise NoRoomError(
                f"{free} bytes are free for items and {needed} must be: make room on the disk"
            )

    def _find(self, typed: str) -> SealedItem:
        prefix = read_id(typed)
        matches = self._index.find(prefix, _MATCHES_SHOWN + 1)
        if not matches:
            raise NotFoundError(f"no item has an id that begins with {prefix!r}")
        if len(matches) == 1:
            return matches[0]
        ids = [match.id for match in matches[:_MATCHES_SHOWN]]
        more = " and more" if len(matches) > _MATCHES_SHOWN else ""
        raise AmbiguousIdError(
            f"several items have ids that begin with {prefix!r}: {', '.join(ids)}{more}; "
            "give more characters of the id",
            ids,
        )

    def _move(self, typed: str, allowed: set[State], became: State, *, who: str, why: str) -> Item:
        item = self._find(typed)
        if item.state not in allowed:
            raise self._refused(item)
        change = Change(self._now(), who, item.state, became, why)
        moved = self._index.move(self._sealer.change(change, item.id))
        item = self._find(item.id)
        if not moved:
            raise self._refused(item)
        return self._sealer.open_item(item)

    def _refused(self, item: SealedItem) -> StateError:
        last = self._index.changes(item.id)[-1]
        at = last.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return StateError(f"item {item.id} {_REFUSALS[item.state].format(at=at, who=last.who)}")


def open_lockbox(
    folder: Path,
    key: WrappingKey,
    *,
    reserve_bytes: int = RESERVE_BYTES,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    step: Step = no_stop,
) -> Lockbox:
    """The lockbox in ``folder``, made when it is not there.

    Several processes may have one folder open at a time.
    """
    blobs, index = folder / "messages", folder / "index.sqlite"
    try:
        make_folder(blobs)
        make_file(index)
        # A new index would make an orphan of every message that is held here.
        has_messages = any(blobs.iterdir())
    except OSError as error:
        raise StoreError(
            f"cannot keep items in {folder}: {error.filename or blobs}: {error.strerror}"
        ) from error
    with ExitStack() as undo:
        rows = SQLiteIndex(index, may_be_new=not has_messages)
        undo.callback(rows.close)
        box = Lockbox(
            FileBlobs(blobs, step=step),
            rows,
            key=key,
            reserve_bytes=reserve_bytes,
            clock=clock,
            step=step,
        )
        undo.pop_all()
    return box


def _viewed(new: NewItem) -> AbstractContextManager[memoryview]:
    if isinstance(new.message, bytes | memoryview):
        return nullcontext(memoryview(new.message))
    return new.message.view()
