"""Files without an item: what may go by itself, what a person may remove, and what stays."""

import os
import shutil
import time
from pathlib import Path

import pytest

from quarantine.errors import BusyError, IntegrityError, NotFoundError, StoreError
from quarantine.files import FileBlobs
from quarantine.lockbox import Lockbox
from quarantine.sqlite import SQLiteIndex
from tests.support.vault import KEY, hold_and_die, in_child, new_item, open_box

_KILLED = -9
_PARTS = ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "messages").iterdir())


def aged(folder: Path, name: str) -> None:
    """Make a file two hours old."""
    os.utime(folder / "messages" / name, (time.time() - 7200, time.time() - 7200))


def indexes(folder: Path, target: Path) -> None:
    """Copy the index alone, as somebody does who restores only half of it."""
    for part in _PARTS:
        (target / part).unlink(missing_ok=True)
        if (folder / part).exists():
            shutil.copy(folder / part, target / part)


def with_an_older_index(folder: Path) -> str:
    """A lockbox whose index was replaced by an older one; the item that this has lost."""
    old = folder.parent / "old"
    old.mkdir()
    with open_box(folder) as box:
        box.hold(new_item())
    indexes(folder, old)
    with open_box(folder) as box:
        newer = box.hold(new_item()).id
    indexes(old, folder)
    return newer


def found(box: Lockbox) -> list[tuple[str, str]]:
    return [(problem.kind, problem.item) for problem in box.fsck()]


def test_what_never_became_an_item_is_removed_at_the_next_start(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item()).id
    assert in_child(hold_and_die, tmp_path, "folder synced") == _KILLED
    assert len(files(tmp_path)) == 2

    with open_box(tmp_path) as box:
        assert box.recover().unfinished == 1
        assert files(tmp_path) == [held]
        assert list(box.fsck()) == []


def test_what_became_an_item_before_it_had_its_name_is_read_and_gets_it(tmp_path: Path) -> None:
    assert in_child(hold_and_die, tmp_path, "row committed") == _KILLED
    (name,) = files(tmp_path)
    assert name.endswith(".tmp")

    with open_box(tmp_path) as box:
        (item,) = box.items()
        whole = box.message(item.id)
        assert box.back_up(tmp_path.parent / "copy", who="alice") == 1
        assert box.recover().unfinished == 0
        assert files(tmp_path) == [item.id]
        assert box.message(item.id) == whole
        assert list(box.fsck()) == []


def test_an_older_index_costs_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "box"
    newer = with_an_older_index(folder)
    unfinished = folder / "messages" / "1zzzzzzzzzzzzzzz.tmp"
    unfinished.write_bytes(b"perhaps an item of the newer index")

    with open_box(folder) as box:
        box.hold(new_item())
        recovery = box.recover()
        assert (recovery.unfinished, recovery.is_older) == (0, True)
        assert {newer, unfinished.stem} <= {*files(folder)}
        aged(folder, newer)
        assert found(box) == [("audit", ""), ("orphan-blob", newer)]
        with pytest.raises(IntegrityError, match="the file may belong to it"):
            box.orphans.remove(newer, who="alice", why="tidy")
    assert newer in files(folder)


def test_the_newer_index_brings_everything_back(tmp_path: Path) -> None:
    folder, newest = tmp_path / "box", tmp_path / "newest"
    newest.mkdir()
    with open_box(folder) as box:
        box.hold(new_item())
    indexes(folder, newest)
    with open_box(folder) as box:
        newer = box.hold(new_item()).id
        message = box.message(newer)
    saved = tmp_path / "saved"
    saved.mkdir()
    indexes(folder, saved)
    indexes(newest, folder)
    with open_box(folder) as box:
        box.recover()
        with pytest.raises(NotFoundError):
            box.message(newer)

    indexes(saved, folder)
    with open_box(folder) as box:
        box.recover()
        assert box.message(newer) == message
        assert list(box.fsck()) == []


def test_a_person_removes_a_file_that_no_row_knows_and_that_is_recorded(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item()).id
        for name in ("old", "young"):
            (tmp_path / "messages" / name).write_bytes(b"x")
        for name in ("old", held):
            aged(tmp_path, name)

        assert box.orphans.names() == ["old"]
        box.orphans.remove("old", who="alice", why="nobody's")
        box.orphans.remove(held, who="alice", why="a mistake")

        assert files(tmp_path) == sorted([held, "young"])
        *_, record = box.audit.records()
        assert (record.who, record.action, record.why) == (
            "alice",
            "orphan-removed",
            "old: nobody's",
        )
        assert list(box.fsck()) == []


def test_the_head_that_an_index_has_lost_is_not_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "box"
    with_an_older_index(folder)
    before = (folder / "audit.head").read_text()

    for _ in range(2):
        with open_box(folder) as box:
            box.hold(new_item())
    assert (folder / "audit.head").read_text() == before

    (folder / "audit.head").unlink()  # a person has decided
    with open_box(folder) as box:
        assert not box.recover().is_older
        box.hold(new_item())
        assert list(box.fsck()) == []


def test_a_locked_index_leaves_no_file(tmp_path: Path) -> None:
    with open_box(tmp_path) as other:
        index = SQLiteIndex(tmp_path / "index.sqlite", busy_seconds=0.01)
        with (
            Lockbox(FileBlobs(tmp_path / "messages"), index, key=KEY, reserve_bytes=0) as box,
            other._parts.index._database.writing(),
            pytest.raises(BusyError, match="another process keeps it locked"),
        ):
            box.hold(new_item())
        assert files(tmp_path) == []


def test_an_id_that_is_given_twice_harms_nobody(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item(b"first")).id
        with pytest.raises(StoreError):
            box.hold(new_item(b"second"), identifier=held)
        assert box.message(held) == b"first"
    with open_box(tmp_path) as box:
        box.recover()
        assert box.message(held) == b"first"
        assert files(tmp_path) == [held]
