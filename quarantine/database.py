"""A SQLite file that every commit brings to the disk, for any number of threads and processes.

Each change is one short transaction that takes the write lock first (BEGIN IMMEDIATE), and waits a
while for another process to finish its own.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError

from quarantine.errors import BusyError, LockboxError, NoRoomError, StoreError
from quarantine.schema import REVISIONS

# After these the kernel may have dropped what it was given: trying again would not be the truth.
_FINAL = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
_ADVICE = {
    sqlite3.SQLITE_BUSY: "another process keeps it locked, so try again when that has ended",
    sqlite3.SQLITE_CORRUPT: "it is damaged, so stop the program and restore it from a backup",
    sqlite3.SQLITE_NOTADB: "it is damaged, so stop the program and restore it from a backup",
    sqlite3.SQLITE_READONLY: "it must be writable for the user that runs this program",
    sqlite3.SQLITE_CANTOPEN: "its folder must exist and be writable for the user of this program",
}


class Database:
    """The file ``path`` with the schema of this program, made when it is not there.

    ``busy_seconds`` is how long to wait for another process to finish its change. Where items are
    known to be, ``may_be_new`` is False, and an empty file is an error.
    """

    def __init__(self, path: Path, *, busy_seconds: float, may_be_new: bool) -> None:
        self.path = path
        self._writer = threading.Lock()
        self._trouble = ""
        self._engine = _engine(path, busy_seconds)
        self._immediate = self._engine.execution_options(immediate=True)
        try:
            self._migrate(may_be_new=may_be_new)
        except LockboxError:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; when the block ends it is on the disk, or nothing of it."""
        if self._trouble:
            raise StoreError(self._trouble)
        # Threads of this process queue here, which is fairer than SQLite's waiting and trying.
        with self._writer, self._translated(), self._immediate.begin() as connection:
            yield connection

    def run(self, statement: str, *values: str) -> None:
        """Run a statement that no transaction may surround."""
        with self._writer, self._translated(), self._engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.cursor().execute(statement, values)

    def close(self) -> None:
        """Let go of the file. SQLite then folds its log into it."""
        self._engine.dispose()

    def _migrate(self, *, may_be_new: bool) -> None:
        with self.reading() as connection:
            version = _version(connection)
        if version == REVISIONS[-1]:
            return
        if version is None and not may_be_new:
            raise StoreError(
                f"{self.path} is empty and items are there that it should know: restore it from a "
                "backup, or give an empty folder"
            )
        if version is not None and version not in REVISIONS:
            raise StoreError(
                f"{self.path} has schema {version}, and this program knows schemas up to "
                f"{REVISIONS[-1]}: a newer one made it, so install that one again"
            )
        from quarantine.migrate import upgrade  # noqa: PLC0415 - slow to import, and seldom needed

        with self.writing() as connection:
            upgrade(connection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise self._trouble_of(error.orig) from error
        except sqlite3.Error as error:
            raise self._trouble_of(error) from error
        except (ValueError, TypeError) as error:
            # A text that is no UTF-8, a moment that is none, nothing where something must be.
            advice = _ADVICE[sqlite3.SQLITE_CORRUPT]
            raise StoreError(f"cannot use the index {self.path} ({error}): {advice}") from error

    def _trouble_of(self, error: BaseException | None) -> NoRoomError | StoreError:
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_FULL:
            return NoRoomError(f"the disk of {self.path} is full: make room")
        if code in _FINAL:
            self._trouble = (
                f"the disk failed to keep {self.path}: look at the disk and the kernel's log, "
                "then start the program anew"
            )
            return StoreError(self._trouble)
        # Extended codes carry the primary one in their lowest byte.
        primary = code & 0xFF
        advice = _ADVICE.get(primary, "see what else uses or limits that folder")
        # A change waits for its lock before it begins, so nothing of it is there.
        kind = BusyError if primary == sqlite3.SQLITE_BUSY else StoreError
        return kind(f"cannot use the index {self.path} ({error}): {advice}")


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
