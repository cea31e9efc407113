from pathlib import Path

import pytest

from quarantine.backup import restore
from quarantine.errors import IntegrityError, StoreError
from quarantine.item import State
from tests.support.vault import CANARY, files_with, new_item, open_box


def test_a_backup_that_is_restored_is_the_lockbox_that_it_was(tmp_path: Path) -> None:
    with open_box(tmp_path / "box") as box:
        held = [box.hold(new_item(b"%d" % number)).id for number in range(3)]
        box.view(held[0], who="alice", why="curious")
        box.delete(held[1], who="alice", why="spam")
        assert box.back_up(tmp_path / "backup", who="alice") == 2
        head = box.audit.head()
        box.hold(new_item(b"later"))

    assert restore(tmp_path / "backup", tmp_path / "again") == 2
    with open_box(tmp_path / "again") as again:
        assert list(again.fsck()) == []
        assert again.message(held[0]) == b"0"
        assert again.item(held[1]).item.state is State.DELETED
        assert again.audit.verify(head).broken is None
        assert len(list(again.items())) == 3
        assert again.hold(new_item())


def test_a_backup_is_for_its_owner_only_and_shows_nothing(tmp_path: Path) -> None:
    with open_box(tmp_path / "box") as box:
        box.hold(new_item(CANARY.encode(), summary={"subject": CANARY}))
        box.back_up(tmp_path / "backup", who="alice")

    assert not files_with(tmp_path / "backup", CANARY.encode())
    for path in (tmp_path / "backup", *(tmp_path / "backup").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    with open_box(tmp_path / "box") as box:
        box.hold(new_item())
        with pytest.raises(StoreError, match="box is not empty"):
            box.back_up(tmp_path / "box", who="alice")
        box.back_up(tmp_path / "backup", who="alice")

    with pytest.raises(StoreError, match="box is not empty"):
        restore(tmp_path / "backup", tmp_path / "box")


def test_what_is_no_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="is no backup"):
        restore(tmp_path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_message_that_is_missing_in_a_backup_is_found(tmp_path: Path) -> None:
    with open_box(tmp_path / "box") as box:
        held = box.hold(new_item()).id
        box.back_up(tmp_path / "backup", who="alice")
    (tmp_path / "backup" / "messages" / held).unlink()

    restore(tmp_path / "backup", tmp_path / "again")

    with open_box(tmp_path / "again") as again:
        assert [problem.kind for problem in again.fsck()] == ["lost-blob"]
