"""A message as all its readers see it: the union of their parts, and where they disagree.

Rule 1. What any reading shows is opened; the strict reading first, the others only for what it
        does not show.
Rule 2. One part is decoded at a time, when it is asked for.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.mime import judgement, structure
from gateway.mime.forage import forage, resumed
from gateway.mime.payload import Payload, payloads
from gateway.mime.structure import LAST, LENIENT, STRICT, Part, Role, Source
from gateway.model import Finding, Gap, Lineage

_MAIL = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class Mail:
    """What a message consists of."""

    lineage: Lineage
    parts: tuple[Part, ...]
    """As the standards have it."""
    hidden: tuple[Part, ...]
    """What other readers see besides."""
    seen: tuple[Finding | Gap, ...]
    """Disagreements, slips and limits; opening the parts tells more."""

    def open(self) -> Iterator[Payload | Finding | Gap]:
        """The files, decoded one by one, and what decoding them shows."""
        yield from self.seen
        digests: set[bytes] = set()
        for part in self.parts:
            yield from self._files(part, digests)
        for part in self.hidden:
            yield from self._files(part, digests, only_new=True)

    def _files(
        self, part: Part, digests: set[bytes], *, only_new: bool = False
    ) -> Iterator[Payload | Finding | Gap]:
        variants = 0
        for found in payloads(part, self.lineage):
            if isinstance(found, Gap):
                yield found
                continue
            variants = max(variants, found.variant + 1)
            digest = hashlib.sha256(found.data).digest() if self.hidden else b""
            if only_new and digest in digests:
                continue
            digests.add(digest)
            yield found
        yield from judgement.wide_text(part, self.lineage)
        yield from judgement.decodings(part, variants, self.lineage)


def read(text: bytes, lineage: Lineage) -> Mail:
    """Read a message under every reading. Any bytes give a mail, in linear time."""
    source = Source(text)
    strict = structure.split(source, STRICT)
    inside = _Spans(_mails(strict.parts))
    last = structure.split(source, LAST, hidden=inside)
    lenient = structure.split(source, LENIENT, hidden=inside)
    declared = (*last.parts, *lenient.parts)
    undeclared = forage(source, hidden=inside)
    late = resumed(source, (*strict.parts, *undeclared))
    hidden = _beyond(strict.parts, (*declared, *undeclared, *late))
    quoted = _beyond((*strict.parts, *declared), undeclared)
    seen: tuple[Finding | Gap, ...] = (
        *judgement.limits(source, (strict, last, lenient), lineage),
        *judgement.slips(strict, lineage),
        *judgement.disagreements(strict.parts, (last.parts, lenient.parts), lineage),
        *judgement.undeclared(quoted, strict.parts, lineage),
        *judgement.resumed(late, lineage),
        *judgement.unreadable((*strict.parts, *hidden), lineage),
    )
    return Mail(lineage, strict.parts, hidden, tuple(dict.fromkeys(seen)))


def _beyond(known: Iterable[Part], found: Iterable[Part]) -> tuple[Part, ...]:
    """The parts of ``found`` that lie elsewhere than those of ``known``, each span once."""
    spans = {part.span for part in known}
    new = {part.span: part for part in found if part.span not in spans and part.body.strip()}
    return tuple(new.values())


class _Spans:
    """Stretches of the message that do not overlap, to ask of an offset whether it is inside."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._edges = [edge for part in parts for edge in part.span if part.end > part.start]

    def __contains__(self, offset: object) -> bool:
        return isinstance(offset, int) and bisect_right(self._edges, offset) % 2 == 1


def _mails(parts: Iterable[Part]) -> Iterator[Part]:
    """The attached mails, which are read by themselves."""
    for part in parts:
        if part.role is Role.BODY and _MAIL.issuperset(part.entity.declared_types):
            yield part
