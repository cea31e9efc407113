"""What a lockbox holds, as its callers see it: values only."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol


def as_kept(moment: datetime) -> datetime:
    """A moment as exactly as it is kept: an item is the same before and after."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class State(StrEnum):
    """Where an item is in its life."""

    HELD = "held"
    RELEASING = "releasing"
    """On its way to the next hop; whether it arrived is not known yet."""
    RELEASED = "released"
    DELETED = "deleted"
    """A person deleted it: bytes and key are gone; that there was an item is still known."""
    PURGED = "purged"
    """The same, because its time was over."""


class Field(StrEnum):
    """By what an item can be searched."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    SUBJECT = "subject"
    FILE = "file"
    HASH = "hash"
    RULE = "rule"


class Sort(StrEnum):
    """In which order a listing comes."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    CLASS = "class"


class Viewable(Protocol):
    """Bytes that are kept elsewhere, such as in a memory file."""

    def view(self) -> AbstractContextManager[memoryview]:
        """The bytes, for as long as the ``with`` block lasts."""
        ...


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is to be held. ``envelope`` and ``report`` are the caller's own documents."""

    message: bytes | memoryview | Viewable = field(repr=False)
    envelope: bytes = field(repr=False)
    report: bytes = field(repr=False)
    kind: str
    """The class of the message: a word to list and filter by."""
    action: str
    reasons: tuple[str, ...] = ()
    """Codes, worst first. They are kept in clear, so nothing of the sender's belongs here."""
    pack: str = ""
    """The rules that judged the message, with their version."""
    summary: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What a listing shows of a message: sender, recipients, subject. Kept encrypted."""
    searchable: Mapping[Field, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """What it can be found by. Kept encrypted, and as keyed tokens that tell nothing."""
    look_by: datetime | None = None
    """When somebody must have looked at it; None for no alarm."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a listing. ``size`` is that of the message; times are in UTC."""

    id: str
    held_at: datetime
    kind: str
    action: str
    state: State
    size: int
    reasons: tuple[str, ...]
    pack: str
    summary: Mapping[str, str] = field(repr=False)
    """Empty once the item is deleted."""
    damage: str = ""
    """Why the summary cannot be read, "" when it can."""
    look_by: datetime | None = None
    seen_at: datetime | None = None
    """When a person first looked at it."""
    legal_hold: bool = False
    """Never purged and never deleted while this is set."""
    approved_by: str = ""
    """Who asked for a release that a second person must agree to."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the audit: who did what to which item, when and why."""

    number: int
    at: datetime
    who: str
    """The person."""
    origin: str
    """The account and the machine that it was done from: ``root@gate1``."""
    action: str
    item: str
    """The id of the item, "" when it is about the lockbox as a whole."""
    was: State | None
    became: State | None
    """None when the state did not change."""
    why: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient to whom an item was released: ``reply`` is what the next hop said."""

    recipient: str
    at: datetime
    who: str
    reply: str


@dataclass(frozen=True, slots=True)
class Details:
    """All that is known of an item but the message. Documents are empty once it is deleted."""

    item: Item
    envelope: bytes = field(repr=False)
    report: bytes = field(repr=False)
    sha256: str
    """Digest of the message, as hexadecimal text."""
    records: tuple[Record, ...]
    """What was done to it, oldest first."""
    deliveries: tuple[Delivery, ...] = ()
    """The recipients who have it already."""

    @property
    def changes(self) -> tuple[Record, ...]:
        """The records of its state: how it became what it is."""
        return tuple(record for record in self.records if record.became is not None)


@dataclass(frozen=True, slots=True)
class Query:
    """Which items to list, and in which order; an empty set stands for all."""

    kinds: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    """``since`` <= held < ``until``; both with a time zone."""
    terms: tuple[tuple[Field, str], ...] = field(default=(), repr=False)
    """Words to look for: an item has all of them."""
    anywhere: str = field(default="", repr=False)
    """Words of which it has all in one field, whichever that is."""
    unseen: bool = False
    """Only what nobody has looked at."""
    sort: Sort = Sort.NEWEST
    after: str = ""
    """The id of the last item of the page before."""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A disagreement between the index, the files, the key and the audit."""

    kind: str
    """``lost-blob``, ``orphan-blob``, ``unreadable``, ``index``, ...: the README has them all."""
    item: str
    """The id of the item, "" when it is about the lockbox as a whole."""
    message: str
