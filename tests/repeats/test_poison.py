import asyncio
import errno
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.model import Action, Class, Gap, Reason, Report
from gateway.policy import Policy
from gateway.repeats.poison import Poison
from gateway.smtp import durable, replies
from tests.support.engines import spooled
from tests.support.house import CLEAN, MESSAGE, House, house, report

DEADLY = replace(report(Gap(Reason.LOST, "signal 11", ("message",))), killed_its_worker=True)
DAY = 24 * 3600


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_the_second_death_is_the_last(tmp_path: Path) -> None:
    poison = Poison(tmp_path / "poison", b"secret")

    await poison.killed("aa")
    assert not poison.is_deadly("aa")
    await poison.killed("aa")
    assert poison.is_deadly("aa")
    assert not poison.is_deadly("bb")
    await poison.close()


async def test_deaths_are_remembered_over_a_restart(tmp_path: Path) -> None:
    first = Poison(tmp_path / "poison", b"secret")
    await first.killed("aa")
    await first.close()

    second = Poison(tmp_path / "poison", b"secret")
    await second.killed("aa")

    assert second.is_deadly("aa")
    await second.close()


async def test_a_torn_line_costs_nothing_but_itself(tmp_path: Path) -> None:
    first = Poison(tmp_path / "poison", b"secret")
    await first.killed("aa")
    await first.close()
    with (tmp_path / "poison").open("ab") as file:
        file.write(b'["torn\n')

    second = Poison(tmp_path / "poison", b"secret")
    await second.killed("aa")

    assert second.is_deadly("aa")
    await second.close()


async def test_after_a_day_a_death_is_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    poison = Poison(tmp_path / "poison", b"secret", clock=clock)
    await poison.killed("aa")
    await poison.killed("aa")
    clock.now += DAY + 1

    assert not poison.is_deadly("aa")
    await poison.killed("aa")
    assert not poison.is_deadly("aa")
    await poison.close()


async def test_no_more_copies_are_looked_at_at_once_than_workers_may_die(tmp_path: Path) -> None:
    poison = Poison(tmp_path / "poison", b"secret")
    at_work, most, seen = 0, 0, 0

    async def look() -> None:
        nonlocal at_work, most, seen
        async with poison.turn("aa"):
            at_work, seen = at_work + 1, seen + 1
            most = max(most, at_work)
            await asyncio.sleep(0)
            at_work -= 1

    await asyncio.gather(*(look() for _ in range(9)))

    assert (most, seen) == (2, 9)
    await poison.close()


async def test_other_messages_do_not_wait_for_it(tmp_path: Path) -> None:
    poison = Poison(tmp_path / "poison", b"secret")
    async with poison.turn("aa"), poison.turn("aa"), poison.turn("bb") as is_deadly:
        assert not is_deadly
    await poison.close()


async def test_who_gives_up_waiting_takes_nobodys_turn(tmp_path: Path) -> None:
    poison = Poison(tmp_path / "poison", b"secret")
    async with poison.turn("aa"), poison.turn("aa"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), poison.turn("aa"):
                raise AssertionError("a third copy is looked at")

    async with poison.turn("aa"), poison.turn("aa") as is_deadly:
        assert not is_deadly
    await poison.close()


async def test_the_file_tells_nothing_of_the_message(tmp_path: Path) -> None:
    poison = Poison(tmp_path / "poison", b"secret")
    await poison.killed("0123456789abcdef" * 4)
    await poison.close()

    assert b"0123456789abcdef" not in (tmp_path / "poison").read_bytes()


async def test_a_message_that_kills_its_worker_is_deferred_once_and_then_held() -> None:
    async with house() as home:
        first = await home.send(DEADLY, identifier="T1")
        second = await home.send(DEADLY, identifier="T2")

        (item,) = home.lockbox.items()
        assert (first, second) == (replies.DEFERRED, replies.accepted("T2"))
        assert (item.kind, item.reasons) == (Class.UNSCANNABLE.word, ("lost",))
        assert not home.sink.deliveries


async def test_no_third_worker_dies_of_it() -> None:
    async with house() as home:
        for identifier in ("T1", "T2", "T3", "T4"):
            await home.send(DEADLY, identifier=identifier)
            home.pipeline.means.once.answered(identifier, is_heard=True)

        assert len(home.scanner.asked) == 2
        assert len(list(home.lockbox.items())) == 3


async def test_many_copies_at_once_kill_no_more_than_two_workers() -> None:
    async with house() as home:
        home.scanner.answer, home.scanner.gate = DEADLY, asyncio.Event()
        # From different senders: copies from the same one wait for each other anyway.
        passages = [await home.begin(sender=f"lab{n}@out.example") for n in range(9)]
        with spooled(MESSAGE) as message:
            async with asyncio.TaskGroup() as group:
                commits = [
                    group.create_task(passage.commit(message, f"T{number}"))
                    for number, passage in enumerate(passages)
                ]
                await home.scanner.was_asked(2)
                home.scanner.gate.set()

        accepted = [commit for commit in commits if commit.result().is_positive]
        assert len(home.scanner.asked) == 2
        assert len(accepted) == len(list(home.lockbox.items()))
        assert not home.sink.deliveries


async def test_a_death_that_cannot_be_written_down_counts_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, "no disk")

    async with house() as home:
        with monkeypatch.context() as patch:
            patch.setattr(durable.os, "fsync", refuse)
            for identifier in ("T1", "T2"):
                with pytest.raises(OSError, match="no disk"):
                    await home.send(DEADLY, identifier=identifier)

        assert (await home.send(DEADLY, identifier="T3")).is_positive
        assert len(home.scanner.asked) == 2


async def test_a_harsher_action_than_to_defer_is_not_weakened() -> None:
    policy = Policy({**Policy().actions, Class.UNSCANNABLE: Action.REJECT})
    async with house(policy=policy) as home:
        assert await home.send(DEADLY) == replies.REJECTED


async def test_other_mail_is_not_touched_by_it() -> None:
    async with house() as home:
        await home.send(DEADLY)

        assert (await send_other(home, CLEAN)).code == 250


async def send_other(home: House, answer: Report) -> replies.Reply:
    return await home.send(answer, b"Subject: other\r\n\r\nx\r\n", identifier="T9")
