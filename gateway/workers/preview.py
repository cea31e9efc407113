"""Builds an engine that shows what a message says instead of judging it."""

from gateway.model import Pack
from gateway.scan.builtin import EXTRACTORS
from gateway.scan.engine import Engine
from gateway.scan.preview import ANALYZERS
from gateway.workers.engine import preload
from gateway.workers.frames import Setup
from gateway.workers.scanner import Built

_PACK = Pack("preview", "1")


def build_engine(setup: Setup) -> Built:
    """The engine, without rules: it opens what it can and quotes what it reads."""
    preload()
    engine = Engine(
        EXTRACTORS, ANALYZERS, pack=_PACK, limits=setup.limits, passwords=setup.passwords
    )
    return Built(engine, _PACK)
