"""Files that belong to no item: they are kept, because a newer index may know them.

What a crash leaves half way has no name yet, and is settled by itself (`files.py`). A file with a
name was an item once, or somebody else put it there; only a person can say that it may go.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from quarantine.errors import IntegrityError
from quarantine.parts import Parts
from quarantine.store import Blobs

# A message is on the disk a moment before its row is: a younger one may still be on its way.
_YOUNG_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Orphans:
    """The orphans of one lockbox."""

    parts: Parts

    def names(self) -> list[str]:
        """The files that no row knows, by name."""
        return [name for name in grown(self.parts.blobs) if not self.parts.has(name)]

    def remove(self, name: str, *, who: str, why: str) -> None:
        """Remove one for good, and record it first.

        Raises IntegrityError while the index is older than it once was: the file may be the
        message of an item that a newer one has.
        """
        if self.parts.head_file.has_lost_its_end():
            raise IntegrityError(
                "the end of the index is lost, and the file may belong to it: restore a newer "
                "index, or remove audit.head if there is none"
            )
        if self.parts.has(name):
            return
        entry = self.parts.entry("orphan-removed", who=who, why=f"{name}: {why}")
        self.parts.written(lambda: self.parts.index.record(entry))
        self.parts.blobs.remove(name)


def grown(blobs: Blobs) -> Iterator[str]:
    """The names of all files that are old enough to have their row."""
    return (name for name, age in sorted(blobs.ages()) if age > _YOUNG_SECONDS)
