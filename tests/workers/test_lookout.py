"""A step that takes too long is cut or killed, and what was seen until then still counts."""

import pytest

from gateway.model import Level, Reason, Report
from gateway.scan.budget import Limits
from gateway.workers.frames import Setup
from tests.support import files
from tests.support.pools import scan, started

TROUBLED = "tests.support.detectors:troubled"
QUICK = Setup(limits=Limits(engine_seconds=0.5))


def troubled_zip(word: bytes) -> bytes:
    return files.zipped(
        {"first.txt": b"the bad word", "second.txt": word, "third.txt": b"bad word"}
    )


def seen(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.lineage[-1]) for finding in report.findings]


@pytest.mark.parametrize("word", [b"spin", b"stubborn", b"sleep"])
async def test_a_step_that_takes_too_long_is_cut_and_the_others_go_on(word: bytes) -> None:
    async with started(TROUBLED, setup=QUICK) as pool:
        report = await scan(pool, troubled_zip(word + b" x"))

        [gap] = report.gaps
        assert (gap.reason, gap.lineage) == (Reason.TOO_SLOW, ("message", "second.txt"))
        assert gap.detail == "Trouble: more than 0.5 s at one file"
        assert seen(report) == [
            ("test.found", "first.txt"),
            ("test.before", "second.txt"),
            ("test.found", "third.txt"),
        ]
        assert not report.killed_its_worker


@pytest.mark.slow
async def test_native_code_that_takes_too_long_is_killed_and_named() -> None:
    async with started(TROUBLED, setup=QUICK, deadline_seconds=60) as pool:
        report = await scan(pool, troubled_zip(b"hang x"))

        [gap] = report.gaps
        assert (gap.reason, gap.lineage) == (Reason.TOO_SLOW, ("message", "second.txt"))
        assert gap.detail == "the worker was killed by SIGPROF, in Trouble"
        assert seen(report) == [("test.found", "first.txt"), ("test.before", "second.txt")]
        assert report.killed_its_worker


async def test_what_was_seen_before_the_deadline_counts() -> None:
    async with started(TROUBLED, deadline_seconds=0.5) as pool:
        report = await scan(pool, troubled_zip(b"hang x"))

        [gap] = report.gaps
        assert (gap.reason, gap.lineage) == (Reason.TOO_SLOW, ("message", "second.txt"))
        assert gap.detail == "no answer within 0.5 s, in Trouble"
        assert seen(report) == [("test.found", "first.txt"), ("test.before", "second.txt")]
        assert report.findings[0].level is Level.MALICIOUS
        assert [one.name for one in report.artifacts] == [
            "message",
            "first.txt",
            "second.txt",
            "third.txt",
        ]


async def test_what_was_seen_before_a_crash_counts() -> None:
    async with started(TROUBLED) as pool:
        report = await scan(pool, troubled_zip(b"crash x"))

        [gap] = report.gaps
        assert (gap.reason, gap.lineage) == (Reason.LOST, ("message", "second.txt"))
        assert gap.detail == "the worker was killed by SIGSEGV, in Trouble"
        assert seen(report) == [("test.found", "first.txt"), ("test.before", "second.txt")]
        assert report.killed_its_worker


async def test_running_out_of_memory_costs_one_step() -> None:
    async with started(TROUBLED, setup=Setup(memory_bytes=256 << 20)) as pool:
        report = await scan(pool, troubled_zip(b"eat x"))

        [gap] = report.gaps
        assert (gap.reason, gap.lineage) == (Reason.CRASHED, ("message", "second.txt"))
        assert "MemoryError" in gap.detail
        assert ("test.found", "third.txt") in seen(report)


async def test_a_worker_that_had_to_cut_a_step_never_sees_another_message() -> None:
    async with started(TROUBLED, setup=QUICK) as pool:
        await scan(pool, troubled_zip(b"spin x"))

        assert (await scan(pool, b"nothing")).is_clean


async def test_nothing_of_the_message_before_is_in_what_counts() -> None:
    async with started(TROUBLED) as pool:
        for _ in range(6):
            await scan(pool, files.zipped({"patient.txt": b"sleepless"}))
        report = await scan(pool, b"crash x")

        assert [one.name for one in report.artifacts] == ["message"]
        assert "patient" not in str(report)
