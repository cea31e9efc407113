"""Archives that came up before in the same message: what was seen in them is told again.

An archive that holds itself has no end, and one with nine copies of another costs nine times as
much as there is to see. So the second of the same bytes is not opened. Nothing is lost by it:

Rule 1. Only archives whose members have names of their own count, and only within the same kinds
    of containers: then nobody would look at a member in another way than at that of the first.
Rule 2. What is found or not seen in the first stands for each copy as well, at its place.
Rule 3. What all copies would unpack to is reckoned: a bomb may be made of them.
"""

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gateway.model import Finding, Gap, Level, Lineage, Listed, Reason
from gateway.scan.api import Artifact
from gateway.scan.evidence import quote
from gateway.scan.kinds import Kind

_ARCHIVES = frozenset(
    {Kind.ZIP, Kind.TAR, Kind.CPIO, Kind.AR, Kind.RPM, Kind.XAR, Kind.SEVENZIP, Kind.RAR}
    | {Kind.CAB, Kind.ARJ, Kind.LZH, Kind.ALZ, Kind.ISO, Kind.UDF, Kind.FAT, Kind.WIM}
)


class Copies:
    """What one message holds more than once. At most ``most`` findings and gaps are told again."""

    def __init__(self, most: int, most_levels: int) -> None:
        self._most = most
        self._most_names = most_levels + 1
        self._firsts: dict[Hashable, Lineage] = {}
        self._copies: dict[Lineage, list[Lineage]] = {}

    def first(self, artifact: Artifact) -> Lineage | None:
        """Where the same archive was met before; None when it was not, and is to be opened."""
        if not _ARCHIVES.issuperset(artifact.kinds) or not artifact.sha256:
            return None
        around = frozenset((*artifact.within, artifact.kinds[0]))
        question = (artifact.sha256, artifact.kinds, artifact.declared_type, around)
        first = self._firsts.setdefault(question, artifact.lineage)
        if first == artifact.lineage:
            return None
        self._copies.setdefault(first, []).append(artifact.lineage)
        return first

    def told(self, seen: Iterable[Finding | Gap]) -> Iterator[Finding | Gap]:
        """Tell of every copy what was seen in the first of it; notes are not told again."""
        if not self._copies:
            return
        queue = deque(one for one in seen if isinstance(one, Gap) or one.level > Level.NOTE)
        known = set(queue)
        count = 0
        while queue:
            for twin in self._twins(queue.popleft()):
                if twin in known:
                    continue
                count += 1
                if count > self._most:
                    detail = "more copies of archives with findings than are told of"
                    yield Gap(Reason.TOO_MANY, detail, twin.lineage[:1])
                    return
                known.add(twin)
                queue.append(twin)
                yield twin

    def unpacked(self, listed: Sequence[Listed]) -> int:
        """How many bytes come out of a message with copies when all are opened; 0 without any.

        What lies in itself counts once, for it never comes to an end.
        """
        if not self._copies:
            return 0
        sizes: Counter[Lineage] = Counter()
        for one in listed:
            sizes.update({one.lineage[:cut]: one.size for cut in range(1, len(one.lineage))})
        inside: dict[Lineage, list[Lineage]] = {}
        for first, copies in self._copies.items():
            for copy in copies:
                for cut in range(1, len(copy)):
                    inside.setdefault(copy[:cut], []).append(first)
        return _sum(listed[0].lineage, sizes, inside, {})

    def _twins(self, one: Finding | Gap) -> Iterator[Finding | Gap]:
        for cut in range(1, len(one.lineage) + 1):
            for copy in self._copies.get(one.lineage[:cut], ()):
                lineage = (*copy, *one.lineage[cut:])
                # An archive in itself would be told of for ever.
                is_within = one.lineage[: len(copy)] == copy
                if not is_within and len(lineage) <= self._most_names:
                    yield replace(one, lineage=lineage)


def _sum(
    lineage: Lineage,
    sizes: Mapping[Lineage, int],
    inside: Mapping[Lineage, Sequence[Lineage]],
    known: dict[Lineage, int],
) -> int:
    if lineage not in known:
        known[lineage] = 0  # for an archive in itself
        firsts = inside.get(lineage, ())
        below = sum(_sum(first, sizes, inside, known) for first in firsts)
        known[lineage] = sizes[lineage] + below
    return known[lineage]


def copy_note(artifact: Artifact, first: Lineage) -> Finding:
    """Say that an archive was not opened again, and where its like was."""
    return Finding(
        "archive.copy",
        Level.NOTE,
        "A copy of an archive that was opened before",
        quote(" / ".join(first[1:] or first), 200),
        artifact.lineage,
    )
