import os

from gateway.model import Level, Reason
from gateway.workers.frames import Setup
from tests.support.engines import OUTLAWS
from tests.support.pools import scan, started


async def test_an_empty_message_is_scanned_too() -> None:
    async with started("tests.support.engines:threads") as pool:
        assert (await scan(pool, b"")).is_clean


async def test_a_message_of_many_megabytes_arrives_whole() -> None:
    async with started() as pool:
        report = await scan(pool, b"clean " + os.urandom(1 << 20) * 50)

        assert report.is_clean
        assert report.artifacts[0].size == 6 + (50 << 20)


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


async def test_a_report_that_fits_in_no_frame_keeps_the_worst_and_says_so() -> None:
    async with started("tests.support.engines:too_much_to_say") as pool:
        report = await scan(pool, b"")

        assert report.gaps[0].reason is Reason.TOO_MANY
        assert "1001 files" in report.gaps[0].detail
        assert report.findings[0].level is Level.MALICIOUS
        assert report.artifacts[0].lineage == ("message",)


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
