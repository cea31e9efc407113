"""Builds the engine that workers are forked with: every parser imported, every rule compiled."""

import encodings
import importlib
import pkgutil
from dataclasses import dataclass
from typing import Protocol

from gateway.model import Pack, Report
from gateway.scan.api import Context
from gateway.scan.builtin import ANALYZERS, EXTRACTORS
from gateway.scan.engine import Engine
from gateway.workers.frames import Setup


class Scanner(Protocol):
    """What a worker serves: the engine, or an engine of a test."""

    def scan(
        self, data: bytes, name: str, *, declared_type: str = "", context: Context = Context()
    ) -> Report:
        """Look at ``data``, and at every file inside it."""


@dataclass(frozen=True, slots=True)
class Built:
    """An engine, the rules that it judges by, and which rule files had to be left out."""

    engine: Scanner
    pack: Pack
    problems: tuple[str, ...] = ()


def build_engine(setup: Setup) -> Built:
    """The engine that ships."""
    preload()
    engine = Engine(EXTRACTORS, ANALYZERS, pack=setup.pack, limits=setup.limits)
    return Built(engine, setup.pack)


def preload() -> None:
    """Import what the parsers would import at first use: a worker opens no files."""
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in _WINDOWS_ONLY:
            importlib.import_module(f"encodings.{module.name}")


_WINDOWS_ONLY = frozenset({"mbcs", "oem"})
