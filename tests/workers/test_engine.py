import io
import sys
from pathlib import Path

from msoffcrypto.method.ecma376_agile import ECMA376Agile

from gateway.model import Report
from gateway.packs import load
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool
from tests.support import containers, files, pdf
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


def locked_files() -> dict[str, bytes]:
    two = {"a.txt": files.TEXT, "b.txt": files.TEXT[::-1]}
    document = io.BytesIO(files.zipped({"word/document.xml": bytes(range(256)) * 40}, 0))
    return {
        "old.zip": files.sevenzipped_as_zip(two, password="Xy7!q"),
        "new.zip": files.sevenzipped_as_zip(two, password="Xy7!q", cipher="AES256"),
        "a.7z": files.sevenzipped(two, password="Xy7!q", hide_names=True),
        "a.pdf": pdf.locked(pdf.document(), user="Xy7!q"),
        "open.pdf": pdf.locked(pdf.document(), user=""),
        "a.odt": containers.locked_document({"content.xml": files.TEXT * 9}, "Xy7!q"),
        "a.docx": ECMA376Agile.encrypt("Xy7!q", document),
    }


async def test_a_confined_worker_opens_what_is_locked_in_every_way() -> None:
    said = {"words.txt": b"Mot de passe : Xy7!q"}
    report = await scan(files.zipped({**said, **locked_files()}), Setup(load.load().packs))

    assert report.gaps == ()
    assert [finding.code for finding in report.findings].count("archive.password") == 6


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
