"""Parts that no declared boundary leads to: wherever the header of a file stands.

They lie in preambles and epilogues, behind a boundary that is missing, contradicted or hidden in
its line, or in a text that only quotes a mail. Some mail program may show them, so they are
looked at.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import replace
from heapq import merge

from gateway.mime import fields
from gateway.mime.entity import Entity
from gateway.mime.structure import MAX_PARTS, Line, Part, Role, Source, Split
from gateway.mime.transfer import Encoding

_MAY_BE_HEADER = re.compile(rb"[\s\0]{0,8}[A-Za-z\"'][^:=\r\n]{1,60}[:=;\s]")
_EMPTY_LINE = re.compile(rb"\n[ \t]{0,80}\r{0,3}\n|\r\r(?!\n)")
_LATEST = 4_096
_RESUMED = re.compile(
    rb"(?:[ \t\0]{0,80}(?:\r?\n|\r)){0,9}(?=(?i:content-[a-z-]{1,40}[ \t\0]{0,9}:))"
)


def forage(source: Source, *, hidden: Container[int]) -> Split:
    """Every stretch that begins like a part, wherever it lies outside of ``hidden``."""
    headers = (Line(at, at, b"") for at in source.mime_fields)
    anywhere = merge(source.lines, headers, key=lambda line: line.start)
    behind_hyphens = _Forager(source).parts(source.lines, hidden)
    files = _Forager(source, needs_file=True).parts(anywhere, hidden)
    is_cut = max(len(behind_hyphens), len(files)) >= MAX_PARTS
    return Split(behind_hyphens + files, is_unfinished=False, is_cut=is_cut)


class _Forager:
    """The state of one search, from front to back.

    With ``needs_file`` any line may begin a header, but it must speak of a file.
    """

    def __init__(self, source: Source, *, needs_file: bool = False) -> None:
        self._source = source
        self._needs_file = needs_file
        self._known = {boundary for entity in source.entities for boundary in entity.boundaries}
        self._parts: list[Part] = []
        self._entity: Entity | None = None
        self._read_until = 0
        """The end of the last header that was read: a block is read once, not once a field."""

    def parts(self, lines: Iterable[Line], hidden: Container[int]) -> tuple[Part, ...]:
        for line in lines:
            if line.start < self._read_until or line.start in hidden:
                continue
            self._meet(line)
            if len(self._parts) >= MAX_PARTS:
                break
        self._end(len(self._source.text))
        return tuple(self._parts)

    def _meet(self, line: Line) -> None:
        is_delimiter = line.end > line.start
        entity = None if is_delimiter and self._needs_file else self._begun(line.end)
        if entity is not None and is_delimiter:
            self._known.add(line.text)
        is_known = line.text in self._known or line.text.removesuffix(b"--") in self._known
        if entity is not None or (is_delimiter and is_known):
            self._end(line.start)
            self._entity = entity

    def _begun(self, at: int) -> Entity | None:
        """The entity whose header begins at ``at``, if one does."""
        if not _MAY_BE_HEADER.match(self._source.text, at):
            return None
        entity = self._source.entity(at, "text/plain")
        self._read_until = entity.header.body
        is_part = _speaks_of_file(entity) if self._needs_file else entity.header.is_mime
        return entity if is_part else None

    def _end(self, at: int) -> None:
        entity, self._entity = self._entity, None
        if entity is None or entity.declared_types[0].startswith("multipart/"):
            return
        self._parts.append(self._source.part(entity, min(entity.header.body, at), at))


def _speaks_of_file(entity: Entity) -> bool:
    """A header in the midst of a text is one only if it says how a file is named or wrapped."""
    is_wrapped = entity.encodings != (Encoding.IDENTITY,)
    return entity.is_attachment or bool(entity.name_parameters) or is_wrapped


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


def late(source: Source, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts whose header no empty line ends, as readers see them that look on for one."""
    found: list[Part] = []
    for part in parts:
        if part.role is not Role.BODY or fields.NO_EMPTY_LINE not in part.entity.header.slips:
            continue
        empty = _EMPTY_LINE.search(source.text, part.start, part.start + _LATEST)
        start = empty.end() if empty else len(source.text)
        if start < part.end:
            found.append(replace(part, start=start))
        elif part.start == part.end and _speaks_of_file(part.entity):
            # A delimiter in the midst of a header is no delimiter to those who look on.
            found.append(source.part(part.entity, start, source.next_line(start)))
    return tuple(found)


def is_open_ended(part: Part) -> bool:
    """Whether the body follows the header without an empty line."""
    is_body = part.role is Role.BODY and part.start < part.end
    return is_body and fields.NO_EMPTY_LINE in part.entity.header.slips


def _is_mail(part: Part) -> bool:
    return any(word.startswith("message/") for word in part.entity.declared_types)
