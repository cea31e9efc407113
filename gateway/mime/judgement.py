"""What is wrong with a message as such: what its readers disagree about, and what none can see."""

import re
from collections.abc import Iterable, Iterator, Sequence

from gateway.mime import payload, structure
from gateway.mime.fields import MAX_HEADER_BYTES
from gateway.mime.forage import is_open_ended
from gateway.mime.names import MAX_NAMES, endings_at_odds, names_of
from gateway.mime.structure import Part, Role, Source, Split
from gateway.mime.transfer import Encoding, is_overdone
from gateway.model import Finding, Gap, Level, Lineage, Reason

_UNREADABLE = {
    "message/partial": (Reason.UNSUPPORTED, "message/partial: one piece of a mail"),
    "message/external-body": (Reason.UNSUPPORTED, "message/external-body: the body is elsewhere"),
    "multipart/encrypted": (Reason.ENCRYPTED_MAIL, "multipart/encrypted"),
}
_IS_JAPANESE = re.compile(r"iso[-_]?2022")
"""The everyday charset of Japanese and Korean mail, which every program knows."""


def limits(source: Source, splits: Iterable[Split], lineage: Lineage) -> Iterator[Gap]:
    """A gap for each limit that the message went over."""
    if source.is_cut:
        detail = f"more than {structure.MAX_LINES} lines that begin with two hyphens"
        yield Gap(Reason.TOO_MANY, detail, lineage)
    if any(split.is_cut for split in splits):
        detail = f"more than {structure.MAX_PARTS} parts, or {structure.MAX_DEPTH} levels of them"
        yield Gap(Reason.TOO_MANY, detail, lineage)
    if any(entity.header.is_cut for entity in source.entities):
        detail = f"a header of more than {MAX_HEADER_BYTES >> 10} KiB"
        yield Gap(Reason.TOO_BIG, detail, lineage)
    if any(entity.is_cut for entity in source.entities if not entity.header.is_cut):
        yield Gap(Reason.TOO_MANY, "a header that repeats itself too often", lineage)
    if any(len(names_of(entity)) >= MAX_NAMES for entity in source.entities):
        yield Gap(Reason.TOO_MANY, f"{MAX_NAMES} names or more for one file", lineage)


def slips(split: Split, lineage: Lineage) -> Iterator[Finding]:
    """A note for each kind of slip that every reader forgives in the same way."""
    found = dict.fromkeys(slip for part in split.parts for slip in part.entity.header.slips)
    if split.is_unfinished:
        found["a multipart that is never closed"] = None
    for slip in found:
        yield Finding(
            "mime.slip", Level.NOTE, "The message bends the syntax of MIME", slip, lineage
        )


def zeros(text: bytes, lineage: Lineage) -> Iterator[Finding]:
    """A note where programs that take a NUL for the end of a text would stop reading."""
    if b"\0" in text:
        evidence = "an octet of value zero (NUL)"
        summary = "The message bends the syntax of MIME"
        yield Finding("mime.slip", Level.NOTE, summary, evidence, lineage)


def disagreements(
    strict: Sequence[Part], others: Iterable[Sequence[Part]], lineage: Lineage
) -> Iterator[Finding]:
    """A finding where readers split the message into different files."""
    files = _files(strict)
    for other in others:
        theirs = _files(other)
        for part in (*_only_in(files, theirs), *_only_in(theirs, files)):
            yield _ambiguous(Level.SUSPICIOUS, part, lineage)


def undeclared(parts: Iterable[Part], lineage: Lineage) -> Iterator[Finding]:
    """A finding for each part that no declared boundary or header leads to."""
    for part in parts:
        yield _ambiguous(Level.SUSPICIOUS if _may_harm(part) else Level.NOTE, part, lineage)


def open_ended(parts: Iterable[Part], lineage: Lineage) -> Iterator[Finding]:
    """A finding for each file of which readers do not agree where it begins."""
    for part in filter(is_open_ended, parts):
        yield _ambiguous(Level.SUSPICIOUS if _may_harm(part) else Level.NOTE, part, lineage)


def without_parts(parts: Iterable[Part], lineage: Lineage) -> Iterator[Finding]:
    """A finding for each file that is a multipart to some readers, and has no part."""
    for part in parts:
        if part.role is Role.BODY and payload.is_multipart(part) and _may_harm(part):
            yield _ambiguous(Level.SUSPICIOUS, part, lineage)


def quoted(parts: Iterable[Part], lineage: Lineage) -> Iterator[Finding]:
    """A note for each part that stands in a text which every reader shows as a text."""
    for part in parts:
        yield Finding(
            "mime.quoted", Level.NOTE, "A text quotes a part of a mail", describe(part), lineage
        )


def plain_texts(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts that every reader shows as text: a bounce may quote a whole mail in one."""
    for part in parts:
        entity = part.entity
        is_text = len(entity.declared_types) == 1 and entity.declared_types[0].startswith("text/")
        is_text = is_text and all("/" in value.word for value in entity.types)
        if part.role is Role.BODY and is_text and not entity.boundaries and not entity.header.slips:
            yield part


def decodings(part: Part, variants: int, lineage: Lineage) -> Iterator[Finding | Gap]:
    """What it means that a part was decoded in ``variants`` different ways."""
    if variants > 1:
        # Base64 under a plain "binary" or none at all: no program decodes it, some sender slipped.
        is_plain = part.entity.encodings == (Encoding.IDENTITY,)
        is_file = payload.is_file(part) or payload.is_multipart(part)
        level = Level.SUSPICIOUS if is_file and not is_plain else Level.NOTE
        summary = "Mail programs decode this part differently"
        yield Finding("mime.ambiguous", level, summary, describe(part), lineage)
    if Encoding.UNKNOWN in part.entity.encodings:
        # RFC 2045 6.4 has such a part shown as a file of unknown content; some programs guess.
        level = Level.SUSPICIOUS if payload.is_file(part) else Level.NOTE
        summary = "An encoding that few mail programs undo"
        yield Finding("mime.ambiguous", level, summary, describe(part), lineage)
    if variants > 1 and is_overdone(part.body, part.entity.encodings):
        yield Gap(Reason.TOO_MANY, f"too many slips of encoding in {describe(part)}", lineage)


def names(part: Part, lineage: Lineage) -> Iterator[Finding]:
    """A finding for a file that is a picture to one reader and a program to another."""
    at_odds = endings_at_odds(names_of(part.entity))
    if at_odds:
        summary = "Mail programs show this file under names of different kinds"
        evidence = f"{' or '.join(f'.{ending}' for ending in at_odds)}: {describe(part)}"
        yield Finding("mime.ambiguous", Level.SUSPICIOUS, summary, evidence, lineage)


def wide_text(part: Part, lineage: Lineage) -> Iterator[Finding]:
    """A finding for text in a charset that only some programs decode, and no word filter sees."""
    words = part.entity.declared_types
    wide = [charset for charset in part.entity.charsets if payload.is_wide(charset)]
    if not wide or not words[0].startswith("text/") or _IS_JAPANESE.match(wide[0]):
        return
    # RFC 2781 4 keeps UTF-16 out of mail text. Sheets saved as "Unicode text" use it all the same.
    level = Level.SUSPICIOUS if "text/html" in words else Level.NOTE
    summary = "Text in a charset that mail programs treat differently"
    yield Finding("mime.charset", level, summary, f"{wide[0]:.40}: {describe(part)}", lineage)


def unreadable(parts: Iterable[Part], lineage: Lineage) -> Iterator[Gap]:
    """A gap for each kind of part whose content cannot be seen here."""
    for part in parts:
        for word in part.entity.declared_types:
            if word in _UNREADABLE:
                yield Gap(*_UNREADABLE[word], lineage)


def describe(part: Part) -> str:
    """A part in a few printable words."""
    name = "".join(f"{name}, " for name in names_of(part.entity)[:1])
    shown = f"{name[:120]}{part.entity.declared_types[0]} at byte {part.start}"
    return "".join(letter if letter.isprintable() else "?" for letter in shown)[:200]


def _ambiguous(level: Level, part: Part, lineage: Lineage) -> Finding:
    summary = "Some mail programs see a part here that others do not see"
    return Finding("mime.ambiguous", level, summary, describe(part), lineage)


def _files(parts: Iterable[Part]) -> dict[tuple[int, int], Part]:
    return {part.span: part for part in parts if part.role is Role.BODY and _may_harm(part)}


def _may_harm(part: Part) -> bool:
    """Whether there is a file worth hiding: a few bytes without a name open in no program."""
    return payload.is_file(part) and (not part.has_few_letters or bool(part.entity.name_parameters))


def _only_in(
    here: dict[tuple[int, int], Part], there: dict[tuple[int, int], Part]
) -> Iterator[Part]:
    return (part for span, part in here.items() if span not in there)
