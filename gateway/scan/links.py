"""What is said of links and devices in an archive: they have no content that could be looked at."""

from collections.abc import Sequence

from gateway.model import Finding, Level, Lineage
from gateway.scan.evidence import quote


def links_note(names: Sequence[str], lineage: Lineage) -> Finding:
    """One note for all of them."""
    return Finding(
        "archive.link",
        Level.NOTE,
        "The archive holds links or devices",
        f"{len(names)}, such as {quote(names[0], 60)}",
        lineage,
    )
