import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quarantine.errors import IntegrityError
from quarantine.item import Field, Query
from quarantine.keys import new_data_key
from quarantine.lockbox import Lockbox
from tests.support.vault import KEY, OTHER_KEY, new_item, open_box


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Lockbox]:
    with open_box(tmp_path) as box:
        box.hold(new_item())
        yield box


def _messages(tmp_path: Path) -> Path:
    return tmp_path / "messages"


def _found(box: Lockbox) -> list[tuple[str, str]]:
    return [(problem.kind, problem.item) for problem in box.fsck()]


def test_a_sound_lockbox_has_no_problems(box: Lockbox) -> None:
    for _ in range(3):
        box.hold(new_item())

    assert _found(box) == []


def test_e9_a_missing_message_is_found(box: Lockbox, tmp_path: Path) -> None:
    held = box.hold(new_item())
    (_messages(tmp_path) / held.id).unlink()

    assert _found(box) == [("lost-blob", held.id)]


def test_a_damaged_message_is_found(box: Lockbox, tmp_path: Path) -> None:
    held = box.hold(new_item())
    os.truncate(_messages(tmp_path) / held.id, 20)

    assert _found(box) == [("unreadable", held.id)]


@pytest.mark.parametrize("column", ["summary", "details", "wrapped_key"])
def test_a_damaged_row_is_found(box: Lockbox, column: str) -> None:
    held = box.hold(new_item())
    with box._parts.index._database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE items SET {column} = x'00' WHERE id = ?", (held.id,))

    assert _found(box) == [("unreadable", held.id)]


def test_a_damaged_note_is_found(box: Lockbox) -> None:
    held = box.hold(new_item())
    with box._parts.index._database.writing() as connection:
        connection.exec_driver_sql("UPDATE audit SET note = x'00' WHERE item = ?", (held.id,))

    assert _found(box) == [("audit", ""), ("unreadable", held.id)]


def test_words_that_an_item_is_not_found_by_any_more_are_found(box: Lockbox) -> None:
    held = box.hold(new_item(searchable={Field.SUBJECT: ("one two",)}))
    with box._parts.index._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM tokens")

    assert _found(box) == [("unreadable", held.id)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "'opaque'"),
        ("state", "'released'"),
        ("seen_at", "'2036-01-01T00:00:00.000+00:00'"),
        ("legal_hold", "1"),
        ("size", "99"),
        ("reasons", "'[]'"),
        ("held_at", "'2036-01-01T00:00:00.000+00:00'"),
        ("look_by", "'2036-01-01T00:00:00.000+00:00'"),
    ],
)
def test_a_row_that_was_changed_in_clear_is_found(box: Lockbox, column: str, value: str) -> None:
    held = box.hold(new_item())
    with box._parts.index._database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE items SET {column} = {value} WHERE id = ?", (held.id,))

    assert _found(box) == [("unreadable", held.id)]


def test_malicious_mail_does_not_become_harmless_by_a_change_of_its_row(box: Lockbox) -> None:
    held = box.hold(new_item(kind="malicious"))
    with box._parts.index._database.writing() as connection:
        connection.exec_driver_sql("UPDATE items SET kind = 'clean'")

    with pytest.raises(IntegrityError, match="is not as it was written"):
        box.item(held.id)


def test_a_file_without_an_item_is_found_when_it_is_not_on_its_way(
    box: Lockbox, tmp_path: Path
) -> None:
    (_messages(tmp_path) / "young").write_bytes(b"x")
    old = _messages(tmp_path) / "old"
    old.write_bytes(b"x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))

    assert _found(box) == [("orphan-blob", "old")]


def test_the_file_of_a_deleted_item_is_found(box: Lockbox, tmp_path: Path) -> None:
    held = box.hold(new_item())
    content = (_messages(tmp_path) / held.id).read_bytes()
    box.delete(held.id, who="alice", why="spam")
    (_messages(tmp_path) / held.id).write_bytes(content)

    assert _found(box) == [("leftover-blob", held.id)]


def test_an_item_under_another_master_key_is_found(box: Lockbox) -> None:
    held = box.hold(new_item())
    with box._parts.index._database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE items SET key_id = ?, wrapped_key = ? WHERE id = ?",
            (OTHER_KEY.id, OTHER_KEY.wrap(new_data_key(), "key"), held.id),
        )

    (problem,) = box.fsck()
    assert problem.kind == "wrong-key"
    assert f"under master key {OTHER_KEY.id}, and this one is {KEY.id}" in problem.message


def test_a_damaged_index_is_found(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        box.hold(new_item())
    path = tmp_path / "index.sqlite"
    content = bytearray(path.read_bytes())
    content[-4096:-4000] = b"\xff" * 96
    path.write_bytes(content)

    with open_box(tmp_path) as box:
        assert {kind for kind, _ in _found(box)} == {"index"}


def test_an_item_that_is_deleted_meanwhile_is_no_problem(box: Lockbox) -> None:
    for _ in range(3):
        box.hold(new_item())
    problems = box.fsck()
    for item in list(box.items(Query())):
        box.delete(item.id, who="alice", why="spam")

    assert list(problems) == []
