"""The index in a SQLite file, committed to the disk before any call that changes it returns."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from quarantine.audit import Append, SealedRecord, Tip
from quarantine.database import Database
from quarantine.durable import sync_folder
from quarantine.errors import StoreError
from quarantine.item import Query, Sort, State
from quarantine.rows import (
    item_columns,
    mark_columns,
    note_columns,
    read_item,
    read_record,
    record_columns,
    stamp,
)
from quarantine.schema import audit, items, marks, tokens
from quarantine.sealing import SealedNote
from quarantine.store import Alternatives, Marks, Reworded, Rewrapped, SealedItem

_LISTED = [column for column in items.columns if column.name != "details"]
_WIPED = {"wrapped_key": None, "summary": None, "details": None, "deliveries": None}
_GONE = (State.DELETED.value, State.PURGED.value)
_TIP, _CLOCK = "tip", "clock"

_ORDERS: Mapping[Sort, tuple[tuple[Column[Any], bool], ...]] = {
    Sort.NEWEST: ((items.c.id, True),),
    Sort.OLDEST: ((items.c.id, False),),
    Sort.LARGEST: ((items.c.size, True), (items.c.id, True)),
    Sort.CLASS: ((items.c.kind, False), (items.c.id, True)),
}
"""Columns, and whether each comes in descending order; the last one tells all items apart."""


class SQLiteIndex:
    """Keeps the list of items in the file ``path``, made when it is not there; see `Database`."""

    def __init__(self, path: Path, *, busy_seconds: float = 5, may_be_new: bool = True) -> None:
        self._database = Database(path, busy_seconds=busy_seconds, may_be_new=may_be_new)
        self._path = path

    def add(
        self, item: SealedItem, details: bytes, tokens: frozenset[bytes], append: Append
    ) -> None:
        """Keep a new item; when this returns it survives a loss of power."""
        with self._database.writing() as connection:
            connection.execute(insert(items), item_columns(item) | {"details": details})
            _add_tokens(connection, item.id, tokens)
            _append(connection, append)

    def move(
        self, item: str, was: State, became: State, append: Append, marks: Marks = Marks()
    ) -> bool:
        """Change the state of an item and record it; False if it is not in the state ``was``."""
        with self._database.writing() as connection:
            moved = connection.execute(
                update(items)
                .where(items.c.id == item, items.c.state == was.value)
                .values(state=became.value, **mark_columns(marks))
            )
            if not moved.rowcount:
                return False
            _append(connection, append)
        return True

    def mark(self, item: str, marks: Marks, append: Append) -> None:
        """Change what is not its state."""
        with self._database.writing() as connection:
            changed = update(items).where(items.c.id == item).values(**mark_columns(marks))
            connection.execute(changed)
            _append(connection, append)

    def record(self, append: Append) -> None:
        """Record what changed nothing."""
        with self._database.writing() as connection:
            _append(connection, append)

    def shred(self, item: str, append: Append) -> None:
        """Wipe the key of an item, all that is sealed under it, and its tokens."""
        with self._database.writing() as connection:
            connection.execute(update(items).where(items.c.id == item).values(**_WIPED))
            connection.execute(delete(tokens).where(tokens.c.item == item))
            _append(connection, append)
        # The wiped key does not lie on in the log.
        self._database.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def rewrap(self, items_: Sequence[Rewrapped]) -> None:
        """Put items under another master key."""
        with self._database.writing() as connection:
            for one in items_:
                values = {"key_id": one.key_id, "wrapped_key": one.wrapped_key}
                # One that was shredded meanwhile stays without a key.
                kept = (items.c.id == one.item, items.c.wrapped_key.is_not(None))
                if connection.execute(update(items).where(*kept).values(**values)).rowcount:
                    connection.execute(delete(tokens).where(tokens.c.item == one.item))
                    _add_tokens(connection, one.item, one.tokens)

    def reword(self, items_: Sequence[Reworded], append: Append) -> None:
        """Let items be found by other words, unless they are gone."""
        with self._database.writing() as connection:
            for one in items_:
                kept = (items.c.id == one.item, items.c.wrapped_key.is_not(None))
                changed = update(items).where(*kept).values(details=one.details)
                if connection.execute(changed).rowcount:
                    connection.execute(delete(tokens).where(tokens.c.item == one.item))
                    _add_tokens(connection, one.item, one.tokens)
            _append(connection, append)

    def rewrap_notes(self, notes: Sequence[tuple[int, SealedNote]]) -> None:
        """Put the notes of records under another master key."""
        with self._database.writing() as connection:
            for number, note in notes:
                changed = update(audit).where(audit.c.number == number)
                connection.execute(changed.values(**note_columns(note)))

    def reseal_tip(self, was: bytes, state: bytes) -> bool:
        """Put the state of the audit under another key; False if it has gone on meanwhile."""
        is_same = (marks.c.name == _TIP, marks.c.value == was)
        with self._database.writing() as connection:
            return bool(
                connection.execute(update(marks).where(*is_same).values(value=state)).rowcount
            )

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        """The newest ``limit`` items whose ids begin with ``prefix``."""
        begins = items.c.id.startswith(prefix, autoescape=True)
        return self._listed(select(*_LISTED).where(begins).order_by(items.c.id.desc()).limit(limit))

    def page(self, query: Query, tokens: Alternatives, limit: int) -> Sequence[SealedItem]:
        """At most ``limit`` items of the query, in its order, from behind ``query.after`` on."""
        chosen = select(*_LISTED).where(*_conditions(query)).limit(limit)
        if tokens:
            chosen = chosen.where(or_(*map(_has_all, tokens)))
        order = _ORDERS[query.sort]
        if query.after:
            chosen = chosen.where(_behind(query.after, order))
        return self._listed(chosen.order_by(*(c.desc() if down else c for c, down in order)))

    def under_other_keys(self, key_id: str, limit: int) -> Sequence[SealedItem]:
        """Items that are not under this master key, and not gone."""
        others = (items.c.key_id != key_id, items.c.wrapped_key.is_not(None))
        return self._listed(select(*_LISTED).where(*others).limit(limit))

    def notes_under_other_keys(self, key_id: str, limit: int) -> Sequence[SealedRecord]:
        """Records whose words are not under this master key."""
        others = (audit.c.key_id != key_id, audit.c.key_id != "")
        return self._recorded(select(audit).where(*others).order_by(audit.c.number).limit(limit))

    def without_tokens(self, after: str, limit: int) -> Sequence[SealedItem]:
        """Items that nothing finds and that are not gone, by id, from behind ``after`` on."""
        found = select(tokens.c.item).where(tokens.c.item == items.c.id).exists()
        chosen = select(*_LISTED).where(items.c.wrapped_key.is_not(None), ~found)
        return self._listed(chosen.where(items.c.id > after).order_by(items.c.id).limit(limit))

    def unfinished(self) -> Sequence[SealedItem]:
        """Items that were deleted or purged and still have a key."""
        left = (items.c.state.in_(_GONE), items.c.wrapped_key.is_not(None))
        return self._listed(select(*_LISTED).where(*left))

    def overdue(self, now: datetime, limit: int) -> Sequence[SealedItem]:
        """Held items that nobody has looked at in time, the most overdue first."""
        unseen = (
            items.c.look_by <= stamp(now),
            items.c.seen_at.is_(None),
            items.c.state == State.HELD.value,
        )
        return self._listed(
            select(*_LISTED).where(*unseen).order_by(items.c.look_by, items.c.id).limit(limit)
        )

    def details(self, item: str) -> bytes | None:
        """The sealed documents of an item; None once it is gone."""
        with self._database.reading() as connection:
            return connection.scalar(select(items.c.details).where(items.c.id == item))

    def tokens(self, item: str) -> frozenset[bytes]:
        """What it is found by."""
        with self._database.reading() as connection:
            chosen = select(tokens.c.token).where(tokens.c.item == item)
            return frozenset(connection.scalars(chosen))

    def records(self, item: str) -> Sequence[SealedRecord]:
        """What was done to an item, oldest first."""
        return self._recorded(select(audit).where(audit.c.item == item).order_by(audit.c.number))

    def audit(self, above: int, limit: int) -> Sequence[SealedRecord]:
        """Records with numbers over ``above``, oldest first."""
        chosen = select(audit).where(audit.c.number > above).order_by(audit.c.number).limit(limit)
        return self._recorded(chosen)

    def tip(self) -> Tip:
        """The end of the audit."""
        with self._database.reading() as connection:
            return _tip(connection)

    def clock(self) -> datetime | None:
        """The last moment that was trusted, or that of the last record if none ever was."""
        with self._database.reading() as connection:
            mark = connection.scalar(select(marks.c.value).where(marks.c.name == _CLOCK))
            latest = select(audit.c.at).order_by(audit.c.number.desc()).limit(1)
            trusted = mark.decode() if mark else connection.scalar(latest)
        return datetime.fromisoformat(trusted) if trusted else None

    def set_clock(self, now: datetime) -> None:
        """Remember that it is ``now``."""
        with self._database.writing() as connection:
            _set_mark(connection, _CLOCK, stamp(now).encode())

    def keys(self) -> dict[str, int]:
        """How many items and notes are under which master key."""
        sealed = union_all(
            select(items.c.key_id).where(items.c.wrapped_key.is_not(None)),
            select(audit.c.key_id).where(audit.c.key_id != ""),
        ).subquery()
        counted = select(sealed.c.key_id, func.count()).group_by(sealed.c.key_id)
        with self._database.reading() as connection:
            return dict(iter(connection.execute(counted)))

    def damages(self) -> Iterator[str]:
        """What is wrong with the index itself, one sentence each."""
        try:
            with self._database.reading() as connection:
                found = connection.scalars(text("PRAGMA integrity_check")).all()
        except StoreError as error:
            found = [str(error)]
        yield from (f"{self._path}: {line}" for line in found if line != "ok")

    def copy_to(self, path: Path) -> None:
        """Write a copy of the whole index, as of one moment, to a new file."""
        self._database.run("VACUUM INTO ?", str(path))
        path.chmod(0o600)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        sync_folder(path.parent)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _listed(self, chosen: Select[Any]) -> Sequence[SealedItem]:
        with self._database.reading() as connection:
            return [read_item(row) for row in connection.execute(chosen)]

    def _recorded(self, chosen: Select[Any]) -> Sequence[SealedRecord]:
        with self._database.reading() as connection:
            return [read_record(row) for row in connection.execute(chosen)]


def _append(connection: Connection, append: Append) -> None:
    """Add to the audit: the one place where it is written, in the transaction of the change."""
    appended = append(_tip(connection))
    connection.execute(insert(audit), [record_columns(record) for record in appended.records])
    _set_mark(connection, _TIP, appended.state)


def _tip(connection: Connection) -> Tip:
    state = connection.scalar(select(marks.c.value).where(marks.c.name == _TIP))
    number = connection.scalar(select(func.max(audit.c.number))) or 0
    return Tip(number, state)


def _set_mark(connection: Connection, name: str, value: bytes) -> None:
    row = upsert(marks).values(name=name, value=value)
    connection.execute(
        row.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": value})
    )


def _add_tokens(connection: Connection, item: str, found_by: frozenset[bytes]) -> None:
    if found_by:
        rows = [{"token": token, "item": item} for token in found_by]
        connection.execute(insert(tokens), rows)


def _conditions(query: Query) -> Iterator[Any]:
    if query.kinds:
        yield items.c.kind.in_(query.kinds)
    if query.states:
        yield items.c.state.in_([state.value for state in query.states])
    if query.since is not None:
        yield items.c.held_at >= stamp(query.since)
    if query.until is not None:
        yield items.c.held_at < stamp(query.until)
    if query.unseen:
        yield items.c.seen_at.is_(None)


def _has_all(wanted: frozenset[bytes]) -> Any:
    found = (select(tokens.c.item).where(tokens.c.token == token) for token in wanted)
    return and_(*(items.c.id.in_(of_token) for of_token in found))


def _behind(after: str, order: Sequence[tuple[Column[Any], bool]]) -> Any:
    """The condition that an item comes later than ``after`` in this order."""
    last = {
        column: select(column).where(items.c.id == after).scalar_subquery() for column, _ in order
    }
    later: list[Any] = []
    ties: list[Any] = []
    for column, is_descending in order:
        is_later = column < last[column] if is_descending else column > last[column]
        later.append(and_(*ties, is_later))
        ties.append(column == last[column])
    return or_(*later)
