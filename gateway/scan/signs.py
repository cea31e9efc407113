"""What an analyzer sees, piece by piece, before it is told: pieces of one sort are one finding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.model import Finding, Level
from gateway.scan.api import Artifact
from gateway.scan.codes import FINDINGS

_SHOWN = 4
_MOST = 1_000
"""Of one sort; what comes after them tells nothing new."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One piece. ``evidence`` is short and printable, "" where the summary says all."""

    code: str
    level: Level
    summary: str
    evidence: str = ""


def findings(artifact: Artifact, signs: Iterable[Sign]) -> Iterator[Finding]:
    """One finding for all signs with one code, level and summary, with the first few of them."""
    sorts: dict[tuple[str, Level, str], dict[str, None]] = {}
    for sign in signs:
        shown = sorts.setdefault((sign.code, sign.level, sign.summary), {})
        if sign.evidence and len(shown) < _MOST:
            shown[sign.evidence] = None
    for (code, level, summary), shown in sorts.items():
        evidence = "; ".join([*shown][:_SHOWN])
        more = len(shown) - _SHOWN
        evidence += f"; and {more} more" if more > 0 else ""
        technique = FINDINGS[code].technique or None
        yield Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
