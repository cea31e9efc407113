"""The index in a SQLite file, committed to the disk before any call that changes it returns.

Several processes may have it open at once: each change is one short transaction that takes the
write lock first (BEGIN IMMEDIATE), and waits a while for another process to finish its own.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event, select, text, update
from sqlalchemy.exc import DatabaseError

from quarantine.errors import LockboxError, NoRoomError, StoreError
from quarantine.item import Query, State
from quarantine.schema import REVISIONS, changes, items
from quarantine.store import SealedChange, SealedItem

# After these the kernel may have dropped what it was given: trying again would not be the truth.
_FINAL = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
_LISTED = [column for column in items.columns if column.name != "details"]
_ADD_ITEM = items.insert()
_ADD_CHANGE = changes.insert()
_WIPED = {"wrapped_key": None, "summary": None, "details": None}


class SQLiteIndex:
    """Keeps the list of items in the file ``path``, made when it is not there.

    ``busy_seconds`` is how long to wait for another process to finish its change. Where items are
    known to be, ``may_be_new`` is False, and an empty index is an error.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 5, may_be_new: bool = True) -> None:
        self._path = path
        self._writer = threading.Lock()
        self._trouble = ""
        self._engine = _engine(path, busy_seconds)
        self._immediate = self._engine.execution_options(immediate=True)
        try:
            self._migrate(may_be_new=may_be_new)
        except LockboxError:
            self._engine.dispose()
            raise

    def add(self, item: SealedItem, details: bytes, change: SealedChange) -> None:
        """Keep a new item; when this returns it survives a loss of power."""
        with self._writing() as connection:
            connection.execute(_ADD_ITEM, _columns(item) | {"details": details})
            _record(connection, change)

    def move(self, change: SealedChange) -> bool:
        """Change the state of an item and record it; False if it is not in the state ``was``."""
        is_deletion = change.became is State.DELETED
        with self._writing() as connection:
            moved = connection.execute(
                update(items)
                .where(items.c.id == change.item, items.c.state == change.was)
                .values(state=change.became.value, **(_WIPED if is_deletion else {}))
            )
            if not moved.rowcount:
                return False
            _record(connection, change)
        if is_deletion:
            self._empty_log()
        return True

    def find(self, prefix: str, limit: int) -> Sequence[SealedItem]:
        """The newest ``limit`` items whose ids begin with ``prefix``."""
        begins = items.c.id.startswith(prefix, autoescape=True)
        return self._listed(select(*_LISTED).where(begins).limit(limit))

    def page(self, query: Query, before: str | None, limit: int) -> Sequence[SealedItem]:
        """Newest first, at most ``limit`` items of the query that are older than ``before``."""
        chosen = select(*_LISTED).limit(limit)
        if before is not None:
            chosen = chosen.where(items.c.id < before)
        if query.kinds:
            chosen = chosen.where(items.c.kind.in_(query.kinds))
        if query.states:
            chosen = chosen.where(items.c.state.in_([state.value for state in query.states]))
        if query.since is not None:
            chosen = chosen.where(items.c.held_at >= _stamp(query.since))
        if query.until is not None:
            chosen = chosen.where(items.c.held_at < _stamp(query.until))
        return self._listed(chosen)

    def details(self, item: str) -> bytes | None:
        """The sealed documents of an item; None once it is deleted."""
        with self._reading() as connection:
            return connection.scalar(select(items.c.details).where(items.c.id == item))

    def changes(self, item: str) -> Sequence[SealedChange]:
        """What became of an item, oldest first."""
        chosen = select(changes).where(changes.c.item == item).order_by(changes.c.number)
        with self._reading() as connection:
            return [_change(row) for row in connection.execute(chosen)]

    def damages(self) -> Iterator[str]:
        """What is wrong with the index itself, one sentence each."""
        try:
            with self._reading() as connection:
                found = connection.scalars(text("PRAGMA integrity_check")).all()
        except StoreError as error:
            found = [str(error)]
        yield from (f"{self._path}: {line}" for line in found if line != "ok")

    def close(self) -> None:
        """Let go of the file. SQLite then folds its log into it."""
        self._engine.dispose()

    def _listed(self, chosen: Select[Any]) -> Sequence[SealedItem]:
        with self._reading() as connection:
            return [_item(row) for row in connection.execute(chosen.order_by(items.c.id.desc()))]

    def _migrate(self, *, may_be_new: bool) -> None:
        with self._reading() as connection:
            version = _version(connection)
        if version == REVISIONS[-1]:
            return
        if version is None and not may_be_new:
            raise StoreError(
                f"{self._path} is empty and items are there that it should know: restore it from a "
                "backup, or give an empty folder"
            )
        if version is not None and version not in REVISIONS:
            raise StoreError(
                f"{self._path} has schema {version}, and this program knows schemas up to "
                f"{REVISIONS[-1]}: a newer one made it, so install that one again"
            )
        from quarantine.migrate import upgrade  # noqa: PLC0415 - slow to import, and seldom needed

        with self._writing() as connection:
            upgrade(connection)

    def _empty_log(self) -> None:
        """Overwrite the log, so that a wiped key does not lie on in it."""
        with self._writer, self._translated(), self._engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._trouble:
            raise StoreError(self._trouble)
        # Threads of this process queue here, which is fairer than SQLite's waiting and trying.
        with self._writer, self._translated(), self._immediate.begin() as connection:
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise self._trouble_of(error) from error

    def _trouble_of(self, error: DatabaseError) -> NoRoomError | StoreError:
        code = getattr(error.orig, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_FULL:
            return NoRoomError(f"the disk of {self._path} is full: make room")
        if code in _FINAL:
            self._trouble = (
                f"the disk failed to keep {self._path}: look at the disk and the kernel's log, "
                "then start the program anew"
            )
            return StoreError(self._trouble)
        # Extended codes carry the primary one in their lowest byte.
        advice = _ADVICE.get(code & 0xFF, "see what else uses or limits that folder")
        return StoreError(f"cannot use the index {self._path} ({error.orig}): {advice}")


_ADVICE = {
    sqlite3.SQLITE_BUSY: "another process keeps it locked, so try again when that has ended",
    sqlite3.SQLITE_CORRUPT: "it is damaged, so stop the program and restore it from a backup",
    sqlite3.SQLITE_NOTADB: "it is damaged, so stop the program and restore it from a backup",
    sqlite3.SQLITE_READONLY: "it must be writable for the user that runs this program",
    sqlite3.SQLITE_CANTOPEN: "its folder must exist and be writable for the user of this program",
}


def _engine(path: Path, busy_seconds: float) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # Python's own transactions begin late and not at all before some statements: ours are explicit.
    connection.isolation_level = None
    # SQLite stays in another mode without a word where the disk does not allow this one.
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise sqlite3.OperationalError(f"its disk allows journal mode {mode} and no WAL")
    for pragma in (
        # In WAL mode NORMAL, the default of many, does not fsync at a commit.
        "synchronous = FULL",
        "foreign_keys = ON",
        # A wiped key is overwritten and not only unlinked from its page.
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A transaction that begins by reading could lose the race for the write lock half way.
    is_writer = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


def _version(connection: Connection) -> str | None:
    named = text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'")
    if not connection.scalar(named):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _record(connection: Connection, change: SealedChange) -> None:
    """Add to the history: the one place where it is written, in the transaction of the change."""
    connection.execute(
        _ADD_CHANGE,
        {
            "item": change.item,
            "at": _stamp(change.at),
            "who": change.who,
            "was": change.was,
            "became": change.became.value,
            "note": change.note,
        },
    )


def _columns(item: SealedItem) -> dict[str, object]:
    return {
        "id": item.id,
        "held_at": _stamp(item.held_at),
        "kind": item.kind,
        "action": item.action,
        "state": item.state.value,
        "size": item.size,
        "reasons": json.dumps(item.reasons),
        "pack": item.pack,
        "key_id": item.key_id,
        "wrapped_key": item.wrapped_key,
        "summary": item.summary,
    }


def _item(row: Row[Any]) -> SealedItem:
    return SealedItem(
        id=row.id,
        held_at=datetime.fromisoformat(row.held_at),
        kind=row.kind,
        action=row.action,
        state=State(row.state),
        size=row.size,
        reasons=tuple(json.loads(row.reasons)),
        pack=row.pack,
        key_id=row.key_id,
        wrapped_key=row.wrapped_key,
        summary=row.summary,
    )


def _change(row: Row[Any]) -> SealedChange:
    return SealedChange(
        item=row.item,
        at=datetime.fromisoformat(row.at),
        who=row.who,
        was=None if row.was is None else State(row.was),
        became=State(row.became),
        note=row.note,
    )


def _stamp(moment: datetime) -> str:
    """A moment in a form that sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
