"""What is said of links and devices in an archive: they have no content that could be looked at.

A link that leads out of the archive makes the next file, unpacked through it, land anywhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.model import Finding, Level, Lineage
from gateway.scan.evidence import quote

_FROM_THE_ROOT = re.compile(r"[A-Za-z]:|[\\/]")


@dataclass(frozen=True, slots=True)
class Link:
    """One of them; ``target`` is where it leads, "" for a device."""

    name: str
    target: str = ""
    is_hard: bool = False
    """Hard links lead from the root of the archive, others from the folder that they lie in."""

    @property
    def leads_out(self) -> bool:
        """Whether it leads out of the folder that the archive is unpacked into."""
        if _FROM_THE_ROOT.match(self.target):
            return True
        depth = 0 if self.is_hard else len(_steps(self.name)) - 1
        for step in _steps(self.target):
            depth += -1 if step == ".." else 1
            if depth < 0:
                return True
        return False


def links_finding(links: Sequence[Link], lineage: Lineage) -> Finding:
    """One finding for all of them, with the worst as evidence."""
    out = next((link for link in links if link.leads_out), None)
    shown = out or links[0]
    leads = f" -> {quote(shown.target, 60)}" if shown.target else ""
    return Finding(
        "archive.link",
        Level.SUSPICIOUS if out else Level.NOTE,
        "A link in the archive leads out of it" if out else "The archive holds links or devices",
        f"{len(links)}, such as {quote(shown.name, 60)}{leads}",
        lineage,
    )


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"[\\/]", path) if step not in {"", "."}]
