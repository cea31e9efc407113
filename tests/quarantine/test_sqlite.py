import re
import sqlite3
from pathlib import Path

import pytest

from quarantine.errors import StoreError
from quarantine.schema import REVISIONS
from quarantine.sqlite import SQLiteIndex


def _pragma(index: SQLiteIndex, name: str) -> object:
    with index._database.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    index = SQLiteIndex(tmp_path / "index.sqlite")

    assert _pragma(index, "journal_mode") == "wal"
    assert _pragma(index, "synchronous") == 2  # FULL
    assert _pragma(index, "secure_delete") == 1
    index.close()


def test_an_index_made_by_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    SQLiteIndex(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()

    said = f"schema 0999, and this program knows schemas up to {REVISIONS[-1]}: a newer one made it"
    with pytest.raises(StoreError, match=re.escape(said)):
        SQLiteIndex(path)


def test_an_index_that_another_process_keeps_locked_says_so(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    index = SQLiteIndex(path, busy_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with (
        pytest.raises(StoreError, match="another process keeps it locked"),
        index._database.writing(),
    ):
        pass
    other.execute("ROLLBACK")
    other.close()
    with index._database.writing():
        pass
    index.close()


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"not a database at all\n" * 1000)

    with pytest.raises(StoreError, match=r"index\.sqlite .*restore it from a backup"):
        SQLiteIndex(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/index\.sqlite .*must exist and be writable"):
        SQLiteIndex(tmp_path / "nowhere" / "index.sqlite")


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    SQLiteIndex(path).close()
    content = bytearray(path.read_bytes())
    content[-4096:-4000] = b"\xff" * 96  # the header of the last page
    path.write_bytes(content)
    index = SQLiteIndex(path)

    assert [line for line in index.damages() if "index.sqlite" in line]
    index.close()
