"""Damaged files of every kind through real workers, for LAZARETTO_FUZZ_SECONDS.

Any bytes must give a report, and none of its gaps may be our own fault.
What fails is written to a file, so that it can become a test.
"""

import os
import random
import time
from pathlib import Path

import pytest

from gateway.model import Gap, Reason
from gateway.packs import load
from gateway.spool import Spool
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool
from tests.support.mutations import damaged, seeds

pytestmark = pytest.mark.fuzz

SECONDS = float(os.environ.get("LAZARETTO_FUZZ_SECONDS", "20"))
_FAULTS = frozenset({Reason.CRASHED, Reason.LOST, Reason.TOO_SLOW})


async def test_damaged_files_are_reports_and_never_our_fault(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    chance, good = random.Random(seed), seeds()
    pool = Pool(Setup(load.load().packs))
    await pool.start()
    deadline, count = time.monotonic() + SECONDS, 0
    faults: list[tuple[Path, Gap]] = []
    while time.monotonic() < deadline and not faults:
        data = damaged(chance, chance.choice(good), chance.choice(good))
        for gap in await scanned(pool, data):
            file = tmp_path / f"seed-{seed}-{count}"
            file.write_bytes(data)
            faults.append((file, gap))
        count += 1
    await pool.close()

    print(f"{count} files, seed {seed}")
    assert faults == []


async def scanned(pool: Pool, data: bytes) -> list[Gap]:
    """The gaps that are our fault."""
    with Spool() as message:
        message.write(data)
        message.seal()
        report = await pool.scan(message, name="f", declared_type="", sender_domain="")
    return [gap for gap in report.gaps if gap.reason in _FAULTS]
