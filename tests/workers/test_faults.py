"""What becomes of mail when workers fail: one test for each row D1 to D13, and for A24 and A25.

Each goes from MAIL to the reply to the final dot, with real workers and engines that crash, hang,
eat memory, lie and try to break out. No row ends in mail that passed unseen, and after each of
them the next message is judged as ever.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.model import Pack, Reason
from gateway.packs.format import RuleFile, RulePack
from gateway.smtp import replies
from gateway.smtp.replies import Reply
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool, PoolStartError
from tests.support.engines import DEADLY_ATTEMPTS, OUTLAWS, spooled
from tests.support.house import House, house
from tests.support.layers import LAYERS, kernel_without
from tests.support.pools import BY_WORD, parent_of, scan, started, worker_of

MIB = 1 << 20


@dataclass
class Ward:
    """A pipeline with real workers."""

    home: House
    pool: Pool
    sent: int = 0

    async def send(self, message: bytes) -> Reply:
        self.sent += 1
        identifier = f"T{self.sent}"
        reply = await self.home.send(None, message, identifier=identifier)
        self.home.pipeline.means.once.answered(identifier, is_heard=True)
        return reply

    def held(self) -> list[tuple[str, ...]]:
        return [item.reasons for item in self.home.lockbox.items()]

    def events(self, name: str) -> list[dict[str, object]]:
        return [event for event in self.home.events if event["event"] == name]

    async def judges_as_ever(self) -> bool:
        before = len(self.home.sink.deliveries)
        reply = await self.send(b"clean")
        return reply.is_positive and len(self.home.sink.deliveries) == before + 1


@asynccontextmanager
async def ward(
    factory: str = BY_WORD,
    *,
    setup: Setup = Setup(),
    deadline_seconds: float = 20.0,
    queue_seconds: float = 10.0,
) -> AsyncIterator[Ward]:
    async with house() as home:
        observer = home.pipeline.means.events
        async with started(
            factory,
            setup=setup,
            deadline_seconds=deadline_seconds,
            queue_seconds=queue_seconds,
            observer=observer,
        ) as pool:
            home.pipeline = replace(home.pipeline, scanner=pool)
            yield Ward(home, pool)


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def is_deferred_and_then_held(at: Ward, message: bytes, reason: str) -> bool:
    first, second = await at.send(message), await at.send(message)
    assert first == replies.DEFERRED
    assert second.code == 250
    assert at.held() == [(reason,)]
    assert not at.home.sink.deliveries
    return await at.judges_as_ever()


async def test_d1_a_segfault_is_451_and_the_second_time_the_message_is_held() -> None:
    async with ward() as at:
        assert await is_deferred_and_then_held(at, b"crash", "lost")
        assert {event["why"] for event in at.events("worker_failed")} == {
            "the worker was killed by SIGSEGV"
        }


async def test_d2_so_is_a_hang_in_native_code_that_holds_the_interpreter() -> None:
    async with ward(deadline_seconds=0.5) as at:
        began = time.monotonic()

        assert await is_deferred_and_then_held(at, b"hang", "too-slow")
        assert time.monotonic() - began < 20


async def test_d3_memory_without_end_costs_the_worker_and_nobody_else() -> None:
    async with ward(setup=Setup(memory_bytes=256 * MIB)) as at:
        before = resident_bytes(os.getpid())

        assert (await at.send(b"eat")).code == 250
        assert at.held() == [("crashed",)]
        assert resident_bytes(os.getpid()) - before < 16 * MIB
        assert await at.judges_as_ever()


@pytest.mark.parametrize(
    "word", [b"garbage", b"pickle", b"huge", b"truncated", b"cut-header", b"empty", b"level-99"]
)
async def test_d4_an_answer_that_is_none_is_451_and_then_held(word: bytes) -> None:
    async with ward() as at:
        before = resident_bytes(os.getpid())

        assert await is_deferred_and_then_held(at, word, "lost")
        assert resident_bytes(os.getpid()) - before < 16 * MIB


@pytest.mark.parametrize("word", [b"other-order", b"other-digest", b"other-pack"])
async def test_d5_so_is_the_answer_for_another_message_and_it_is_an_alarm(word: bytes) -> None:
    async with ward() as at:
        assert await is_deferred_and_then_held(at, word, "lost")
        assert len(at.events("worker_failed")) == 2


async def test_d6_when_all_workers_are_busy_too_long_the_sender_comes_back() -> None:
    async with ward(queue_seconds=0.5) as at, asyncio.TaskGroup() as group:
        busy = [group.create_task(at.send(b"sleep 1.5 %d" % n)) for n in range(2)]
        await asyncio.sleep(0.2)

        late = await asyncio.gather(*(at.send(b"clean %d" % n) for n in range(20)))

        assert set(late) == {replies.BUSY}
        assert not any(task.done() for task in busy)
    assert [task.result().code for task in busy] == [250, 250]


@pytest.mark.slow
@pytest.mark.alone
async def test_d6_a_hundred_slow_big_messages_do_not_keep_a_small_one_waiting() -> None:
    big = b"sleep 0.03 " + bytes(MIB)
    async with ward(queue_seconds=30) as at, asyncio.TaskGroup() as group:
        slow = [group.create_task(at.send(big + b"%d" % n)) for n in range(100)]
        await asyncio.sleep(0.2)
        began = time.monotonic()

        assert (await at.send(b"clean")).code == 250

        assert time.monotonic() - began < 2.0
        assert sum(task.done() for task in slow) < 50
    assert {task.result().code for task in slow} == {250}


@pytest.mark.slow
async def test_d7_a_worker_that_leaks_is_replaced_before_it_grows() -> None:
    leak = 40 * MIB
    setup = Setup(memory_bytes=512 * MIB)
    async with ward(setup=setup) as at:
        born = resident_bytes(await worker_of(at.pool))
        before = resident_bytes(os.getpid())
        pids, sizes = set[int](), list[int]()
        for n in range(16):
            report = await scan(at.pool, b"leak %d" % n)
            pid = int(report.findings[0].evidence)
            pids.add(pid)
            if Path(f"/proc/{pid}").exists():
                sizes.append(resident_bytes(pid))

        assert len(pids) > 5
        assert max(sizes, default=0) < born + setup.memory_bytes // 4 + 2 * leak
        assert resident_bytes(os.getpid()) - before < 16 * MIB
        assert await at.judges_as_ever()


async def test_d8_a_kernel_that_refuses_to_fork_is_asked_again_and_mail_waits() -> None:
    async with ward("tests.support.engines:without_room_to_fork") as at:
        assert await at.judges_as_ever()
        assert "Resource temporarily unavailable" in str(at.events("workers_missing")[0]["why"])


async def test_d8_while_it_refuses_the_sender_keeps_the_mail() -> None:
    async with ward("tests.support.engines:never_room_to_fork", queue_seconds=0.5) as at:
        assert await at.send(b"clean") == replies.BUSY
        assert len(at.events("workers_missing")) == 1


@pytest.mark.parametrize("layer", LAYERS)
async def test_d9_without_a_layer_that_is_required_nothing_starts_and_it_is_named(
    layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(kernel_without(layer, tmp_path)), *sys.path])
    pool = Pool(Setup(), workers=1, factory=BY_WORD, required=frozenset(LAYERS))

    with pytest.raises(PoolStartError, match=rf"do not hold: {layer} \(.*not implemented\)"):
        await pool.start()


async def test_d10_a_poison_message_that_comes_twenty_times_costs_two_workers() -> None:
    async with ward() as at:
        answers = [await at.send(b"crash") for _ in range(20)]

        assert answers[0] == replies.DEFERRED
        assert {reply.code for reply in answers[1:]} == {250}
        assert len(at.held()) == 19
        assert len(at.events("worker_failed")) == 2
        assert await at.judges_as_ever()


async def test_d11_whatever_a_worker_tries_is_refused() -> None:
    async with ward("tests.support.engines:outlaws") as at:
        report = await scan(at.pool, b"x")

        assert {f.code.removeprefix("test."): f.evidence for f in report.findings} == dict.fromkeys(
            OUTLAWS, "EPERM"
        )


@pytest.mark.parametrize("attempt", DEADLY_ATTEMPTS)
async def test_d11_who_tries_what_no_parser_needs_is_caught_and_its_message_not_clean(
    attempt: str,
) -> None:
    async with ward("tests.support.engines:desperadoes") as at:
        report = await scan(at.pool, attempt.encode())

    [gap] = report.gaps
    assert gap.reason is Reason.LOST
    assert "SIGSYS" in gap.detail


def test_d12_the_message_cannot_be_changed_by_whoever_holds_it() -> None:
    with spooled(b"as it came") as message:
        with pytest.raises(PermissionError):
            os.pwrite(message.fileno(), b"changed", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(message.fileno(), 0)

        assert os.pread(message.fileno(), 99, 0) == b"as it came"


async def test_d13_rules_that_kill_worker_after_worker_are_taken_back() -> None:
    good = Setup((RulePack("core", "1", ()),))
    deadly = Setup((RulePack("core", "2", (RuleFile("deadly.yar", "crash"),)),))
    async with ward("tests.support.engines:deadly_by_rules", setup=good) as at:
        await at.pool.reload(deadly)
        answers = [await at.send(b"%d" % n) for n in range(5)]
        async with asyncio.timeout(10):
            while not at.events("rules_reverted"):  # noqa: ASYNC110 - the log has no event loop
                await asyncio.sleep(0.02)

        assert set(answers) == {replies.DEFERRED}
        assert at.events("workers_dying")[0]["pack"] == "core 2"
        assert at.events("rules_reverted")[0]["pack"] == "core 1"
        assert (await scan(at.pool, b"1")).pack == Pack("core", "1")
        assert {(await at.send(b"%d" % n)).code for n in range(5)} == {250}
        assert len(at.home.sink.deliveries) == 5


async def test_a24_a_worker_that_is_killed_is_451_and_the_retry_is_judged() -> None:
    async with ward() as at, asyncio.TaskGroup() as group:
        under_way = group.create_task(at.send(b"sleep 1"))
        await asyncio.sleep(0.3)
        zygote = parent_of(await worker_of(at.pool))
        for task in Path(f"/proc/{zygote}/task").iterdir():
            for child in (task / "children").read_text().split():
                os.kill(int(child), signal.SIGKILL)

        assert await under_way == replies.DEFERRED
        # Whoever got an idle worker in the moment in which all of them died comes back too.
        assert (await at.send(b"clean at once")).code in {250, 451}
        assert (await at.send(b"sleep 0.1")).code == 250


async def test_a25_without_its_zygote_mail_waits_and_what_was_under_way_comes_back() -> None:
    async with ward() as at, asyncio.TaskGroup() as group:
        zygote = parent_of(await worker_of(at.pool))
        under_way = group.create_task(at.send(b"sleep 3600"))
        await asyncio.sleep(0.3)
        os.kill(zygote, signal.SIGKILL)
        killed = time.monotonic()

        assert await under_way == replies.DEFERRED
        # Whoever got an idle worker in the moment in which all of them die comes back too.
        assert (await at.send(b"clean at once")).code in {250, 451}
        assert await at.judges_as_ever()
        # Two seconds on a machine with nothing else to do, see test_stock.
        assert time.monotonic() - killed < 10


async def test_a25_while_no_zygote_starts_the_sender_keeps_the_mail(tmp_path: Path) -> None:
    setup = Setup((RulePack("core", "1", (), description=str(tmp_path / "loaded")),))
    once = "tests.support.engines:starts_once"
    async with ward(once, setup=setup, queue_seconds=0.5) as at:
        os.kill(parent_of(await worker_of(at.pool)), signal.SIGKILL)
        await asyncio.sleep(0.5)  # until the workers have died with it

        assert await at.send(b"clean") == replies.BUSY
        assert not at.home.sink.deliveries
        assert not at.held()
