"""What every store owes the lockbox: the same tests for each."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quarantine.durable import make_folder
from quarantine.errors import MissingError, StoreError
from quarantine.files import FileBlobs
from quarantine.item import Query, State
from quarantine.memory import MemoryBlobs, MemoryIndex
from quarantine.sqlite import SQLiteIndex
from quarantine.store import Blobs, Index, SealedChange, SealedItem

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(params=["files", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "memory":
        return MemoryBlobs()
    make_folder(tmp_path / "messages")
    return FileBlobs(tmp_path / "messages")


@pytest.fixture(params=["sqlite", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    index = MemoryIndex() if request.param == "memory" else SQLiteIndex(tmp_path / "index.sqlite")
    yield index
    index.close()


def _item(name: str, **fields: Any) -> SealedItem:
    item = SealedItem(
        id=name,
        held_at=NOON,
        kind="malicious",
        action="quarantine",
        state=State.HELD,
        size=1234,
        reasons=("macro.autoexec", 'it\'s "odd"'),
        pack="core 1",
        key_id="k1",
        wrapped_key=b"wrapped key",
        summary=b"sealed summary",
    )
    return replace(item, **fields)


def _change(name: str, was: State | None, became: State) -> SealedChange:
    return SealedChange(name, NOON, "alice", was, became, b"sealed note")


def _add(index: Index, name: str, **fields: Any) -> SealedItem:
    item = _item(name, **fields)
    index.add(item, b"sealed details", _change(name, None, State.HELD))
    return item


def _ids(items: Iterable[SealedItem]) -> list[str]:
    return [item.id for item in items]


def test_what_was_put_can_be_opened(blobs: Blobs) -> None:
    blobs.put("one", iter([b"a", b"", b"bc"]))

    with blobs.open("one") as stream:
        assert stream.read(2) == b"ab"
        assert stream.read(2) == b"c"
        assert stream.read(2) == b""


def test_what_was_never_put_is_missing_by_name(blobs: Blobs) -> None:
    with pytest.raises(MissingError, match="one"):
        blobs.open("one")


def test_what_was_removed_is_missing_and_may_be_removed_again(blobs: Blobs) -> None:
    blobs.put("one", [b"a"])
    blobs.remove("one")
    blobs.remove("one")

    with pytest.raises(MissingError):
        blobs.open("one")
    assert list(blobs.ages()) == []


def test_a_put_that_is_broken_off_leaves_nothing(blobs: Blobs) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a"
        raise ValueError("the message cannot be read")

    with pytest.raises(ValueError, match="cannot be read"):
        blobs.put("one", chunks())
    assert list(blobs.ages()) == []
    assert blobs.clear_unfinished() == 0


def test_every_blob_has_an_age(blobs: Blobs) -> None:
    blobs.put("one", [b"a"])
    blobs.put("two", [b"b"])

    ages = dict(blobs.ages())

    assert ages.keys() == {"one", "two"}
    assert all(-1 < age < 60 for age in ages.values())


def test_there_is_free_space(blobs: Blobs) -> None:
    assert blobs.free_bytes() > 0


def test_an_item_is_found_as_it_was_added(index: Index) -> None:
    item = _add(index, "1a")

    assert index.find("1a", 5) == [item]
    assert index.details("1a") == b"sealed details"
    assert index.changes("1a") == [_change("1a", None, State.HELD)]


def test_an_id_is_given_once(index: Index) -> None:
    item = _add(index, "1a")

    with pytest.raises(StoreError):
        _add(index, "1a", summary=b"another")
    assert index.find("1a", 5) == [item]


def test_items_are_found_by_how_their_ids_begin(index: Index) -> None:
    for name in ("1a1", "1a2", "1a3", "1b1"):
        _add(index, name)

    assert _ids(index.find("1a", 5)) == ["1a3", "1a2", "1a1"]
    assert _ids(index.find("1a", 2)) == ["1a3", "1a2"]
    assert index.find("2", 5) == []
    assert index.find("1%", 5) == []


def test_pages_are_newest_first_and_go_on_where_the_last_one_ended(index: Index) -> None:
    for number in range(5):
        _add(index, f"1a{number}")

    assert _ids(index.page(Query(), None, 2)) == ["1a4", "1a3"]
    assert _ids(index.page(Query(), "1a3", 2)) == ["1a2", "1a1"]
    assert _ids(index.page(Query(), "1a1", 2)) == ["1a0"]
    assert index.page(Query(), "1a0", 2) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(kinds=frozenset({"opaque"})), ["1c"]),
        (Query(kinds=frozenset({"opaque", "malicious"})), ["1c", "1b", "1a"]),
        (Query(states=frozenset({State.RELEASING})), ["1b"]),
        (Query(states=frozenset({State.HELD}), kinds=frozenset({"malicious"})), ["1a"]),
        (Query(since=NOON), ["1c", "1b"]),
        (Query(until=NOON), ["1a"]),
        (Query(since=NOON, until=NOON + timedelta(hours=1)), ["1b"]),
        (Query(kinds=frozenset({"no such"})), []),
    ],
)
def test_a_query_chooses(index: Index, query: Query, expected: list[str]) -> None:
    _add(index, "1a", held_at=NOON - timedelta(milliseconds=1))
    _add(index, "1b")
    _add(index, "1c", kind="opaque", held_at=NOON + timedelta(hours=1))
    index.move(_change("1b", State.HELD, State.RELEASING))

    assert _ids(index.page(query, None, 10)) == expected


def test_a_move_changes_the_state_and_is_recorded(index: Index) -> None:
    _add(index, "1a")

    assert index.move(_change("1a", State.HELD, State.RELEASING))
    assert index.find("1a", 1)[0].state is State.RELEASING
    assert index.changes("1a")[1] == _change("1a", State.HELD, State.RELEASING)


def test_a_move_from_a_state_that_has_passed_does_nothing(index: Index) -> None:
    _add(index, "1a")
    index.move(_change("1a", State.HELD, State.RELEASING))

    assert not index.move(_change("1a", State.HELD, State.DELETED))
    assert not index.move(_change("1z", State.HELD, State.DELETED))
    assert index.find("1a", 1)[0].state is State.RELEASING
    assert len(index.changes("1a")) == 2


def test_deletion_wipes_the_key_and_all_that_is_personal(index: Index) -> None:
    item = _add(index, "1a")

    assert index.move(_change("1a", State.HELD, State.DELETED))
    assert index.find("1a", 1) == [
        replace(item, state=State.DELETED, wrapped_key=None, summary=None)
    ]
    assert index.details("1a") is None
    assert len(index.changes("1a")) == 2


def test_nothing_is_known_of_an_unknown_item(index: Index) -> None:
    assert index.details("1z") is None
    assert list(index.changes("1z")) == []


def test_a_sound_index_has_no_damages(index: Index) -> None:
    _add(index, "1a")

    assert list(index.damages()) == []
