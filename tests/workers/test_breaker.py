"""New rules that kill their workers are taken back, and somebody is told."""

import asyncio
from pathlib import Path

import pytest

from gateway.model import Pack, Reason
from gateway.packs.format import RuleFile, RulePack
from gateway.workers.breaker import Breaker, Count, Tolerance
from gateway.workers.frames import Setup
from tests.support.pools import scan, started


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def noted(breaker: Breaker, deaths: str) -> list[Count]:
    counts = [breaker.note(died=letter == "x") for letter in deaths]
    return [count for count in counts if count]


def test_a_few_deaths_are_borne() -> None:
    assert noted(Breaker(Tolerance(), clock=Clock()), "xxxx" + "." * 20) == []


def test_half_of_the_last_ten_is_too_many_however_slowly_they_come() -> None:
    clock = Clock()
    breaker = Breaker(Tolerance(), clock=clock)
    breaker.renew()
    counts = []
    for letter in "..x.xx.xx":
        clock.now += 200
        counts += noted(breaker, letter)

    assert counts == [Count(5, 9, are_rules_new=True)]


def test_a_fifth_of_the_last_minute_is_too_many() -> None:
    breaker = Breaker(Tolerance(), clock=Clock())

    assert noted(breaker, "....x" * 5) == [Count(5, 25, are_rules_new=False)]


def test_less_than_a_fifth_is_borne_among_many() -> None:
    assert noted(Breaker(Tolerance(), clock=Clock()), ".....x" * 30) == []


def test_deaths_of_long_ago_do_not_count() -> None:
    clock = Clock()
    breaker = Breaker(Tolerance(), clock=clock)
    noted(breaker, "....x" * 4)
    clock.now += 61

    assert noted(breaker, "....x") == []


def test_rules_that_have_proved_themselves_are_not_to_blame() -> None:
    clock = Clock()
    breaker = Breaker(Tolerance(probation_seconds=600), clock=clock)
    breaker.renew()
    clock.now += 601

    assert noted(breaker, "xxxxx") == [Count(5, 5, are_rules_new=False)]


def test_after_an_alarm_it_is_counted_from_nothing() -> None:
    assert len(noted(Breaker(Tolerance(), clock=Clock()), "x" * 9)) == 1


class Listener:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.reverted = asyncio.Event()

    def worker_failed(self, reason: Reason, why: str, step: str, pack: Pack) -> None:
        self.heard.append(("failed", reason, why, step, pack))

    def workers_missing(self, why: str) -> None:
        self.heard.append(("missing", why))

    def workers_dying(self, deaths: int, messages: int, pack: Pack) -> None:
        self.heard.append(("dying", deaths, messages, pack))

    def rules_reverted(self, bad: Pack, good: Pack) -> None:
        self.heard.append(("reverted", bad, good))
        self.reverted.set()

    def revert_failed(self, error: Exception) -> None:
        self.heard.append(("revert failed", str(error)))
        self.reverted.set()


GOOD = Setup((RulePack("core", "1", ()),))
DEADLY = Setup((RulePack("core", "2", (RuleFile("deadly.yar", "crash"),)),))
BY_RULES = "tests.support.engines:deadly_by_rules"


async def test_rules_that_kill_their_workers_are_taken_back() -> None:
    heard = Listener()
    async with started(BY_RULES, setup=GOOD, observer=heard) as pool:
        await pool.reload(DEADLY)
        deaths = [await scan(pool, b"%d" % n) for n in range(5)]
        await asyncio.wait_for(heard.reverted.wait(), 10)
        after = await scan(pool, b"clean")

        assert [report.pack.version for report in deaths] == ["2"] * 5
        assert (after.is_clean, after.pack.version) == (True, "1")
        assert heard.heard[0] == (
            "failed",
            Reason.LOST,
            "the worker was killed by SIGSEGV",
            "",
            Pack("core", "2"),
        )
        assert heard.heard[-2:] == [
            ("dying", 5, 5, Pack("core", "2")),
            ("reverted", Pack("core", "2"), Pack("core", "1")),
        ]


async def test_rules_from_the_start_have_nothing_to_go_back_to_but_somebody_is_told() -> None:
    heard = Listener()
    async with started(BY_RULES, setup=DEADLY, observer=heard) as pool:
        for n in range(5):
            await scan(pool, b"%d" % n)

        assert heard.heard[-1] == ("dying", 5, 5, Pack("core", "2"))
        assert not heard.reverted.is_set()


async def test_new_rules_that_load_after_deadly_ones_are_not_taken_back_with_them() -> None:
    newer = Setup((RulePack("core", "3", ()),))
    heard = Listener()
    async with started(BY_RULES, setup=GOOD, observer=heard) as pool:
        await pool.reload(DEADLY)
        for n in range(5):
            await scan(pool, b"%d" % n)
        await pool.reload(newer)

        assert (await scan(pool, b"clean")).pack.version == "3"


async def test_old_rules_that_do_not_load_any_more_leave_the_new_ones_at_work(
    tmp_path: Path,
) -> None:
    heard = Listener()
    once_only = "tests.support.engines:deadly_and_old_rules_load_once"
    old = Setup((RulePack("core", "1", (), description=str(tmp_path / "loaded")),))
    async with started(once_only, setup=old, observer=heard) as pool:
        await pool.reload(DEADLY)
        for n in range(5):
            await scan(pool, b"%d" % n)
        await asyncio.wait_for(heard.reverted.wait(), 10)

        assert heard.heard[-1][0] == "revert failed"
        assert (await scan(pool, b"clean")).pack.version == "2"


@pytest.mark.parametrize("word", [b"garbage", b"huge", b"other-digest", b"bug"])
async def test_a_worker_that_lies_or_fails_is_told_of(word: bytes) -> None:
    heard = Listener()
    async with started(observer=heard) as pool:
        await scan(pool, word)

        [(what, *_)] = heard.heard
        assert what == "failed"


async def test_what_is_told_holds_no_word_of_a_sender() -> None:
    heard = Listener()
    async with started("tests.support.engines:names_the_patient", observer=heard) as pool:
        report = await scan(pool, b"x", name="Dupont.pdf")

        assert "Dupont" in report.gaps[0].detail
        assert "Dupont" not in str(heard.heard)


async def test_a_kernel_that_refuses_to_fork_is_told_of_once() -> None:
    heard = Listener()
    factory = "tests.support.engines:without_room_to_fork"
    async with started(factory, queue_seconds=5, observer=heard) as pool:
        assert (await scan(pool, b"clean")).is_clean

        assert heard.heard == [("missing", "[Errno 11] Resource temporarily unavailable")]
