import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from quarantine.errors import (
    AmbiguousIdError,
    IntegrityError,
    KeyFileError,
    MissingError,
    NoRoomError,
    NotFoundError,
    StateError,
    StoreError,
)
from quarantine.item import Query, State
from quarantine.lockbox import Lockbox
from quarantine.memory import MemoryBlobs, MemoryIndex
from tests.support.vault import (
    CANARY,
    KEY,
    OTHER_KEY,
    Clock,
    Memory,
    files_with,
    new_item,
    open_box,
)


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


def test_an_id_that_was_written_down_before_tells_whether_the_item_is_there(box: Lockbox) -> None:
    name = box.new_id()
    before = box.state_of(name)
    item = box.hold(new_item(), identifier=name)
    held = box.state_of(name)
    box.delete(name, who="alice", why="spam")

    assert item.id == name
    assert (before, held) == (None, State.HELD)
    assert (box.state_of(name), box.state_of(name[:6])) == (State.DELETED, None)


def test_a_moment_to_look_by_may_be_more_exact_than_what_is_kept(box: Lockbox) -> None:
    look_by = datetime(2026, 3, 5, 5, 6, 7, 123456, tzinfo=UTC)
    item = box.hold(new_item(b"message", look_by=look_by))

    assert list(box.fsck()) == []
    assert box.message(item.id) == b"message"
    assert box.item(item.id).item.look_by == item.look_by


def test_an_item_comes_back_as_it_was_put_in(box: Lockbox) -> None:
    message = os.urandom(200_000)
    held = box.hold(new_item(message), who="intake")

    details = box.item(held.id)

    assert box.message(held.id) == message
    assert details.item == held
    assert (held.state, held.size, held.kind) == (State.HELD, 200_000, "malicious")
    assert held.reasons == ("macro.autoexec", "encrypted")
    assert held.summary == {"sender": "a@example.org", "subject": "Résultat"}
    assert details.envelope == b'{"sender": "a@example.org"}'
    assert details.report == b'{"findings": []}'
    assert [(c.who, c.was, c.became) for c in details.changes] == [("intake", None, State.HELD)]


def test_a_moment_is_the_same_before_and_after_it_was_kept(box: Lockbox) -> None:
    look_by = datetime(2026, 3, 4, 5, 6, 7, 123_456, tzinfo=timezone(timedelta(hours=2)))
    held = box.hold(new_item(look_by=look_by))

    assert box.item(held.id).item == held
    assert held.look_by == datetime(2026, 3, 4, 3, 6, 7, 123_000, tzinfo=UTC)
    assert list(box.fsck()) == []


@pytest.mark.parametrize("message", [b"", memoryview(b"viewed"), Memory(b"in a memory file")])
def test_a_message_may_be_bytes_or_viewed(
    box: Lockbox, message: bytes | memoryview | Memory
) -> None:
    held = box.hold(new_item(message))

    expected = message._data if isinstance(message, Memory) else bytes(message)
    assert box.message(held.id) == expected


def test_a_view_is_given_back(box: Lockbox) -> None:
    message = Memory(b"x")
    box.hold(new_item(message))

    assert not message.is_viewed


def test_a_listing_is_newest_first(box: Lockbox, clock: Clock) -> None:
    held = []
    for _ in range(5):
        held.append(box.hold(new_item()))
        clock.advance(seconds=1)

    assert list(box.items()) == held[::-1]
    assert list(box.items(Query(limit=2))) == held[:2:-1]
    assert list(box.items(Query(limit=0))) == []


@pytest.mark.slow
def test_a_long_listing_has_every_item_once(box: Lockbox) -> None:
    held = [box.hold(new_item(kind=f"kind{n % 2}")).id for n in range(205)]

    assert sorted(item.id for item in box.items()) == sorted(held)
    assert sum(1 for _ in box.items(Query(limit=203))) == 203
    assert sum(1 for _ in box.items(Query(kinds=frozenset({"kind1"})))) == 102


def test_an_item_is_found_by_the_beginning_of_its_id(box: Lockbox, clock: Clock) -> None:
    first = box.hold(new_item())
    clock.advance(days=30)
    box.hold(new_item())

    assert box.item(first.id[:9]).item == first
    assert box.item(first.id.upper()).item == first


def test_an_unknown_id_is_said(box: Lockbox) -> None:
    with pytest.raises(NotFoundError, match="no item has an id that begins with '9zz'"):
        box.item("9zz")


def test_an_ambiguous_id_lists_what_it_could_be(box: Lockbox) -> None:
    held = [box.hold(new_item()).id for _ in range(7)]

    with pytest.raises(AmbiguousIdError, match="and more; give more characters") as caught:
        box.item(held[0][:2])
    assert len(caught.value.matches) == 5
    assert set(caught.value.matches) < set(held)


def test_a_release_is_begun_and_finished(box: Lockbox, clock: Clock) -> None:
    held = box.hold(new_item())
    clock.advance(minutes=1)
    assert box.begin_release(held.id, who="alice", why="Mme X l'attend").state is State.RELEASING
    assert box.finish_release(held.id, who="alice", reply="250 2.0.0 Ok").state is State.RELEASED

    changes = box.item(held.id).changes
    assert [(c.was, c.became, c.why) for c in changes[1:]] == [
        (State.HELD, State.RELEASING, "Mme X l'attend"),
        (State.RELEASING, State.RELEASED, "250 2.0.0 Ok"),
    ]
    assert changes[1].at == datetime(2026, 3, 4, 5, 7, 7, tzinfo=UTC)
    assert box.message(held.id)


def test_a_refused_release_leaves_the_item_held(box: Lockbox) -> None:
    held = box.hold(new_item())
    box.begin_release(held.id, who="alice", why="urgent")
    box.fail_release(held.id, who="alice", reply="452 4.3.1 no room")

    assert box.item(held.id).item.state is State.HELD
    assert box.begin_release(held.id, who="alice", why="again").state is State.RELEASING


def test_what_was_released_is_not_released_again(box: Lockbox) -> None:
    held = box.hold(new_item())
    box.begin_release(held.id, who="alice", why="urgent")
    with pytest.raises(
        StateError, match="is being released since 2026-03-04 05:06:07 UTC by alice"
    ):
        box.begin_release(held.id, who="bob", why="urgent")
    box.finish_release(held.id, who="alice", reply="250 Ok")

    with pytest.raises(StateError, match="was already released 2026-03-04 05:06:07 UTC by alice"):
        box.begin_release(held.id, who="bob", why="urgent")


def test_no_step_is_taken_out_of_turn(box: Lockbox) -> None:
    held = box.hold(new_item()).id
    with pytest.raises(StateError, match="no release of it has begun"):
        box.finish_release(held, who="alice", reply="250 Ok")
    with pytest.raises(StateError, match="no release of it has begun"):
        box.fail_release(held, who="alice", reply="452")
    box.begin_release(held, who="alice", why="urgent")
    with pytest.raises(StateError, match="is being released"):
        box.delete(held, who="bob", why="spam")

    assert len(box.item(held).changes) == 2


def test_a_race_for_a_release_has_one_winner(tmp_path: Path) -> None:
    with open_box(tmp_path) as one, open_box(tmp_path) as two:
        held = one.hold(new_item()).id
        stale = two._parts.index.find(held, 1)
        one.begin_release(held, who="alice", why="urgent")

        index = two._parts.index
        index.find = lambda *_: stale if index.__dict__.pop("find", None) else None
        with pytest.raises(StateError, match="by alice"):
            two.begin_release(held, who="bob", why="urgent")


@pytest.mark.parametrize("is_released", [False, True])
def test_deletion_leaves_only_that_there_was_an_item(box: Lockbox, *, is_released: bool) -> None:
    held = box.hold(new_item())
    if is_released:
        box.begin_release(held.id, who="alice", why="urgent")
        box.finish_release(held.id, who="alice", reply="250 Ok")
    box.delete(held.id, who="alice", why="spam")

    details = box.item(held.id)
    assert details.item.state is State.DELETED
    assert details.item.summary == {}
    assert (details.envelope, details.report, details.sha256) == (b"", b"", "")
    assert details.changes[-1].why == "spam"
    for use in (box.message, lambda i: box.delete(i, who="bob", why="spam")):
        with pytest.raises(StateError, match=r"was already deleted .* by alice"):
            use(held.id)
    assert list(box.fsck()) == []


def test_a_wiped_key_is_nowhere_on_the_disk(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item())
        (sealed,) = box._parts.index.find(held.id, 1)
        assert files_with(tmp_path, sealed.wrapped_key)
        box.delete(held.id, who="alice", why="spam")

        assert not files_with(tmp_path, sealed.wrapped_key)
        assert not files_with(tmp_path, sealed.summary)


def test_nothing_personal_is_on_the_disk_in_plain_text(tmp_path: Path) -> None:
    personal = CANARY.encode()
    with open_box(tmp_path) as box:
        held = box.hold(
            new_item(
                personal * 10_000,
                envelope=personal,
                report=personal,
                summary={"sender": CANARY, "recipients": CANARY, "subject": CANARY},
            )
        )
        box.begin_release(held.id, who="alice", why=CANARY)
        box.fail_release(held.id, who="alice", reply=f"550 no such user {CANARY}")

        assert list(tmp_path.rglob("*-wal"))
        assert not files_with(tmp_path, personal)
        assert box.item(held.id).changes[-1].why.endswith(CANARY)
    assert not files_with(tmp_path, personal)


def test_everything_on_the_disk_is_for_its_owner_only(tmp_path: Path) -> None:
    with open_box(tmp_path / "state" / "box") as box:
        box.hold(new_item())

        for path in (tmp_path / "state", *(tmp_path / "state").rglob("*")):
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_head_that_cannot_be_written_down_keeps_nothing_from_being_held(tmp_path: Path) -> None:
    (tmp_path / "audit.head").mkdir()

    with open_box(tmp_path) as box:
        held = box.hold(new_item())
        assert box.message(held.id)
        assert list(box.fsck()) == []


def test_an_item_outlives_the_program(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item(b"x" * 1000))

    with open_box(tmp_path) as box:
        assert list(box.items()) == [held]
        assert box.message(held.id) == b"x" * 1000


def test_the_key_of_another_lockbox_is_refused(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        box.hold(new_item())

    with pytest.raises(KeyFileError, match=f"under master key {KEY.id}, and this key is"):
        open_box(tmp_path, key=OTHER_KEY)


def test_an_empty_lockbox_takes_any_key(tmp_path: Path) -> None:
    open_box(tmp_path).close()

    open_box(tmp_path, key=OTHER_KEY).close()


@pytest.mark.parametrize("size", [0, 4096])
def test_a_lost_index_is_not_replaced_by_an_empty_one(tmp_path: Path, size: int) -> None:
    with open_box(tmp_path) as box:
        box.hold(new_item())
    index = tmp_path / "index.sqlite"
    index.unlink()
    sqlite3.connect(index).execute("VACUUM")
    os.truncate(index, size)  # nothing at all, or the first page alone: its log was lost

    for _ in range(2):
        with pytest.raises(StoreError, match=r"is empty .*restore it from a backup"):
            open_box(tmp_path)


def test_b11_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreError, match=r"cannot keep items in .*box: .*/file: File exists"):
        open_box(tmp_path / "file" / "box")


def _damage(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_flipped_bit_gives_an_error_and_no_message(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item(os.urandom(200_000)))
        _damage(tmp_path / "messages" / held.id, 150_000)

        with pytest.raises(
            IntegrityError, match=f"message of item {held.id} is damaged in chunk 2"
        ):
            box.message(held.id)


def test_b10_a_cut_message_gives_an_error_and_no_message(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item(os.urandom(200_000)))
        os.truncate(tmp_path / "messages" / held.id, 100_000)

        with pytest.raises(IntegrityError, match=held.id):
            box.message(held.id)


def test_a_message_put_in_the_place_of_another_is_noticed(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        one, two = box.hold(new_item(b"one")), box.hold(new_item(b"two"))
        (tmp_path / "messages" / one.id).replace(tmp_path / "messages" / two.id)

        with pytest.raises(MissingError, match=one.id):
            box.message(one.id)
        with pytest.raises(IntegrityError, match=two.id):
            box.message(two.id)


def test_one_unreadable_item_does_not_stop_a_listing(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = [box.hold(new_item()) for _ in range(3)]
        with box._parts.index._database.writing() as connection:
            connection.exec_driver_sql(
                "UPDATE items SET summary = x'00' WHERE id = ?", (held[1].id,)
            )

        damages = {item.id: item.damage for item in box.items()}
        assert f"summary of item {held[1].id}" in damages.pop(held[1].id)
        assert set(damages.values()) == {""}


def test_mail_is_refused_before_the_disk_is_full(tmp_path: Path) -> None:
    with open_box(tmp_path, reserve_bytes=1 << 60) as box:
        assert not box.has_room(10)
        with pytest.raises(NoRoomError, match=r"bytes are free .* must be: make room"):
            box.hold(new_item())

        assert list(box.items()) == []


def test_a_message_needs_half_as_much_room_again() -> None:
    box = Lockbox(MemoryBlobs(1500), MemoryIndex(), key=KEY, reserve_bytes=0)

    assert box.has_room(1000)
    assert not box.has_room(1001)


def test_items_of_the_same_query_may_be_held_while_it_is_read(box: Lockbox, clock: Clock) -> None:
    for _ in range(3):
        box.hold(new_item())
        clock.advance(seconds=1)
    listing = box.items()
    next(listing)
    clock.advance(seconds=1)
    box.hold(new_item())

    assert sum(1 for _ in listing) == 2


def test_times_are_kept_in_utc_to_the_millisecond(box: Lockbox, clock: Clock) -> None:
    clock.now = datetime.fromisoformat("2026-07-01T12:00:00.123456+02:00")

    held = box.hold(new_item())

    assert held.held_at == datetime(2026, 7, 1, 10, 0, 0, 123_000, tzinfo=UTC)
    assert held.held_at.utcoffset() == timedelta(0)
    assert next(box.items()) == held
