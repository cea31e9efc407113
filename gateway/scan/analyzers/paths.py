"""Says which file has a name that leads out of the folder into which it is unpacked."""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote

_UPWARDS = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")
_FROM_THE_ROOT = re.compile(r"[A-Za-z]:[\\/]|[\\/]{1,2}[^\\/]")


class PathAnalyzer:
    """Looks at the names of every file."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding, for the worst of the names."""
        upwards = next(filter(_UPWARDS.search, artifact.names), "")
        rooted = next(filter(_FROM_THE_ROOT.match, artifact.names), "")
        if upwards:
            yield _finding(
                Level.SUSPICIOUS, "A name that leads out of its folder", upwards, artifact
            )
        elif rooted:
            yield _finding(Level.NOTE, "A name that begins at the root", rooted, artifact)


def _finding(level: Level, summary: str, name: str, artifact: Artifact) -> Finding:
    return Finding("archive.path", level, summary, quote(name, 80), artifact.lineage)
