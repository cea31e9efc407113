"""What is done to a lockbox from time to time: tidy up, purge, change its key, see what is late."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from quarantine.audit import note_label
from quarantine.errors import ClockError, LockedError, MissingError, NoRoomError, SealedError
from quarantine.item import Item, Query, State
from quarantine.parts import Parts
from quarantine.sealer import outline
from quarantine.sealing import reseal_note
from quarantine.store import Marks, SealedItem, each

DEFAULT_RETENTION = timedelta(days=30)
SENDING = "sending"
_PROGRAM = "lazaretto"
_BATCH = 100
_MOST_ALARMS = 1000
_TRUSTED_JUMP = timedelta(days=1)
"""Nothing is purged after the clock has moved by more than this since the last purge."""

_EXPIRES = frozenset({State.HELD, State.RELEASED})
_HAS_MESSAGE = frozenset({State.HELD, State.RELEASING, State.RELEASED})


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was put right after a crash."""

    unfinished: int
    """Files that never became an item."""
    leftover: int
    """Items that were deleted already, and are gone for good now."""
    cut_off: int
    """Releases that died before the message was sent: held as before."""
    lost: tuple[str, ...]
    """Items whose messages are missing: nothing can be done about them here."""
    is_older: bool
    """True if the index is older than it once was: it was restored, or lost its end."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One master key, and how many items and notes are under it."""

    id: str
    count: int
    is_current: bool
    is_known: bool
    can_read: bool


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The upkeep of one lockbox. Everything here may be stopped at any moment and done again."""

    parts: Parts

    def recover(self) -> Recovery:
        """Put right what a crash left behind: to be called when the gateway starts.

        Safe at any time: what another process is writing is left alone.
        """
        unfinished = self.parts.settle()
        half_gone = self.parts.index.unfinished()
        for item in half_gone:
            shred(self.parts, item)
        if self.parts.ballast:
            self.parts.ballast.fill(self.parts.blobs.free_bytes() - self.parts.reserve_bytes)
        return Recovery(
            unfinished,
            len(half_gone),
            self._take_back(),
            tuple(self._lost()),
            is_older=self.parts.head_file.has_lost_its_end(),
        )

    def purge(
        self,
        retention: Mapping[str, timedelta],
        *,
        who: str = _PROGRAM,
        clock_is_right: bool = False,
    ) -> Iterator[Item]:
        """Shred every item that is older than the retention of its class, one by one.

        What is under legal hold or on its way stays. Raises ClockError, before anything is
        purged, when the clock has jumped; ``clock_is_right`` is a person's word that it has not.
        """
        now = self._trusted_now(clock_is_right=clock_is_right)
        shortest = min((*retention.values(), DEFAULT_RETENTION))
        for item in each(self.parts.index, Query(states=_EXPIRES, until=now - shortest)):
            kept_for = retention.get(item.kind, DEFAULT_RETENTION)
            if item.legal_hold or item.held_at > now - kept_for:
                continue
            if end(self.parts, item, State.PURGED, who=who, why=f"older than {kept_for.days} d"):
                yield outline(item, {})

    def overdue(self) -> list[Item]:
        """Held items that nobody has looked at in time, the most overdue first."""
        late = self.parts.index.overdue(self.parts.now(), _MOST_ALARMS)
        return [outline(item, {}) for item in late]

    def alarm(self) -> list[Item]:
        """The overdue items that no alarm was raised for yet; from now on it was."""
        now = self.parts.now()
        late = self.parts.index.overdue(now, _MOST_ALARMS)
        fresh = [item for item in late if item.alarmed_at is None]
        for item in fresh:
            entry = self.parts.entry("alarmed", who=_PROGRAM, item=item.id, at=now)
            self.parts.index.mark(item.id, Marks(alarmed_at=now), entry)
        return [outline(item, {}) for item in fresh]

    def rekey(self, *, who: str) -> Iterator[int]:
        """Put every key under the current master key; give the number that are done, as it grows.

        The files of the messages stay as they are. Done in batches: stopped half way, every item
        still opens with the old key or with the new one, and the next run goes on.
        """
        ring, index = self.parts.sealer.ring, self.parts.index
        if not ring.current.can_read and set(index.keys()) - {ring.current.id}:
            raise SealedError(
                "a public key cannot move what lies under another key: rekey where the private "
                "keys are"
            )
        done = 0
        while items := index.under_other_keys(ring.current.id, _BATCH):
            sealer = self.parts.sealer
            index.rewrap([sealer.rewrapped(item, index.details(item.id)) for item in items])
            self.parts.step("items rewrapped")
            done += len(items)
            yield done
        while records := index.notes_under_other_keys(ring.current.id, _BATCH):
            index.rewrap_notes(
                [(r.number, reseal_note(ring, note_label(r.item), r.note)) for r in records]
            )
            self.parts.step("notes rewrapped")
            done += len(records)
            yield done
        self._reseal_tip()
        if done:
            why = f"{done} keys are under {ring.current.id} now"
            index.record(self.parts.entry("rekeyed", who=who, why=why))

    def key_uses(self) -> list[KeyUse]:
        """Every key that is known or that something is under, the current one first."""
        ring, counts = self.parts.sealer.ring, self.parts.index.keys()
        known = {key.id: key for key in ring.all}
        return [
            KeyUse(
                key_id,
                counts.get(key_id, 0),
                is_current=key_id == ring.current.id,
                is_known=key_id in known,
                can_read=key_id in known and known[key_id].can_read,
            )
            for key_id in dict.fromkeys([*known, *counts])
        ]

    def _lost(self) -> Iterator[str]:
        there = {name for name, _ in self.parts.blobs.ages()}
        for item in each(self.parts.index, Query(states=_HAS_MESSAGE)):
            if item.id not in there and self._is_missing(item.id):
                yield item.id

    def _is_missing(self, item: str) -> bool:
        try:
            with self.parts.blobs.open(item):
                return False
        except MissingError:
            # It may have been deleted while we looked.
            return self.parts.index.details(item) is not None

    def _take_back(self) -> int:
        """Hold what nobody releases any more, unless the next hop may have it."""
        count = 0
        for item in each(self.parts.index, Query(states=frozenset({State.RELEASING}))):
            records = self.parts.index.records(item.id)
            try:
                with self.parts.blobs.claim(item.id):
                    if records[-1].action != SENDING:
                        count += self._hold_again(item)
            except (LockedError, MissingError):
                continue  # its release is alive, or fsck has something to say
        return count

    def _hold_again(self, item: SealedItem) -> bool:
        entry = self.parts.entry(
            State.HELD.value,
            who=_PROGRAM,
            item=item.id,
            was=State.RELEASING,
            became=State.HELD,
            why="the release was cut off before the message was sent",
        )
        return self.parts.index.move(item.id, State.RELEASING, State.HELD, entry)

    def _reseal_tip(self) -> None:
        while (tip := self.parts.index.tip()).state:
            state = self.parts.chain.resealed(tip)
            if state is None or self.parts.index.reseal_tip(tip.state, state):
                return

    def _trusted_now(self, *, clock_is_right: bool) -> datetime:
        now, last = self.parts.now(), self.parts.index.clock()
        if last is not None and not clock_is_right and abs(now - last) > _TRUSTED_JUMP:
            raise ClockError(
                f"the clock says {now:%Y-%m-%d %H:%M} UTC, and at the last purge it said "
                f"{last:%Y-%m-%d %H:%M}: nothing was purged. If it is right, say so: "
                "lazaretto quarantine purge --clock-is-right"
            )
        with suppress(NoRoomError):  # a purge makes room
            self.parts.index.set_clock(now)
        return now


def end(parts: Parts, item: SealedItem, became: State, *, who: str, why: str) -> bool:
    """Delete or purge an item for good; False if it is no longer in the state that we saw.

    In this order a crash at any moment leaves what `Upkeep.recover` brings to its end.
    """
    entry = parts.entry(became.value, who=who, item=item.id, was=item.state, became=became, why=why)
    if not parts.written(lambda: parts.index.move(item.id, item.state, became, entry)):
        return False
    parts.step("end recorded")
    shred(parts, item)
    return True


def shred(parts: Parts, item: SealedItem) -> None:
    """Remove the bytes, then the only key that could open a copy of them, and record both."""
    parts.blobs.remove(item.id)
    parts.step("blob removed")
    why = "the file is removed, and the only key to it is destroyed"
    entry = parts.entry("shredded", who=_PROGRAM, item=item.id, why=why)
    parts.written(lambda: parts.index.shred(item.id, entry))
    parts.step("key wiped")
