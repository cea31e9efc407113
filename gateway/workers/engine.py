"""Builds the engine that workers are forked with: every parser imported, every rule compiled."""

import encodings
import importlib
import pkgutil

from gateway.model import Finding
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.builtin import ANALYZERS, BY_BYTES, EXTRACTORS, REVIEWERS
from gateway.scan.engine import Engine
from gateway.scan.formats.pdf import lock as pdflock
from gateway.scan.known import ByBytes, Known
from gateway.scan.libyara import compile_rules
from gateway.workers.frames import Setup
from gateway.workers.scanner import Built


def build_engine(setup: Setup) -> Built:
    """The engine that ships."""
    preload()
    rules = compile_rules(setup.packs, seconds=max(1, int(setup.limits.engine_seconds)))
    seen: Known[Finding] = Known(setup.known)
    engine = Engine(
        EXTRACTORS,
        (
            YaraAnalyzer(rules, seen),
            *(ByBytes(a, seen) if type(a) in BY_BYTES else a for a in ANALYZERS),
        ),
        pack=rules.pack,
        limits=setup.limits,
        known=Known(setup.known),
        passwords=setup.passwords,
        reviewers=REVIEWERS,
        echoes=rules.all.echoes(),
    )
    return Built(engine, rules.pack, tuple(map(str, rules.problems)))


def preload() -> None:
    """Import what the parsers would import at first use: a worker opens no files."""
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in _WINDOWS_ONLY:
            importlib.import_module(f"encodings.{module.name}")
    pdflock.prime()


_WINDOWS_ONLY = frozenset({"mbcs", "oem"})
