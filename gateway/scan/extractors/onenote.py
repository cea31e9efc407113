"""Opens OneNote sections: the files that are attached to their pages, pictures included."""

from collections.abc import Iterator
from itertools import count

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.evidence import quote
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.office import onestore
from gateway.scan.kinds import Kind


class OneNoteExtractor:
    """Opens .one, as the program and as the web site write it."""

    kinds = frozenset({Kind.ONENOTE})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each attached file."""
        number = count(1)
        for attached in onestore.files(artifact.data):
            if attached.name:
                yield Finding(
                    "onenote.attached",
                    Level.NOTE,
                    "A file is attached to a page of OneNote",
                    quote(attached.name),
                    artifact.lineage,
                )
            stream = inflate.stored(artifact.data, attached.start, attached.stop)
            yield Member(attached.name or f"file {next(number)}", stream)
