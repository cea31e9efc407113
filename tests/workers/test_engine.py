import sys
from pathlib import Path

from gateway.model import Report
from gateway.packs import load
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool
from tests.support.corpus import needs_corpus, rows
from tests.support.engines import spooled

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BROKEN = "rule broken { condition: no_such_thing }"


async def scan(data: bytes, setup: Setup) -> Report:
    pool = Pool(setup, workers=1)
    await pool.start()
    try:
        with spooled(data) as message:
            return await pool.scan(message, name="f", declared_type="", sender_domain="")
    finally:
        await pool.close()


async def test_the_engine_that_ships_runs_confined_and_judges_by_the_built_in_rules() -> None:
    report = await scan(EICAR, Setup(load.load().packs))

    assert [finding.rule for finding in report.findings] == ["test_eicar"]
    assert report.pack.name == "core"


def test_a_rule_file_that_does_not_compile_is_left_out_and_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yar"
    broken.write_text(BROKEN)

    built = build_engine(Setup(load.load(extra_files=[broken]).packs))

    assert [problem for problem in built.problems if "no_such_thing" in problem]
    assert built.scanner.scan(EICAR, "f").findings


def samples(every: int) -> list[Path]:
    # Those of the fuzzer cost more than a machine without a sandbox should be asked for.
    paths = [row["path"] for row in rows(every=every)]
    return [path for path in paths if "fuzz-finds" not in path.parts]


@needs_corpus
def test_nothing_is_imported_once_the_workers_are_forked() -> None:
    scanner = build_engine(Setup(load.load().packs)).scanner
    before = set(sys.modules)

    for path in samples(every=5):
        scanner.scan(path.read_bytes(), path.name)

    assert set(sys.modules) - before == set()


@needs_corpus
async def test_a_confined_worker_sees_all_that_an_unconfined_engine_sees() -> None:
    paths = samples(every=5)
    setup = Setup(load.load().packs)
    scanner = build_engine(setup).scanner
    pool = Pool(setup, workers=1)
    await pool.start()

    differing = []
    for path in paths:
        data = path.read_bytes()
        with spooled(data) as message:
            seen = await pool.scan(message, name="f", declared_type="", sender_domain="")
        free = scanner.scan(data, "f")
        if codes(seen) != codes(free):
            differing.append((path, codes(seen), codes(free)))

    await pool.close()
    assert differing == []


def codes(report: Report) -> list[str]:
    return sorted([f.code for f in report.findings] + [f"{g.reason}" for g in report.gaps])
