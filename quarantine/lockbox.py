"""The lockbox: takes an item in for good, gives it back whole, and knows what became of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from quarantine import fsck
from quarantine.audit import Chain
from quarantine.backup import back_up
from quarantine.ballast import Ballast
from quarantine.consent import check_consent, consent
from quarantine.errors import KeyFileError, StateError
from quarantine.files import Step, no_stop
from quarantine.headfile import HeadFile
from quarantine.ids import new_id
from quarantine.intake import Intake
from quarantine.item import Delivery, Details, Item, NewItem, Problem, Query, State
from quarantine.keys import KeyRing, WrappingKey
from quarantine.orphans import Orphans
from quarantine.parts import Parts, this_place
from quarantine.refusals import refused
from quarantine.reindexing import Reindexing
from quarantine.sealer import NO_DOCUMENTS, Sealer, outline
from quarantine.store import Blobs, Index, Marks, SealedItem, each
from quarantine.trail import Trail
from quarantine.upkeep import SENDING, Recovery, Upkeep, end

RESERVE_BYTES = 256 * 1024 * 1024

_ALIVE = frozenset({State.HELD, State.RELEASING, State.RELEASED})
_GONE = frozenset({State.DELETED, State.PURGED})


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
        older_keys: Sequence[WrappingKey] = (),
        reserve_bytes: int = RESERVE_BYTES,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        origin: str = "",
        ballast: Ballast | None = None,
        head_file: Path | None = None,
        step: Step = no_stop,
    ) -> None:
        ring = KeyRing(key, older_keys)
        self._parts = Parts(
            blobs=blobs,
            index=index,
            sealer=Sealer(ring),
            chain=Chain(ring),
            ballast=ballast,
            head_file=HeadFile(head_file, index),
            reserve_bytes=reserve_bytes,
            clock=clock,
            origin=origin or this_place(),
            step=step,
        )
        self.upkeep = Upkeep(self._parts)
        self.orphans = Orphans(self._parts)
        self.reindexing = Reindexing(self._parts)
        self.audit = Trail(self._parts)
        self._intake = Intake(self._parts, self.audit)
        self._check_key(ring)

    @property
    def can_read(self) -> bool:
        """False where the key only seals: then everything is held and listed, and nothing read."""
        return self._parts.sealer.can_read

    def has_room(self, message_bytes: int) -> bool:
        """True if a message of this size may be taken in."""
        return self._intake.has_room(message_bytes)

    def new_id(self) -> str:
        """An id for an item to come, for whoever has to write it down before the item is held."""
        return new_id(self._parts.now())

    def state_of(self, identifier: str) -> State | None:
        """What became of the item of exactly this id; None if it was never held."""
        found = self._parts.index.find(identifier, 1)
        return next((item.state for item in found if item.id == identifier), None)

    def hold(self, new: NewItem, *, who: str = "intake", identifier: str = "") -> Item:
        """Take an item in. When this returns it is on the disk, and survives a loss of power.

        ``identifier`` is one of ``new_id`` that no item has yet; "" takes a fresh one.
        Raises NoRoomError when the disk is nearly full, and StoreError when the disk failed:
        then only ``state_of`` can tell whether the item is there.
        """
        return self._intake.hold(new, who=who, identifier=identifier)

    def items(self, query: Query = Query()) -> Iterator[Item]:
        """The items of the query in its order, read from the index as they are asked for."""
        sealer = self._parts.sealer
        return map(sealer.open_item, each(self._parts.index, query, sealer.wanted(query)))

    def outlines(self, query: Query = Query()) -> Iterator[Item]:
        """The same without their summaries: nothing personal is opened, so nobody has looked."""
        found = each(self._parts.index, query, self._parts.sealer.wanted(query))
        return (outline(item, {}) for item in found)

    def item(self, typed: str) -> Details:
        """All about the item whose id is, or begins with, ``typed``; for programs, see `view`.

        Raises NotFoundError, or AmbiguousIdError when several ids begin so.
        """
        item = self._parts.find(typed)
        return self._details(item)

    def view(self, typed: str, *, who: str, why: str = "") -> Details:
        """The same for a person: that they looked is recorded first."""
        item = self._parts.find(typed)
        self._mark(item, "viewed", Marks(seen_at=self._parts.now()), who, why)
        return self._details(self._parts.find(item.id))

    def message(self, typed: str) -> bytes:
        """The message of an item as it came in, every byte of it checked; for programs.

        Raises IntegrityError if one bit is wrong, and StateError if the item is gone.
        """
        item = self._parts.find(typed)
        details = self._parts.index.details(item.id)
        if details is None or item.state in _GONE:
            raise refused(self._parts, item)
        documents = self._parts.sealer.open_documents(item, details)
        with self._parts.blobs.open(item.id) as stream:
            return self._parts.sealer.open_message(item, documents.sha256, stream)

    def export(self, typed: str, *, who: str, why: str) -> bytes:
        """The message for a person who takes it along: that they did is recorded first."""
        item = self._parts.find(typed)
        if item.state in _GONE:
            raise refused(self._parts, item)
        self._mark(item, "exported", Marks(seen_at=self._parts.now()), who, why)
        return self.message(item.id)

    def record(self, action: str, *, who: str, why: str = "", typed: str = "") -> None:
        """Record what a person did that changed nothing here, such as a search."""
        item = self._parts.find(typed).id if typed else ""
        entry = self._parts.entry(action, who=who, item=item, why=why)
        self._parts.written(lambda: self._parts.index.record(entry))
        self.audit.remember()

    def approve(self, typed: str, *, who: str, why: str, recipients: Sequence[str] = ()) -> Item:
        """Say yes to a release to exactly these recipients, for a second person to carry out."""
        item = self._parts.find(typed)
        if item.state is not State.HELD:
            raise refused(self._parts, item)
        exactly = consent(self._parts, item, recipients)
        self._mark(item, "approved", Marks(approved_by=who, approved_for=exactly), who, why)
        return self._opened(item.id)

    def begin_release(
        self,
        typed: str,
        *,
        who: str,
        why: str,
        recipients: Sequence[str] = (),
        needs_two: bool = False,
    ) -> Item:
        """Mark a held item as on its way: one caller wins, and nobody else can release it.

        Settle it by ``finish_release`` or ``fail_release``. If the process dies in between,
        `recover` holds it as before; but after ``sending`` it stays ``releasing`` until a person
        has looked whether it arrived.
        With ``needs_two`` somebody else must have approved: raises SecondPersonError.
        """
        item = self._parts.find(typed)
        if item.state is State.HELD:
            self._parts.sealer.check(item)
            if needs_two:
                check_consent(self._parts, item, who, recipients)
        marks = Marks(approved_by="", approved_for=b"")
        return self._move(item, {State.HELD}, State.RELEASING, who=who, why=why, marks=marks)

    def claim(self, typed: str) -> AbstractContextManager[None]:
        """Be the one who releases an item: `recover` then knows that its release is alive."""
        return self._parts.blobs.claim(self._parts.find(typed).id)

    def sending(self, typed: str, *, who: str) -> None:
        """Record that the next hop may have it from now on: after this only a person can tell."""
        self.record(SENDING, who=who, typed=typed)

    def finish_release(
        self,
        typed: str,
        *,
        who: str,
        reply: str,
        recipients: Sequence[str] = (),
        is_whole: bool = True,
    ) -> Item:
        """The next hop took it for ``recipients``: ``reply`` is what it said.

        Unless ``is_whole``, others have not got it, and the item is held for them.
        """
        item = self._parts.find(typed)
        became = State.RELEASED if is_whole else State.HELD
        marks = self._delivered(item, recipients, who, reply)
        return self._move(item, {State.RELEASING}, became, who=who, why=reply, marks=marks)

    def fail_release(self, typed: str, *, who: str, reply: str) -> Item:
        """The next hop did not take it: the item is held as before."""
        item = self._parts.find(typed)
        return self._move(item, {State.RELEASING}, State.HELD, who=who, why=reply)

    def delete(self, typed: str, *, who: str, why: str) -> Item:
        """Remove the message of an item held or released, and destroy its key.

        Raises StateError for one under legal hold.
        """
        item = self._parts.find(typed)
        if item.legal_hold:
            raise StateError(f"item {item.id} is under legal hold: end that first")
        if item.state not in {State.HELD, State.RELEASED} or not end(
            self._parts, item, State.DELETED, who=who, why=why
        ):
            raise refused(self._parts, self._parts.find(item.id))
        self.audit.remember()
        return self._opened(item.id)

    def set_legal_hold(self, typed: str, *, who: str, why: str, is_held: bool) -> Item:
        """Keep an item from being purged or deleted, or let it go again."""
        item = self._parts.find(typed)
        if item.state in _GONE:
            raise refused(self._parts, item)
        action = "legal-hold" if is_held else "legal-hold-ended"
        self._mark(item, action, Marks(legal_hold=is_held), who, why)
        return self._opened(item.id)

    def recover(self) -> Recovery:
        """Put right what a crash left behind; see `Upkeep`."""
        return self.upkeep.recover()

    def back_up(self, target: Path, *, who: str) -> int:
        """Write a backup into an empty or new folder; see `backup.py`."""
        self.record("backed-up", who=who, why=str(target))
        return back_up(self._parts, target)

    def fsck(self) -> Iterator[Problem]:
        """Every disagreement of index, files, key and audit. Opens every message."""
        return fsck.problems(self._parts, self.audit)

    def close(self) -> None:
        """Let go of files and connections."""
        self._parts.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_key(self, ring: KeyRing) -> None:
        newest = self._parts.index.page(Query(states=_ALIVE), (), 1)
        if newest and newest[0].key_id not in ring:
            raise KeyFileError(
                f"the items are sealed under master key {newest[0].key_id}, and this key is "
                f"{ring.current.id}: give the key file that belongs to this lockbox"
            )

    def _opened(self, item_id: str) -> Item:
        return self._parts.sealer.open_item(self._parts.find(item_id))

    def _details(self, item: SealedItem) -> Details:
        sealer, details = self._parts.sealer, self._parts.index.details(item.id)
        documents = NO_DOCUMENTS
        deliveries: tuple[Delivery, ...] = ()
        if details is not None and sealer.can_read:
            documents = sealer.open_documents(item, details)
            deliveries = sealer.open_deliveries(item)
        return Details(
            item=sealer.open_item(item),
            envelope=documents.envelope,
            report=documents.report,
            sha256=documents.sha256,
            records=self.audit.of_item(item.id),
            deliveries=deliveries,
        )

    def _delivered(
        self, item: SealedItem, recipients: Sequence[str], who: str, reply: str
    ) -> Marks:
        if not recipients or item.wrapped_key is None:
            return Marks()
        now, sealer = self._parts.now(), self._parts.sealer
        new = (Delivery(recipient, now, who, reply) for recipient in recipients)
        return Marks(deliveries=sealer.deliveries(item, (*sealer.open_deliveries(item), *new)))

    def _mark(self, item: SealedItem, action: str, marks: Marks, who: str, why: str) -> None:
        entry = self._parts.entry(action, who=who, item=item.id, why=why, at=marks.seen_at)
        self._parts.written(lambda: self._parts.index.mark(item.id, marks, entry))
        self.audit.remember()

    def _move(
        self,
        item: SealedItem,
        allowed: set[State],
        became: State,
        *,
        who: str,
        why: str,
        marks: Marks = Marks(),
    ) -> Item:
        if item.state not in allowed:
            raise refused(self._parts, item)
        entry = self._parts.entry(
            became.value, who=who, item=item.id, why=why, was=item.state, became=became
        )
        index = self._parts.index
        moved = self._parts.written(lambda: index.move(item.id, item.state, became, entry, marks))
        item = self._parts.find(item.id)
        if not moved:
            raise refused(self._parts, item)
        self.audit.remember()
        return self._parts.sealer.open_item(item)
