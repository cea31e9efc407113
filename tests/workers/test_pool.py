import asyncio
import os
import resource
import signal
from pathlib import Path

import pytest

from gateway.model import Reason
from gateway.workers.frames import Setup
from gateway.workers.pool import PoolBusyError
from tests.support.engines import PACK
from tests.support.pools import parent_of, scan, started, worker_of


async def test_a_message_is_scanned_in_another_process() -> None:
    async with started() as pool:
        report = await scan(pool, b"clean")

        assert report.is_clean
        assert report.pack == PACK
        assert int(report.findings[0].evidence) != os.getpid()


@pytest.mark.parametrize(
    ("word", "detail"),
    [
        ("crash", "the worker was killed by SIGSEGV"),
        ("exit", "the worker ended with status 3"),
        ("garbage", "the worker lied: not a valid frame"),
        ("pickle", "the worker lied: not a valid frame"),
        ("huge", "a frame of 1073741824 bytes, where 4194304 are the most"),
        ("truncated", "the frame ends early"),
        ("cut-header", "the frame ends early"),
        ("empty", "the worker lied: not a valid frame"),
        ("other-order", "the answer is for another order"),
        ("other-digest", "the answer is for another message"),
        ("other-pack", "the answer names other rules"),
        ("level-0", "the worker lied: not a valid frame"),
        ("level-99", "the worker lied: not a valid frame"),
    ],
)
async def test_a_dead_or_lying_worker_is_a_gap_and_never_clean(word: str, detail: str) -> None:
    async with started() as pool:
        report = await scan(pool, word.encode())

        [gap] = report.gaps
        assert gap.reason is Reason.LOST
        assert detail in gap.detail
        assert gap.lineage == ("message",)
        assert report.artifacts[0].size == len(word)
        assert (await scan(pool, b"clean")).is_clean


async def test_an_announced_gigabyte_costs_the_gateway_no_memory() -> None:
    async with started() as pool:
        await scan(pool, b"clean")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        await scan(pool, b"huge")

        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 << 10


async def test_a_worker_that_hangs_in_c_is_killed_at_the_deadline() -> None:
    async with started(deadline_seconds=0.3) as pool:
        report = await scan(pool, b"hang")

        [gap] = report.gaps
        assert gap.reason is Reason.TOO_SLOW
        assert gap.detail == "no answer within 0.3 s"
        assert (await scan(pool, b"clean")).is_clean


@pytest.mark.parametrize("word", ["clean", "note"])
async def test_a_worker_keeps_its_place_after_a_harmless_message(word: str) -> None:
    async with started(workers=1) as pool:
        before = {await worker_of(pool) for _ in range(9)}
        await scan(pool, word.encode())

        assert {await worker_of(pool) for _ in range(9)} == before


@pytest.mark.parametrize("word", ["bad", "gap", "bug", "leak"])
async def test_a_worker_that_met_something_is_replaced(word: str) -> None:
    async with started(setup=Setup(memory_bytes=128 << 20)) as pool:
        report = await scan(pool, word.encode())
        touched = int(report.findings[0].evidence) if report.findings else 0

        met = {await worker_of(pool) for _ in range(10)}

        assert touched not in met


async def test_a_worker_is_replaced_after_so_many_messages() -> None:
    async with started(recycle_after=2) as pool:
        pids = [await worker_of(pool) for _ in range(12)]

        assert max(map(pids.count, pids)) == 2


async def test_nobody_waits_for_a_worker_longer_than_agreed() -> None:
    async with started(workers=1, queue_seconds=0.5) as pool:
        async with asyncio.TaskGroup() as busy:
            slow = [busy.create_task(scan(pool, b"sleep 1")) for _ in range(2)]
            await asyncio.sleep(0.05)
            with pytest.raises(PoolBusyError, match=r"no worker became free within 0\.5 s"):
                await scan(pool, b"clean")

        assert all(task.result().is_clean for task in slow)


async def test_big_messages_do_not_keep_a_small_one_waiting() -> None:
    big = b"sleep 0.4 " + bytes(2 << 20)
    async with started(workers=1, queue_seconds=5) as pool, asyncio.TaskGroup() as busy:
        slow = [busy.create_task(scan(pool, big)) for _ in range(3)]
        await asyncio.sleep(0.05)

        assert (await scan(pool, b"clean")).is_clean
        assert not slow[-1].done()


async def test_a_caller_that_gives_up_leaves_no_worker_behind() -> None:
    async with started(workers=1) as pool:
        given_up = asyncio.ensure_future(scan(pool, b"sleep 3600"))
        await asyncio.sleep(0.2)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up

        for _ in range(5):
            assert (await scan(pool, b"clean")).is_clean


async def test_a_pool_without_its_zygote_says_so_until_another_is_there() -> None:
    async with started() as pool:
        zygote = parent_of(await worker_of(pool))
        before = pool.problem
        os.kill(zygote, signal.SIGKILL)
        async with asyncio.timeout(20):
            while not (during := pool.problem):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.001)
            while pool.problem:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

        assert (before, during[:20]) == ("", "the process that for")
        assert (await scan(pool, b"clean")).is_clean
    assert pool.problem == "no rules are loaded"


async def test_a_scan_under_way_when_the_pool_is_closed_is_a_gap() -> None:
    async with started() as pool:
        under_way = asyncio.ensure_future(scan(pool, b"sleep 3600"))
        await asyncio.sleep(0.2)

    assert (await under_way).gaps[0].reason is Reason.LOST


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_a_hundred_troubled_messages_leave_no_descriptor_behind() -> None:
    troubles = [b"bad", b"crash", b"garbage", b"huge", b"bug"]
    async with started(workers=2) as pool:
        before = open_descriptors()

        await asyncio.gather(*[scan(pool, word) for word in troubles * 20])

        # Each worker that is alive has three: which of them are at this moment is chance.
        assert open_descriptors() <= before + 12
