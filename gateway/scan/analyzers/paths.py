"""Says which file has a name that leads out of the folder into which it is unpacked."""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats.filenames import runs

_UPWARDS = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")
_CARELESS = re.compile(r"\.\./(?!\.\.)[^/\\]+")
"""One step up at the beginning: some honest packers write that."""
_FROM_THE_ROOT = re.compile(r"[A-Za-z]:[\\/]|[\\/]{1,2}[^\\/]")


class PathAnalyzer:
    """Looks at the names of every file."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding, for the worst of the names."""
        upwards = [name for name in artifact.names if _UPWARDS.search(name)]
        hostile = next((name for name in upwards if not _is_careless(name)), "")
        rooted = next(filter(_FROM_THE_ROOT.match, artifact.names), "")
        if upwards:
            level, name = (Level.SUSPICIOUS, hostile) if hostile else (Level.NOTE, upwards[0])
            yield _finding(level, "A name that leads out of its folder", name, artifact)
        elif rooted:
            yield _finding(Level.NOTE, "A name that begins at the root", rooted, artifact)


def _is_careless(name: str) -> bool:
    return _CARELESS.fullmatch(name) is not None and not runs(name)


def _finding(level: Level, summary: str, name: str, artifact: Artifact) -> Finding:
    return Finding("archive.path", level, summary, quote(name, 80), artifact.lineage)
