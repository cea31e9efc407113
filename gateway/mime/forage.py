"""Parts that no declared boundary leads to: a line with two hyphens, then a MIME header.

They lie in preambles and epilogues, behind a boundary that is missing or contradicted, or in a
text that only quotes a mail. Some mail program may show them, so they are looked at.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import replace

from gateway.mime.entity import Entity
from gateway.mime.structure import MAX_PARTS, Line, Part, Role, Source

_MAY_BE_HEADER = re.compile(rb"[\s\0]{0,8}[A-Za-z\"'][^:=\r\n]{1,60}[:=;\s]")
_RESUMED = re.compile(
    rb"(?:[ \t\0]{0,80}(?:\r?\n|\r)){0,9}(?=(?i:content-[a-z-]{1,40}[ \t\0]{0,9}:))"
)


def forage(source: Source, *, hidden: Container[int]) -> tuple[Part, ...]:
    """Every stretch that begins like a part, wherever it lies outside of ``hidden``."""
    known = {boundary for entity in source.entities for boundary in entity.boundaries}
    parts: list[Part] = []
    opened: Line | None = None
    for line in source.lines:
        if line.start in hidden or len(parts) >= MAX_PARTS:
            continue
        begins = _begins_part(source, line)
        if begins:
            known.add(line.text)
        elif line.text not in known and line.text.removesuffix(b"--") not in known:
            continue
        if opened is not None:
            parts.append(_part(source, opened, line.start))
        opened = line if begins else None
    if opened is not None:
        parts.append(_part(source, opened, len(source.text)))
    return tuple(part for part in parts if part.role is Role.BODY)


def resumed(source: Source, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts whose header goes on behind the empty line, as readers see them that skip it."""
    found: list[Part] = []
    for part in parts:
        begins = _RESUMED.match(source.text, part.start, part.end)
        if begins is None or part.role is not Role.BODY or _is_mail(part):
            continue
        rest = source.entity(begins.end(), "text/plain").header
        if rest.is_mime and rest.body <= part.end:
            header = replace(rest, fields=part.entity.header.fields + rest.fields)
            found.append(replace(part, entity=Entity(header), start=rest.body))
    return tuple(found)


def _is_mail(part: Part) -> bool:
    return any(word.startswith("message/") for word in part.entity.declared_types)


def _begins_part(source: Source, line: Line) -> bool:
    if not _MAY_BE_HEADER.match(source.text, line.end):
        return False
    return source.entity(line.end, "text/plain").header.is_mime


def _part(source: Source, opened: Line, end: int) -> Part:
    entity = source.entity(opened.end, "text/plain")
    is_multipart = entity.declared_types[0].startswith("multipart/")
    role = Role.AROUND if is_multipart else Role.BODY
    return source.part(entity, min(entity.header.body, end), end, role=role)
