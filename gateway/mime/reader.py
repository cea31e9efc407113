"""A message as all its readers see it: the union of their parts, and where they disagree.

Rule 1. What any reading shows is opened; the strict reading first, the others only for what it
        does not show.
Rule 2. One part is decoded at a time, when it is asked for.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.mime import judgement, structure
from gateway.mime.forage import forage, late, resumed
from gateway.mime.payload import Payload, payloads
from gateway.mime.structure import OTHER_READINGS, STRICT, Part, Role, Source, Spans
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
    quoted: tuple[Part, ...]
    """What stands in a text that every reader shows as a text: a bounce that quotes a mail."""
    seen: tuple[Finding | Gap, ...]
    """Disagreements, slips and limits; opening the parts tells more."""
    is_undisputed: bool
    """Whether every reader finds the same parts in the same places, and none besides."""

    def open(self) -> Iterator[Payload | Finding | Gap]:
        """The files, decoded one by one, and what decoding them shows."""
        yield from self.seen
        digests: set[bytes] = set()
        for part in self.parts:
            yield from self._files(part, digests)
        for part in self.hidden:
            yield from self._files(part, digests, only_new=True)
        for part in self.quoted:
            # No program opens these, so it does not matter in how many ways it could.
            files = self._files(part, digests, only_new=True)
            yield from (found for found in files if isinstance(found, Payload))

    def _files(
        self, part: Part, digests: set[bytes], *, only_new: bool = False
    ) -> Iterator[Payload | Finding | Gap]:
        variants = 0
        for found in payloads(part, self.lineage):
            if isinstance(found, Gap):
                yield found
                continue
            variants = max(variants, found.variant + 1)
            digest = hashlib.sha256(found.data).digest() if self.hidden or self.quoted else b""
            if only_new and digest in digests:
                continue
            digests.add(digest)
            yield found
        yield from judgement.names(part, self.lineage)
        yield from judgement.wide_text(part, self.lineage)
        yield from judgement.decodings(part, variants, self.lineage)


def read(text: bytes, lineage: Lineage) -> Mail:
    """Read a message under every reading. Any bytes give a mail, in linear time."""
    source = Source(text)
    strict = structure.split(source, STRICT)
    inside = Spans(_mails(strict.parts))
    others = [structure.split(source, reading, hidden=inside) for reading in OTHER_READINGS]
    declared = [part for split in others for part in split.parts]
    texts = Spans(judgement.plain_texts(strict.parts))
    wild = forage(source, hidden=inside)
    foraged = _beyond((*strict.parts, *declared), wild.parts)
    quoted = tuple(part for part in foraged if part.start in texts)
    undeclared = tuple(part for part in foraged if part.start not in texts)
    quoted = _beyond((), (*quoted, *resumed(source, quoted)))
    known = (*strict.parts, *undeclared)
    elsewhere = (*resumed(source, known), *late(source, known))
    hidden = _beyond(strict.parts, (*declared, *undeclared, *elsewhere))
    seen: tuple[Finding | Gap, ...] = (
        *judgement.limits(source, (strict, *others, wild), lineage),
        *judgement.slips(strict, lineage),
        *judgement.zeros(text, lineage),
        *judgement.disagreements(strict.parts, [split.parts for split in others], lineage),
        *judgement.undeclared((*undeclared, *elsewhere), lineage),
        *judgement.open_ended(strict.parts, lineage),
        *judgement.without_parts(strict.parts, lineage),
        *judgement.quoted(quoted, lineage),
        *judgement.unreadable((*strict.parts, *hidden), lineage),
    )
    places = _places(strict.parts)
    is_undisputed = not hidden and all(_places(split.parts) == places for split in others)
    return Mail(lineage, strict.parts, hidden, quoted, tuple(dict.fromkeys(seen)), is_undisputed)


def _places(parts: Iterable[Part]) -> set[tuple[int, int]]:
    return {part.span for part in parts if part.role is Role.BODY and not part.is_blank}


def _beyond(known: Iterable[Part], found: Iterable[Part]) -> tuple[Part, ...]:
    """The parts of ``found`` that ``known`` does not have in the same place and role, each once."""
    places = {(part.span, part.role) for part in known}
    new = {(part.span, part.role): part for part in found if not part.is_blank}
    return tuple(part for place, part in new.items() if place not in places)


def _mails(parts: Iterable[Part]) -> Iterator[Part]:
    """The attached mails, which are read by themselves."""
    for part in parts:
        if part.role is Role.BODY and _MAIL.issuperset(part.entity.declared_types):
            yield part
