"""Damaged files straight into every parser of ours, for a share of LAZARETTO_FUZZ_SECONDS each.

A parser gives an answer or raises what it says it raises, and is not long about it.
What fails is written to a file, so that it can become a test.
"""

import ast
import os
import pkgutil
import random
import time
from collections.abc import Iterator
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
_FORMATS = "gateway.scan.formats"
_MAIL = "gateway.mime"
_XLM = f"{_FORMATS}.office.xlm"
NO_PARSERS = frozenset(
    {
        # values, lists and patterns
        *(f"{_FORMATS}.{name}" for name in ("addresses", "mediatypes", "filenames", "kindnames")),
        f"{_FORMATS}.office.classes",
        *(f"{_MAIL}.{name}" for name in ("embedded", "entity", "structure", "transfer", "names")),
        # parts of the reader of mail, which is a target as a whole
        *(f"{_MAIL}.{name}" for name in ("forage", "judgement", "payload", "heading", "removal")),
        # parts of the reader of Excel 4.0 macros, whose packages and machine are targets
        *(f"{_XLM}.{name}" for name in ("book", "columns", "functions", "memory", "numbers")),
        *(f"{_XLM}.{name}" for name in ("partbinary", "parts", "partxml", "specials", "tree")),
        # adapters of parsers that are not ours; their analyzers and extractors are targets
        *(f"{_FORMATS}.{name}" for name in ("libmagic", "archives.lib7zip", "office.olevba")),
        *(f"{_FORMATS}.{name}" for name in ("pdf.lock", "pdf.pages")),
        *(f"{_FORMATS}.pictures.{name}" for name in ("barcodes", "pictures")),
        # ask parsers that are targets
        *(f"{_FORMATS}.pdf.{name}" for name in ("actions", "files", "links")),
        *(f"{_FORMATS}.office.{name}" for name in ("objects", "starbasic")),
        *(f"{_FORMATS}.{name}" for name in ("archives.ziplock", "text.smuggling")),
        # the one step of decoders that are targets
        f"{_FORMATS}.archives.backreference",
        # writes
        f"{_FORMATS}.office.compoundwriter",
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
    tree = ast.parse(Path(targets.__file__).read_text())
    told = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names))
    }

    missing = {name for name in _readers() if name not in told | NO_PARSERS}
    assert missing == set()


def _readers() -> Iterator[str]:
    """The modules of formats and of mail, and nothing that only opens a room of them."""
    for package in (gateway.scan.formats, gateway.mime):
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        yield from (each.name for each in found if not each.ispkg)
