"""What a zygote builds and its workers serve: the engine, or one that a test puts in its place."""

from dataclasses import dataclass
from typing import Protocol

from gateway.model import Pack, Report
from gateway.scan.api import Context
from gateway.scan.watch import Unwatched, Watch


class Scanner(Protocol):
    """What a worker serves: the engine, or an engine of a test."""

    def scan(
        self,
        data: bytes,
        name: str,
        *,
        declared_type: str = "",
        context: Context = Context(),
        watch: Watch = Unwatched(),
    ) -> Report:
        """Look at ``data``, and at every file inside it; ``watch`` is told of every step."""


@dataclass(frozen=True, slots=True)
class Built:
    """An engine, the rules that it judges by, and which rule files had to be left out."""

    scanner: Scanner
    pack: Pack
    problems: tuple[str, ...] = ()
