"""The audit as a chain: each record is sealed by a key that is gone when the next one is written.

    mac_i = HMAC-SHA256(key_i, mac_(i-1) | record_i)        key_(i+1) = SHA-256("next" | key_i)

Rule 1. Only the present key is kept. Whoever takes over the machine can write what is new, and
cannot change, leave out or put in what was there before.
Rule 2. The first key is wrapped under the lockbox's own key, in the record that begins the chain.
With a public key only the administrator can ever verify, and only he could forge.
Rule 3. A record is written in the transaction of what it tells of: both are there, or neither.
Rule 4. Cutting off the end leaves a shorter chain that is as good: so the head of the chain, its
last number and mac, belongs elsewhere too (`lazaretto quarantine audit head`).
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quarantine.errors import IntegrityError
from quarantine.item import State
from quarantine.keys import KeyRing, new_data_key
from quarantine.sealing import SealedNote, seal_note, unseal_note

BEGIN = "begin"
_MAC_BYTES = 32
_NUMBER_BYTES = 8
_NO_MAC = bytes(_MAC_BYTES)
_NONCE_BYTES = 12
_STATE_LABEL = b"state of the audit"
_NOTHING = SealedNote("", b"", b"")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded."""

    at: datetime
    who: str
    origin: str
    action: str
    item: str = ""
    was: State | None = None
    became: State | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A record as the index keeps it: the words of a person are sealed."""

    number: int
    at: datetime
    who: str
    origin: str
    action: str
    item: str
    was: State | None
    became: State | None
    note: SealedNote
    mac: bytes | None
    """None for records that are older than the chain."""


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of the chain as a store keeps it: the last number, and what goes on from there."""

    number: int = 0
    state: bytes | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """What a store has to write at once: records, and the state behind them."""

    records: tuple[SealedRecord, ...]
    state: bytes


Append = Callable[[Tip], Appended]
"""Called by a store inside its transaction, with the tip that it has there."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of the chain: to be written down elsewhere."""

    number: int
    mac: str

    def __str__(self) -> str:
        return f"{self.number}:{self.mac}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain says. ``broken`` is the number of the first bad record, or None."""

    records: int
    older: int
    """Records from before there was a chain: nothing vouches for them."""
    broken: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    number: int
    key: bytes
    mac: bytes


class Chain:
    """Makes records, and checks them. The ring's keys protect its state and its first key."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def append(self, *entries: Entry) -> Append:
        """What a store calls inside the transaction that makes the entries true."""
        notes = [self._note(entry) for entry in entries]

        def append(tip: Tip) -> Appended:
            records = []
            state = self._opened(tip) if tip.state else None
            if state is None:
                first, state = self._begun(tip, entries[0])
                records.append(first)
            for entry, note in zip(entries, notes, strict=True):
                record, state = _linked(state, entry, note)
                records.append(record)
            return Appended(tuple(records), self._sealed(state))

        return append

    def head(self, tip: Tip) -> Head | None:
        """The end of the chain; None if nothing was recorded yet."""
        if not tip.state:
            return None
        state = self._opened(tip)
        return Head(state.number - 1, state.mac.hex())

    def resealed(self, tip: Tip) -> bytes | None:
        """The state under the current key of the ring."""
        return self._sealed(self._opened(tip)) if tip.state else None

    def verify(
        self, records: Iterable[SealedRecord], tip: Tip, *, anchor: Head | None = None
    ) -> Verdict:
        """Walk the whole chain, oldest first; ``anchor`` is a head that was written down before.

        Raises SealedError where only the private key can tell.
        """
        check = _Check(anchor)
        for record in records:
            if record.mac is not None and not check.has_begun and record.action == BEGIN:
                check.key = self._first_key(record)
            check.take(record)
            if check.broken is not None:
                return check.verdict
        check.end(self._opened(tip) if tip.state else None)
        return check.verdict

    def why(self, record: SealedRecord) -> str:
        """The words of a record. Raises IntegrityError or SealedError."""
        if record.action == BEGIN or not record.note.sealed:
            return ""
        return unseal_note(self._ring, note_label(record.item), record.note)

    def _note(self, entry: Entry) -> SealedNote:
        if not entry.why:
            return _NOTHING
        return seal_note(self._ring.current, note_label(entry.item), entry.why)

    def _begun(self, tip: Tip, entry: Entry) -> tuple[SealedRecord, _State]:
        key = new_data_key()
        note = seal_note(self._ring.current, note_label(""), key.hex())
        begin = replace(entry, action=BEGIN, item="", was=None, became=None, why="")
        return _linked(_State(tip.number + 1, key, _NO_MAC), begin, note)

    def _first_key(self, record: SealedRecord) -> bytes:
        try:
            return bytes.fromhex(unseal_note(self._ring, note_label(""), record.note))
        except (IntegrityError, ValueError):
            return b""  # which no record fits

    def _sealed(self, state: _State) -> bytes:
        nonce = new_data_key()[:_NONCE_BYTES]
        plain = state.number.to_bytes(_NUMBER_BYTES) + state.key + state.mac
        cipher = AESGCM(self._ring.current.derive("audit"))
        return nonce + cipher.encrypt(nonce, plain, _STATE_LABEL)

    def _opened(self, tip: Tip) -> _State:
        sealed = tip.state or b""
        for key in self._ring.all:
            try:
                plain = AESGCM(key.derive("audit")).decrypt(
                    sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _STATE_LABEL
                )
            except (InvalidTag, ValueError):
                continue
            middle = len(plain) - _MAC_BYTES
            number = int.from_bytes(plain[:_NUMBER_BYTES])
            return _State(number, plain[_NUMBER_BYTES:middle], plain[middle:])
        raise IntegrityError(
            "the state of the audit does not open: the index was changed, or belongs to another "
            "key; restore it from a backup"
        )


class _Check:
    """The walk along a chain."""

    def __init__(self, anchor: Head | None) -> None:
        self.key: bytes | None = None
        self.broken: int | None = None
        self._anchor = anchor
        self._why = ""
        self._count = self._older = self._last = 0
        self._mac = _NO_MAC

    @property
    def has_begun(self) -> bool:
        return self.key is not None

    @property
    def verdict(self) -> Verdict:
        return Verdict(self._count, self._older, self.broken, self._why)

    def take(self, record: SealedRecord) -> None:
        number = record.number
        if record.mac is None and not self.has_begun:
            self._older += 1
        elif number != self._last + 1:
            self._break(self._last + 1, "is missing")
        elif self.key is None:
            self._break(number, "is where the chain should begin, and does not")
        elif not hmac.compare_digest(_mac(self.key, self._mac, record), record.mac or b""):
            self._break(number, "was changed, or stands where another one stood")
        else:
            self._count += 1
            self._mac, self.key = record.mac or b"", _next(self.key)
            self._compare_anchor(number)
        self._last = number

    def end(self, state: _State | None) -> None:
        """The chain must end where the next record would go on."""
        if state is None:
            if self.has_begun:
                self._break(self._last, "is the last one, and the state behind it is gone")
        elif state.number > self._last + 1:
            self._break(self._last + 1, f"is missing, with all up to {state.number - 1}")
        elif (state.number, state.mac) != (self._last + 1, self._mac):
            self._break(self._last, "is not the last one that was written")
        if self.broken is None and self._anchor and self._anchor.number > self._last:
            self._break(self._last + 1, f"is missing: it once went up to {self._anchor.number}")

    def _compare_anchor(self, number: int) -> None:
        anchor = self._anchor
        if anchor and number == anchor.number and anchor.mac != self._mac.hex():
            self._break(number, "is not the one that was once the head of the chain")

    def _break(self, number: int, why: str) -> None:
        self.broken, self._why = number, f"record {number} {why}"


def note_label(item: str) -> str:
    """What the words about an item, or about the lockbox as a whole, are sealed as."""
    return f"note of item {item}" if item else "note of the lockbox"


def _linked(state: _State, entry: Entry, note: SealedNote) -> tuple[SealedRecord, _State]:
    record = SealedRecord(
        number=state.number,
        at=entry.at,
        who=entry.who,
        origin=entry.origin,
        action=entry.action,
        item=entry.item,
        was=entry.was,
        became=entry.became,
        note=note,
        mac=None,
    )
    mac = _mac(state.key, state.mac, record)
    return replace(record, mac=mac), _State(state.number + 1, _next(state.key), mac)


def _mac(key: bytes, before: bytes, record: SealedRecord) -> bytes:
    fields = (
        record.number,
        record.at.isoformat(timespec="milliseconds"),
        record.who,
        record.origin,
        record.action,
        record.item,
        record.was,
        record.became,
        # Without the wrapped key beside it, which changes when the master key does.
        hashlib.sha256(record.note.sealed).hexdigest(),
    )
    return hmac.digest(key, before + json.dumps(fields).encode(), "sha256")


def _next(key: bytes) -> bytes:
    return hashlib.sha256(b"lazaretto next audit key" + key).digest()
