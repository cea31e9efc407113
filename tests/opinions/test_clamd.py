from pathlib import Path

import pytest

from gateway.model import Finding, Gap, Level, Reason
from gateway.opinions.clamd import Clamd, ClamdError
from gateway.spool import Spool
from tests.support.clamd import WORD, FakeClamd, clamd

PLACE = ("message",)


async def opinion(fake: FakeClamd, message: bytes, seconds: float = 5.0) -> list[Finding | Gap]:
    with Spool() as spool:
        spool.write(message)
        spool.seal()
        return await Clamd(str(fake.path), seconds).look(spool, PLACE)


async def test_what_clamd_knows_is_malicious(tmp_path: Path) -> None:
    async with clamd(tmp_path) as fake:
        (finding,) = await opinion(fake, b"Subject: x\r\n\r\n" + WORD)

    assert finding == Finding(
        "clamd.found", Level.MALICIOUS, "ClamAV knows this file", "Test.Word-1", PLACE
    )


async def test_clamd_sees_every_byte_of_a_big_message(tmp_path: Path) -> None:
    message = bytes(range(256)) * 4096 + b"the end"
    async with clamd(tmp_path) as fake:
        assert await opinion(fake, message) == []

        assert fake.streams == [message]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", Reason.TOO_BIG),
        (b"stream: Heuristics.Encrypted.Zip FOUND\0", Reason.ENCRYPTED),
        (b"INSTREAM size limit exceeded. ERROR\0", Reason.TOO_BIG),
    ],
)
async def test_what_clamd_did_not_look_at_is_a_gap(
    answer: bytes, reason: Reason, tmp_path: Path
) -> None:
    async with clamd(tmp_path) as fake:
        fake.answer = answer

        (gap,) = await opinion(fake, b"x")

    assert isinstance(gap, Gap)
    assert gap.reason is reason


async def test_a_stream_that_clamd_cuts_off_is_a_gap(tmp_path: Path) -> None:
    async with clamd(tmp_path) as fake:
        fake.limit = 300_000

        (gap,) = await opinion(fake, bytes(8 << 20))

    assert isinstance(gap, Gap)
    assert gap.reason is Reason.TOO_BIG


async def test_a_guess_of_clamd_is_suspicious(tmp_path: Path) -> None:
    async with clamd(tmp_path) as fake:
        fake.answer = b"stream: PUA.Win.Tool.Thing-1 FOUND\0"

        (finding,) = await opinion(fake, b"x")

    assert isinstance(finding, Finding)
    assert finding.level is Level.SUSPICIOUS


@pytest.mark.parametrize("answer", [b"nonsense\0", b"\xff\0", b"stream: x\0"])
async def test_nonsense_is_no_opinion(answer: bytes, tmp_path: Path) -> None:
    async with clamd(tmp_path) as fake:
        fake.answer = answer

        with pytest.raises(ClamdError, match="answered"):
            await opinion(fake, b"x")


async def test_a_clamd_that_is_silent_is_no_opinion(tmp_path: Path) -> None:
    async with clamd(tmp_path) as fake:
        fake.is_silent = True

        with pytest.raises(ClamdError, match=r"more than 0\.2 s"):
            await opinion(fake, b"x", seconds=0.2)


async def test_a_clamd_that_is_not_there_is_no_opinion(tmp_path: Path) -> None:
    with pytest.raises(ClamdError, match="No such file"):
        await Clamd(str(tmp_path / "clamd.ctl"), 1.0).ping()
