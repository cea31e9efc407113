from collections.abc import Mapping
from pathlib import Path

import pytest

from quarantine.errors import SealedError
from quarantine.item import Field, Query
from quarantine.lockbox import Lockbox
from quarantine.pairs import PrivateKey, new_pair
from tests.support.vault import by_subject, in_child, new_item, open_box, reindex_and_die

_KILLED = -9


def found(box: Lockbox, words: str) -> list[str]:
    return sorted(item.id for item in box.items(Query(terms=((Field.SUBJECT, words),))))


def hold(folder: Path, count: int) -> list[str]:
    """Items that nothing finds, as they were held before there was a search."""
    with open_box(folder) as box:
        subjects = [{"subject": f"number{number}"} for number in range(count)]
        return [box.hold(new_item(summary=subject)).id for subject in subjects]


def test_items_are_found_by_their_words_and_that_is_recorded(tmp_path: Path) -> None:
    held = hold(tmp_path, 3)

    with open_box(tmp_path) as box:
        box.delete(held[0], who="bob", why="spam")
        assert sorted(box.reindexing.left()) == sorted(held[1:])
        told = dict(box.reindexing.run(by_subject, who="alice"))

        assert told == dict.fromkeys(held[1:], "")
        assert found(box, "number1") == [held[1]]
        assert box.reindexing.left() == []
        *_, record = box.audit.records()
        assert (record.who, record.action) == ("alice", "reindexed")
        assert record.why == "2 items are found by their words from now on"
        assert list(box.reindexing.run(by_subject, who="alice")) == []
        assert list(box.fsck()) == []


def test_what_cannot_be_read_is_named_and_holds_nobody_up(tmp_path: Path) -> None:
    damaged, strange, good = hold(tmp_path, 3)

    def words(
        envelope: bytes, report: bytes, summary: Mapping[str, str]
    ) -> dict[Field, tuple[str, ...]]:
        if summary["subject"] == "number1":
            raise ValueError("no report that this program reads")
        return by_subject(envelope, report, summary)

    with open_box(tmp_path) as box:
        with box._parts.index._database.writing() as connection:
            change = "UPDATE items SET details = x'00' WHERE id = ?"
            connection.exec_driver_sql(change, (damaged,))
        told = dict(box.reindexing.run(words, who="alice"))

        assert damaged in told[damaged]
        assert told[strange] == "no report that this program reads"
        assert told[good] == ""
        assert found(box, "number2") == [good]
        assert sorted(box.reindexing.left()) == sorted([damaged, strange])


def test_a_kill_half_way_leaves_what_is_done_and_the_next_run_goes_on(tmp_path: Path) -> None:
    held = hold(tmp_path, 5)
    assert in_child(reindex_and_die, tmp_path, "items reindexed") == _KILLED

    with open_box(tmp_path) as box:
        left = box.reindexing.left()
        assert len(left) == 3
        assert list(box.fsck()) == []
        told = dict(box.reindexing.run(by_subject, who="alice"))
        assert sorted(told) == sorted(left)
        for number, name in enumerate(held):
            assert found(box, f"number{number}") == [name]
        assert list(box.fsck()) == []


def test_a_public_key_cannot_and_the_private_one_can(tmp_path: Path) -> None:
    private = PrivateKey(*new_pair())
    with open_box(tmp_path, key=private.public_half) as gateway:
        held = gateway.hold(new_item(summary={"subject": "Résultat"})).id
        with pytest.raises(SealedError, match="where the private key is"):
            list(gateway.reindexing.run(by_subject, who="alice"))

        with open_box(tmp_path, key=private) as box:
            assert dict(box.reindexing.run(by_subject, who="alice")) == {held: ""}
        assert found(gateway, "resultat") == [held]
