"""Bombs through a real worker in its sandbox: each ends within its budget, and nobody is hurt."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.model import Reason, Report
from gateway.packs import load
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool
from tests.support import files
from tests.support.bombs import BOMBS
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.pools import scan

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

MAIL = "message/rfc822"
SETUP = Setup(load.load().packs)
_FAULTS = frozenset({Reason.CRASHED, Reason.LOST, Reason.TOO_SLOW})
_MILLISECONDS = 20_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    made = Pool(SETUP, workers=1, deadline_seconds=60)
    await made.start()
    yield made
    await made.close()


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def faults(report: Report) -> list[str]:
    """What is our fault, or took longer than anybody should wait."""
    told = [f"{gap.reason}: {gap.detail}" for gap in report.gaps if gap.reason in _FAULTS]
    return told + (["slow"] if report.milliseconds > _MILLISECONDS else [])


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_a_gap_or_costs_nothing_and_the_next_message_is_judged(
    name: str, pool: Pool
) -> None:
    bomb = BOMBS[name]
    data = bomb.build()
    before = resident_bytes()

    report = await scan(pool, data, declared_type=MAIL)

    assert faults(report) == []
    assert not report.killed_its_worker
    assert bomb.reason is None or bomb.reason in {gap.reason for gap in report.gaps}
    assert len(report.artifacts) <= SETUP.limits.files + 1
    assert resident_bytes() - before < 32 << 20
    assert (await scan(pool, b"Subject: next\r\n\r\ntext\r\n", declared_type=MAIL)).is_clean


@needs_corpus
@pytest.mark.parametrize("name", ["olefile_20s_2500MB.doc", "nested_l2.zip"])
async def test_so_does_a_bomb_of_the_corpus(name: str, pool: Pool) -> None:
    (path,) = CORPUS.rglob(name)

    report = await scan(pool, path.read_bytes())

    assert faults(report) == []
    assert report.gaps
    assert (await scan(pool, files.zipped({"a.txt": b"text"}))).is_clean


@needs_corpus
async def test_an_archive_that_holds_itself_is_opened_once(pool: Pool) -> None:
    (path,) = CORPUS.rglob("droste.zip")

    report = await scan(pool, path.read_bytes())

    assert faults(report) == []
    assert {finding.code for finding in report.findings} == {"archive.copy"}
    assert len(report.artifacts) < 5
