"""Damaged files of every kind through real workers, for LAZARETTO_FUZZ_SECONDS.

Any bytes must give a report, and none of its gaps may be our own fault.
What fails is written to a file, so that it can become a test.
"""

import os
import random
import time
from pathlib import Path

import pytest

from gateway.demo import samples
from gateway.demo.mail import SAMPLES
from gateway.model import Gap, Reason
from gateway.packs import load
from gateway.spool import Spool
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool
from tests.support.corpus import CORPUS

pytestmark = pytest.mark.fuzz

SECONDS = float(os.environ.get("LAZARETTO_FUZZ_SECONDS", "20"))
_FAULTS = frozenset({Reason.CRASHED, Reason.LOST, Reason.TOO_SLOW})
_BIGGEST = 256 << 10


def seeds() -> list[bytes]:
    """Good files to damage: look-alikes of ours, and small ones of a corpus where there is one."""
    ours = [sample.message() for sample in SAMPLES]
    ours += [samples.docm_with_autorun_macro(), samples.laboratory_pdf(), samples.dicom_image()]
    ours += [samples.encrypted_zip("a", b"a" * 99, b"x"), samples.zip_of({"a": samples.eicar()})]
    found = [path for path in (CORPUS / "files").rglob("*") if path.is_file()]
    return ours + [p.read_bytes() for p in sorted(found) if 0 < p.stat().st_size < _BIGGEST]


def damaged(chance: random.Random, good: bytes, other: bytes) -> bytes:
    """``good`` with bytes changed, cut out, doubled, or with a piece of ``other`` in it."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 12)):
        place, length = chance.randrange(len(data) or 1), chance.randint(1, 64)
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + length]
            case 2:
                data[place:place] = data[place : place + length]
            case 3:
                begin = chance.randrange(len(other) or 1)
                data[place : place + length] = other[begin : begin + length]
            case _:
                data[place : place + 4] = chance.choice((b"\0" * 4, b"\xff" * 4, b"\x7f\xff\0\0"))
    return bytes(data)


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
