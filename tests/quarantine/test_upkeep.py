from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from quarantine.errors import ClockError, SealedError, StateError
from quarantine.item import Field, Query, State
from quarantine.lockbox import Lockbox
from quarantine.memory import MemoryBlobs, MemoryIndex
from quarantine.pairs import PrivateKey, new_pair
from tests.support.vault import (
    CANARY,
    KEY,
    OTHER_KEY,
    Clock,
    files_with,
    in_child,
    new_item,
    open_box,
    purge_and_die,
    rekey_and_die,
)

MONTH = timedelta(days=30)
_KILLED = -9


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["files", "memory"])
def box(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Lockbox]:
    if request.param == "files":
        box = open_box(tmp_path / "box", clock=clock)
    else:
        box = Lockbox(MemoryBlobs(), MemoryIndex(), key=KEY, reserve_bytes=0, clock=clock)
    with box:
        yield box


def _purged(box: Lockbox, *, clock_is_right: bool = True, **days: int) -> list[str]:
    retention = {kind: timedelta(days=count) for kind, count in days.items()}
    return [item.id for item in box.upkeep.purge(retention, clock_is_right=clock_is_right)]


def test_each_class_is_kept_for_its_own_time(box: Lockbox, clock: Clock) -> None:
    opaque = box.hold(new_item(kind="opaque")).id
    malicious = box.hold(new_item(kind="malicious")).id
    clock.advance(days=10)
    assert _purged(box, opaque=10, malicious=11) == []
    clock.advance(seconds=1)

    assert _purged(box, opaque=10, malicious=11) == [opaque]
    assert box.item(opaque).item.state is State.PURGED
    assert box.message(malicious)
    clock.advance(days=21)
    assert _purged(box) == [malicious]


def test_a_purge_proves_what_it_did(box: Lockbox, clock: Clock) -> None:
    held = box.hold(new_item())
    clock.advance(days=31)
    _purged(box)

    details = box.item(held.id)
    assert [record.action for record in details.records] == ["held", "purged", "shredded"]
    assert "only key to it is destroyed" in details.records[-1].why
    assert details.item.summary == {}
    assert list(box.fsck()) == []
    with pytest.raises(StateError, match=r"was purged .* because its time was over"):
        box.message(held.id)


def test_what_is_on_its_way_or_under_legal_hold_is_not_purged(box: Lockbox, clock: Clock) -> None:
    leaving, kept = box.hold(new_item()).id, box.hold(new_item()).id
    box.begin_release(leaving, who="alice", why="urgent")
    box.set_legal_hold(kept, who="bob", why="court", is_held=True)
    clock.advance(days=99)

    assert _purged(box) == []
    with pytest.raises(StateError, match="under legal hold"):
        box.delete(kept, who="alice", why="spam")
    box.set_legal_hold(kept, who="bob", why="case closed", is_held=False)
    assert _purged(box) == [kept]


def test_what_was_released_is_purged_too(box: Lockbox, clock: Clock) -> None:
    held = box.hold(new_item()).id
    box.begin_release(held, who="alice", why="urgent")
    box.finish_release(held, who="alice", reply="250 Ok")
    clock.advance(days=31)

    assert _purged(box) == [held]


@pytest.mark.parametrize("days", [-3650, -2, 2, 3650])
def test_e4_nothing_is_purged_after_the_clock_has_jumped(
    box: Lockbox, clock: Clock, days: int
) -> None:
    held = box.hold(new_item()).id
    clock.advance(days=days)

    with pytest.raises(ClockError, match="nothing was purged"):
        _purged(box, clock_is_right=False, malicious=1)
    assert box.item(held).item.state is State.HELD


def test_what_is_held_after_the_clock_has_jumped_does_not_make_it_right(
    box: Lockbox, clock: Clock
) -> None:
    held = box.hold(new_item()).id
    assert _purged(box, clock_is_right=False) == []
    clock.advance(days=3650)
    box.hold(new_item())
    box.view(held, who="alice")

    with pytest.raises(ClockError, match="nothing was purged"):
        _purged(box, clock_is_right=False)
    assert _purged(box, clock_is_right=True) == [held]


def test_a_purge_every_hour_goes_on_for_ever(box: Lockbox, clock: Clock) -> None:
    held = box.hold(new_item()).id
    purged = []
    for _ in range(31):
        clock.advance(hours=24)
        purged += _purged(box, clock_is_right=False)

    assert purged == [held]


@pytest.mark.parametrize("step", ["end recorded", "blob removed", "key wiped"])
def test_a19_a_kill_while_purging_is_brought_to_its_end(tmp_path: Path, step: str) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item(CANARY.encode(), summary={"subject": CANARY})).id
        (row,) = box._parts.index.find(held, 1)
    assert in_child(purge_and_die, tmp_path, step) == _KILLED

    with open_box(tmp_path) as box:
        box.recover()
        assert box.item(held).item.state is State.PURGED
        assert list(box.fsck()) == []
        assert not files_with(tmp_path, row.wrapped_key or b"")
        assert not list((tmp_path / "messages").iterdir())


def test_what_nobody_looked_at_in_time_raises_one_alarm(box: Lockbox, clock: Clock) -> None:
    held = box.hold(new_item(look_by=clock() + timedelta(hours=4))).id
    box.hold(new_item())
    assert box.upkeep.alarm() == []
    clock.advance(hours=5)

    assert [item.id for item in box.upkeep.alarm()] == [held]
    assert box.upkeep.alarm() == []
    assert [item.id for item in box.upkeep.overdue()] == [held]
    assert "alarmed" in [record.action for record in box.item(held).records]
    box.view(held, who="alice")
    assert box.upkeep.overdue() == []


def _rekeyed(folder: Path) -> int:
    with open_box(folder, key=OTHER_KEY, older_keys=[KEY]) as box:
        return max(box.upkeep.rekey(who="alice"), default=0)


def _searchable(number: int) -> dict[Field, tuple[str, ...]]:
    return {Field.SUBJECT: (f"number{number}",)}


def test_a_new_master_key_opens_everything_and_the_files_stay_as_they_are(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = [box.hold(new_item(b"%d" % n, searchable=_searchable(n))).id for n in range(5)]
        box.begin_release(held[0], who="alice", why="urgent")
        box.delete(held[1], who="alice", why="spam")
    files = {path.name: path.read_bytes() for path in (tmp_path / "messages").iterdir()}

    _rekeyed(tmp_path)

    assert {path.name: path.read_bytes() for path in (tmp_path / "messages").iterdir()} == files
    with open_box(tmp_path, key=OTHER_KEY) as box:
        assert [box.message(name) for name in held[2:]] == [b"2", b"3", b"4"]
        assert box.item(held[0]).changes[-1].why == "urgent"
        assert box.item(held[1]).changes[-1].why == "spam"
        found = box.items(Query(terms=((Field.SUBJECT, "Number3"),)))
        assert [item.id for item in found] == [held[3]]
        assert list(box.fsck()) == []
    assert _rekeyed(tmp_path) == 0


@pytest.mark.parametrize("step", ["items rewrapped", "notes rewrapped"])
@pytest.mark.slow
def test_a20_a_kill_half_way_to_a_new_key_loses_nothing(tmp_path: Path, step: str) -> None:
    with open_box(tmp_path) as box:
        held = [box.hold(new_item(b"%d" % n, searchable=_searchable(n))).id for n in range(4)]
        for name in held:
            box.view(name, who="alice", why=f"why {name}")
    assert in_child(rekey_and_die, tmp_path, step) == _KILLED

    for key, older in ((OTHER_KEY, [KEY]), (KEY, [OTHER_KEY])):
        with open_box(tmp_path, key=key, older_keys=older) as box:
            assert [box.message(name) for name in held] == [b"0", b"1", b"2", b"3"]
            for number, name in enumerate(held):
                found = box.items(Query(terms=((Field.SUBJECT, f"number{number}"),)))
                assert [item.id for item in found] == [name]
            assert list(box.fsck()) == []
    _rekeyed(tmp_path)
    with open_box(tmp_path, key=OTHER_KEY) as box:
        assert [box.message(name) for name in held] == [b"0", b"1", b"2", b"3"]
        assert [box.item(name).records[-1].why for name in held] == [f"why {n}" for n in held]
        assert list(box.fsck()) == []


def test_a_public_key_alone_cannot_take_over_what_it_cannot_open(tmp_path: Path) -> None:
    private = PrivateKey(*new_pair())
    with open_box(tmp_path) as box:
        box.hold(new_item(b"one"))

    with (
        open_box(tmp_path, key=private.public_half, older_keys=[KEY]) as box,
        pytest.raises(SealedError, match="where the private keys are"),
    ):
        list(box.upkeep.rekey(who="alice"))
    with open_box(tmp_path, key=private, older_keys=[KEY]) as box:
        list(box.upkeep.rekey(who="alice"))
    with open_box(tmp_path, key=private) as box:
        assert [box.message(item.id) for item in box.items()] == [b"one"]


def test_e5_a_change_of_the_clock_in_autumn_changes_no_order_and_no_retention(
    box: Lockbox, clock: Clock
) -> None:
    paris = ZoneInfo("Europe/Paris")
    clock.now = datetime(2026, 10, 25, 2, 45, tzinfo=paris)
    before = box.hold(new_item()).id
    clock.now = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=paris)  # half an hour later
    after = box.hold(new_item()).id
    between = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)

    assert [item.id for item in box.items()] == [after, before]
    assert [item.id for item in box.items(Query(since=between))] == [after]
    assert [item.id for item in box.items(Query(until=between))] == [before]
    assert all(item.held_at.utcoffset() == timedelta() for item in box.items())
    assert box.audit.verify().broken is None

    clock.now = datetime(2026, 11, 24, 1, 50, tzinfo=paris)  # 30 days and five minutes later
    assert _purged(box) == [before]
