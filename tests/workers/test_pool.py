import asyncio
import os
import resource
import select
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.model import Level, Pack, Reason, Report
from gateway.packs.format import RulePack
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool, PoolBusyError, PoolStartError
from tests.support.engines import OUTLAWS, PACK, spooled

BY_WORD = "tests.support.engines:by_word"


@asynccontextmanager
async def started(
    factory: str = BY_WORD,
    *,
    setup: Setup = Setup(),
    workers: int = 1,
    deadline_seconds: float = 20.0,
    queue_seconds: float = 20.0,
    recycle_after: int = 200,
) -> AsyncIterator[Pool]:
    pool = Pool(
        setup,
        workers=workers,
        deadline_seconds=deadline_seconds,
        queue_seconds=queue_seconds,
        recycle_after=recycle_after,
        factory=factory,
    )
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def scan(pool: Pool, data: bytes, *, name: str = "message") -> Report:
    with spooled(data) as message:
        return await pool.scan(message, name=name, declared_type="", sender_domain="")


async def worker_of(pool: Pool) -> int:
    """The process that scans a clean message."""
    return int((await scan(pool, b"clean")).findings[0].evidence)


async def test_a_message_is_scanned_in_another_process() -> None:
    async with started() as pool:
        report = await scan(pool, b"clean")

        assert report.is_clean
        assert report.pack == PACK
        assert int(report.findings[0].evidence) != os.getpid()


async def test_start_tells_what_the_zygote_said() -> None:
    pool = Pool(Setup(), factory="tests.support.engines:with_problems")

    said = await pool.start()

    await pool.close()
    assert said.pack == PACK
    assert said.problems == ("x.yar:12: undefined identifier",)
    assert {layer.name for layer in said.layers} >= {"seccomp", "limits", "landlock"}


async def test_an_empty_message_is_scanned_too() -> None:
    async with started("tests.support.engines:threads") as pool:
        assert (await scan(pool, b"")).is_clean


async def test_a_message_of_many_megabytes_arrives_whole() -> None:
    async with started() as pool:
        report = await scan(pool, b"clean " + os.urandom(1 << 20) * 50)

        assert report.is_clean
        assert report.artifacts[0].size == 6 + (50 << 20)


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


async def test_memory_is_bounded_and_running_out_of_it_is_a_gap() -> None:
    async with started(setup=Setup(memory_bytes=256 << 20)) as pool:
        report = await scan(pool, b"eat")

        [gap] = report.gaps
        assert gap.reason is Reason.CRASHED
        assert "MemoryError" in gap.detail


async def test_processor_time_is_bounded() -> None:
    async with started(setup=Setup(cpu_seconds=1)) as pool:
        report = await scan(pool, b"hang")

        assert report.gaps[0].detail == "the worker was killed by SIGXCPU"


async def test_a_bug_outside_of_any_detector_is_a_gap() -> None:
    async with started() as pool:
        report = await scan(pool, b"bug")

        [gap] = report.gaps
        assert gap.reason is Reason.CRASHED
        assert gap.detail == "RuntimeError: the engine has a bug"


async def test_every_attempt_to_break_out_is_refused() -> None:
    async with started("tests.support.engines:outlaws") as pool:
        report = await scan(pool, b"")

        assert not report.gaps
        assert {f.code.removeprefix("test."): f.evidence for f in report.findings} == dict.fromkeys(
            OUTLAWS, "EPERM"
        )


async def test_libraries_may_have_threads() -> None:
    async with started("tests.support.engines:threads") as pool:
        assert (await scan(pool, b"")).findings[0].evidence == "4"


async def test_a_report_that_fits_in_no_frame_is_shortened_and_says_so() -> None:
    async with started("tests.support.engines:too_much_to_say") as pool:
        report = await scan(pool, b"")

        assert report.gaps[0].reason is Reason.TOO_MANY
        assert "1901 files" in report.gaps[0].detail
        assert report.artifacts[0].lineage == ("message",)


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


async def test_findings_come_back_as_they_were_found() -> None:
    async with started() as pool:
        report = await scan(pool, b"bad", name="lettre.eml")

        finding = report.findings[1]
        assert finding.level is Level.MALICIOUS
        assert finding.lineage == ("lettre.eml",)


async def test_a_name_that_cannot_be_encoded_or_is_endless_is_no_reason_to_fail() -> None:
    async with started() as pool:
        report = await scan(pool, b"clean", name="r\udce9sultat" + "x" * 5_000)

        assert report.is_clean
        assert report.artifacts[0].name.startswith("r?sultat")


async def test_nobody_waits_for_a_worker_longer_than_agreed() -> None:
    async with started(workers=1, queue_seconds=0.2) as pool:
        async with asyncio.TaskGroup() as busy:
            slow = [busy.create_task(scan(pool, b"sleep 0.5")) for _ in range(2)]
            await asyncio.sleep(0.05)
            with pytest.raises(PoolBusyError, match=r"no worker became free within 0\.2 s"):
                await scan(pool, b"clean")

        assert all(task.result().is_clean for task in slow)


async def test_big_messages_do_not_keep_a_small_one_waiting() -> None:
    big = b"sleep 0.4 " + bytes(2 << 20)
    async with started(workers=1, queue_seconds=5) as pool, asyncio.TaskGroup() as busy:
        slow = [busy.create_task(scan(pool, big)) for _ in range(3)]
        await asyncio.sleep(0.05)

        assert (await scan(pool, b"clean")).is_clean
        assert not any(task.done() for task in slow)


async def test_a_caller_that_gives_up_leaves_no_worker_behind() -> None:
    async with started(workers=1) as pool:
        given_up = asyncio.ensure_future(scan(pool, b"sleep 3600"))
        await asyncio.sleep(0.2)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up

        for _ in range(5):
            assert (await scan(pool, b"clean")).is_clean


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


async def test_a_killed_zygote_is_back_within_two_seconds() -> None:
    async with started(queue_seconds=5) as pool:
        zygote = parent_of(await worker_of(pool))
        os.kill(zygote, signal.SIGKILL)
        killed = time.monotonic()
        await asyncio.sleep(0.05)

        assert parent_of(await worker_of(pool)) != zygote
        assert time.monotonic() - killed < 2


async def test_a_message_whose_zygote_dies_is_a_gap() -> None:
    async with started(queue_seconds=5) as pool:
        zygote = parent_of(await worker_of(pool))
        under_way = asyncio.ensure_future(scan(pool, b"sleep 3600"))
        await asyncio.sleep(0.1)
        os.kill(zygote, signal.SIGKILL)

        assert (await under_way).gaps[0].detail == "the worker died with its zygote"


async def test_a_worker_that_is_killed_while_idle_is_replaced_unseen() -> None:
    async with started() as pool:
        for pid in {await worker_of(pool) for _ in range(6)}:
            os.kill(pid, signal.SIGKILL)
            until_gone(pid)

        assert all([(await scan(pool, b"clean")).is_clean for _ in range(6)])


async def test_a_kernel_that_refuses_to_fork_is_asked_again() -> None:
    async with started("tests.support.engines:without_room_to_fork", queue_seconds=5) as pool:
        assert (await scan(pool, b"clean")).is_clean


def until_gone(pid: int) -> None:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([pidfd], [], [])
    os.close(pidfd)


async def test_a_zygote_that_cannot_start_is_told() -> None:
    pool = Pool(Setup(), factory="tests.support.engines:cannot_start")

    with pytest.raises(PoolStartError, match="status 7"):
        await pool.start()


async def test_a_missing_layer_that_is_required_keeps_the_pool_from_starting() -> None:
    without_landlock = "tests.support.engines:without_landlock"
    pool = Pool(Setup(), factory=without_landlock, required=frozenset({"landlock"}))

    with pytest.raises(PoolStartError, match=r"landlock \(.*not implemented\)"):
        await pool.start()


async def test_a_missing_layer_that_is_not_required_is_only_told() -> None:
    pool = Pool(Setup(), factory="tests.support.engines:without_landlock")

    said = await pool.start()

    await pool.close()
    assert [layer.name for layer in said.layers if not layer.holds] == ["landlock"]


def rules(version: str) -> Setup:
    return Setup(packs=(RulePack("core", version, ()),))


async def test_new_rules_judge_from_the_next_message_on() -> None:
    async with started("tests.support.engines:named_by_rules", setup=rules("1")) as pool:
        before = await scan(pool, b"")
        said = await pool.reload(rules("2"))

        assert before.pack == Pack("core", "1")
        assert said.pack == Pack("core", "2")
        assert {(await scan(pool, b"")).pack.version for _ in range(6)} == {"2"}


async def test_a_message_under_way_is_finished_under_the_rules_that_it_began_with() -> None:
    async with started() as pool:
        under_way = asyncio.ensure_future(scan(pool, b"sleep 0.5"))
        await asyncio.sleep(0.1)
        await pool.reload(Setup())

        assert (await scan(pool, b"clean")).is_clean
        assert not under_way.done()
        assert (await under_way).is_clean


async def test_rules_that_do_not_load_leave_the_old_ones_at_work() -> None:
    async with started("tests.support.engines:named_by_rules", setup=rules("1")) as pool:
        with pytest.raises(PoolStartError):
            await pool.reload(Setup())

        assert (await scan(pool, b"")).pack.version == "1"


async def test_a_scan_under_way_when_the_pool_is_closed_is_a_gap() -> None:
    async with started() as pool:
        under_way = asyncio.ensure_future(scan(pool, b"sleep 3600"))
        await asyncio.sleep(0.2)

    assert (await under_way).gaps[0].reason is Reason.LOST


async def test_workers_die_with_a_gateway_that_is_killed() -> None:
    script = """
import asyncio
from tests.workers.test_pool import parent_of, started, worker_of

async def main():
    async with started() as pool:
        worker = await worker_of(pool)
        print(worker, parent_of(worker), flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""
    gateway = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert gateway.stdout
    worker, zygote = map(int, (await gateway.stdout.readline()).split())

    gateway.kill()
    await gateway.wait()

    until_gone(zygote)
    until_gone(worker)


async def test_nothing_is_left_running_when_the_pool_is_closed() -> None:
    async with started() as pool:
        worker = await worker_of(pool)
        zygote = parent_of(worker)

    until_gone(zygote)
    until_gone(worker)
