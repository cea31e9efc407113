"""What a lockbox holds, as its callers see it: values only."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where an item is in its life."""

    HELD = "held"
    RELEASING = "releasing"
    """On its way to the next hop; whether it arrived is not known yet."""
    RELEASED = "released"
    DELETED = "deleted"
    """The bytes and their key are gone; that there was an item is still known."""


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


@dataclass(frozen=True, slots=True)
class Change:
    """One step in the life of an item: ``was`` is None for the first."""

    at: datetime
    who: str
    was: State | None
    became: State
    why: str


@dataclass(frozen=True, slots=True)
class Details:
    """All that is known of an item but the message. Documents are empty once it is deleted."""

    item: Item
    envelope: bytes = field(repr=False)
    report: bytes = field(repr=False)
    sha256: str
    """Digest of the message, as hexadecimal text."""
    changes: tuple[Change, ...]
    """What became of it, oldest first."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which items to list; an empty set stands for all."""

    kinds: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    """``since`` <= held < ``until``; both with a time zone."""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A disagreement between the index, the files and the key."""

    kind: str
    """``lost-blob``, ``orphan-blob``, ``leftover-blob``, ``unreadable``, ``wrong-key``, ``index``:
    the README says what each means."""
    item: str
    """The id of the item, "" when it is about the index as a whole."""
    message: str
