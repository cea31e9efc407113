"""The real engine with analyzers that get into trouble: the first word of a file says which."""

import time
from collections.abc import Callable, Iterator

from gateway.model import Finding, Gap, Level, Pack
from gateway.scan.api import Artifact, Context
from gateway.scan.engine import Engine
from gateway.scan.extractors.zip import ZipExtractor
from gateway.workers.frames import Setup
from gateway.workers.scanner import Built
from tests.support.engines import crash, eat_memory, hang_in_c

PACK = Pack("test", "1")


class Finder:
    """Finds the word that it looks for."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        if b"bad word" in artifact.data:
            yield Finding("test.found", Level.MALICIOUS, "Found", "bad word", artifact.lineage)


class Trouble:
    """Finds something, and then gets into trouble."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        word = artifact.data.partition(b" ")[0]
        if word in _TROUBLES:
            yield Finding("test.before", Level.NOTE, "Before the trouble", "", artifact.lineage)
            _TROUBLES[word]()


def _spin() -> None:
    while True:
        time.monotonic()


def _stubborn() -> None:
    """As some libraries do: whatever goes wrong with one record, go on with the next."""
    while True:
        try:
            time.monotonic()
        except Exception:  # noqa: BLE001 - just what it is here for
            continue


def _sleep() -> None:
    time.sleep(3600)


_TROUBLES: dict[bytes, Callable[[], None]] = {
    b"spin": _spin,
    b"stubborn": _stubborn,
    b"sleep": _sleep,
    b"hang": hang_in_c,
    b"crash": crash,
    b"eat": eat_memory,
}


def troubled(setup: Setup) -> Built:
    engine = Engine((ZipExtractor(),), (Finder(), Trouble()), pack=PACK, limits=setup.limits)
    return Built(engine, PACK)
