"""Damaged files straight into every parser of ours, for a share of LAZARETTO_FUZZ_SECONDS each.

A parser gives an answer or raises what it says it raises, and is not long about it.
What fails is written to a file, so that it can become a test.
"""

import os
import random
import time
from pathlib import Path

import pytest

import gateway.mime
import gateway.scan.formats
from tests.fuzz import targets
from tests.fuzz.targets import TARGETS
from tests.support.mutations import damaged, seeds

pytestmark = pytest.mark.fuzz

SECONDS = float(os.environ.get("LAZARETTO_FUZZ_SECONDS", "20")) / len(TARGETS)
_PATIENCE_SECONDS = 10.0
_SEEDS = seeds()
NO_PARSERS = frozenset(
    {
        # values, lists and patterns
        *(
            "addresses",
            "mediatypes",
            "classes",
            "filenames",
            "embedded",
            "entity",
            "structure",
            "transfer",
            "names",
        ),
        # parts of the reader of mail, which is a target as a whole
        *("forage", "judgement", "payload", "heading", "reader"),
        # adapters of parsers that are not ours; their analyzers and extractors are targets
        *("barcodes", "libmagic", "lib7zip", "olevba", "pdflock", "pdfpages", "pictures"),
        # ask parsers that are targets
        *("officeobjects", "pdfactions", "pdffiles", "pdflinks", "ziplock"),
        # the one step of decoders that are targets
        "backreference",
        # writes
        "compoundwriter",
    }
)


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_takes_any_bytes(name: str, tmp_path: Path) -> None:
    target, seed = TARGETS[name], random.randrange(1 << 32)
    chance, deadline, count = random.Random(seed), time.monotonic() + SECONDS, 0
    while time.monotonic() < deadline:
        data = damaged(chance, chance.choice(_SEEDS), chance.choice(_SEEDS))
        file = tmp_path / f"seed-{seed}-{count}"
        began = time.process_time()
        try:
            target.parse(data)
        except target.broken:
            pass
        except BaseException:
            file.write_bytes(data)
            raise
        if time.process_time() - began > _PATIENCE_SECONDS:
            file.write_bytes(data)
            pytest.fail(f"{time.process_time() - began:.1f} s of processor time for {file}")
        count += 1
    print(f"{name}: {count} files, seed {seed}")


def test_every_module_that_reads_a_format_is_a_target() -> None:
    told = Path(targets.__file__).read_text()
    folders = (Path(str(gateway.scan.formats.__file__)), Path(str(gateway.mime.__file__)))
    modules = {path.stem for folder in folders for path in folder.parent.glob("[a-z]*.py")}

    missing = {name for name in modules - NO_PARSERS if f"{name}" not in told}
    assert missing == set()
