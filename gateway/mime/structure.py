"""Where the parts of a message lie, under each way that readers split it.

Rule 1. The message is searched once, for the lines that begin with two hyphens; every reading
        walks over that list.
Rule 2. A header is read once, wherever how many readings meet it.
Rule 3. Nesting is a list, never recursion.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import islice

from gateway.mime import fields
from gateway.mime.entity import Entity

MAX_LINES = 100_000
"""Lines that begin with two hyphens; beyond, parts may be missed and that is a gap."""
MAX_DEPTH = 30
MAX_PARTS = 2_000

_DASHED = re.compile(rb"--([^\r\n]*)(?:\r{0,3}\n|\r|\Z)")
_LETTER = re.compile(rb"\S")
_SOME = re.compile(rb"(?:\s*+\S){16}")
_PADDING = b" \t\0"
_BLANK = b" \t\0\x0b\x0c"
_MOST_INDENT = 8
_LOWER = bytes(range(256)).lower()
_IGNORED = bytes(range(0x21)) + b"\x7f\"'"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that begins with two hyphens; ``text`` is what follows, without padding."""

    start: int
    end: int
    text: bytes
    is_indented: bool = False
    """Blanks stand before the hyphens: no delimiter by the standard."""

    @property
    def plain(self) -> bytes:
        """The text as the most forgiving of readers compares it."""
        return _plain(self.text)


class Role(Enum):
    """What a stretch of the message is to its reader."""

    BODY = auto()
    """A leaf: text to show or a file to save."""
    AROUND = auto()
    """Preamble or epilogue of a multipart: shown to nobody."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the message and the header that governs it."""

    entity: Entity
    start: int
    end: int
    role: Role
    text: bytes
    """The whole message: the body is ``text[start:end]``."""
    within: tuple[Entity, ...] = ()
    """The multiparts around it, the outermost first."""

    @property
    def body(self) -> bytes:
        """The bytes as they stand in the message."""
        return self.text[self.start : self.end]

    @property
    def has_few_letters(self) -> bool:
        """Whether nothing but blanks and a few letters is in it."""
        return _SOME.match(self.text, self.start, self.end) is None

    @property
    def is_blank(self) -> bool:
        """Whether nothing but blanks is in it."""
        return _LETTER.search(self.text, self.start, self.end) is None

    @property
    def span(self) -> tuple[int, int]:
        """Where it lies."""
        return self.start, self.end


class Spans:
    """Where parts lie that do not overlap; ``offset in spans`` says whether one holds it."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._edges = [edge for part in parts for edge in part.span if part.end > part.start]

    def __contains__(self, offset: object) -> bool:
        return isinstance(offset, int) and bisect_right(self._edges, offset) % 2 == 1


class Source:
    """A message, its hyphen lines and its headers, shared by all readings."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.lines = tuple(islice(_dashed_lines(text), MAX_LINES))
        self.mime_fields = tuple(islice(_mime_fields(text), MAX_LINES))
        """Where lines begin that look like fields of a part's header."""
        self._headers: dict[int, fields.Header] = {}
        self._entities: dict[tuple[int, str], Entity] = {}

    @property
    def is_cut(self) -> bool:
        """Whether there are more hyphen lines, or MIME fields, than are looked at."""
        return max(len(self.lines), len(self.mime_fields)) >= MAX_LINES

    def entity(self, at: int, default_type: str) -> Entity:
        """What the header that begins at ``at`` says."""
        key = at, default_type
        if key not in self._entities:
            if at not in self._headers:
                self._headers[at] = fields.read(self.text, at)
            self._entities[key] = Entity(self._headers[at], default_type)
        return self._entities[key]

    @cached_property
    def closings(self) -> Mapping[bytes, int]:
        """Where the last delimiter stands that closes a boundary."""
        ends = (line for line in self.lines if line.text.endswith(b"--"))
        return {line.text[:-2]: line.start for line in ends}

    def next_line(self, at: int) -> int:
        """Where the next line with two hyphens begins; the end of the message if none does."""
        place = bisect_left(self.lines, at, key=lambda line: line.start)
        return self.lines[place].start if place < len(self.lines) else len(self.text)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """All that was asked for so far."""
        return tuple(self._entities.values())

    def part(
        self,
        entity: Entity,
        start: int,
        end: int,
        *,
        role: Role = Role.BODY,
        within: tuple[Entity, ...] = (),
    ) -> Part:
        """The part from ``start`` to the delimiter at ``end``, whose line break is its own."""
        # RFC 2046 5.1.1: the line break before a delimiter belongs to the delimiter.
        if end < len(self.text) and end > start:
            end -= 2 if self.text[max(start, end - 2) : end] == b"\r\n" else 1
        return Part(entity, start, max(start, end), role, self.text, within)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to split a message, as a family of mail programs does it."""

    name: str
    takes_last: bool = False
    """Of a repeated field or parameter, the last counts."""
    takes_any: bool = False
    """Whatever may be a boundary is one, as the whole line or the beginning of it; a closing
    delimiter closes nothing; a multipart without a boundary takes the first one that comes."""
    takes_innermost: bool = False
    """No delimiter of an outer multipart counts before the inner one is closed."""


STRICT = Reading("strict")
OTHER_READINGS = (
    Reading("last counts", takes_last=True),
    Reading("lenient", takes_any=True),
    Reading("innermost first", takes_innermost=True),
)


@dataclass(frozen=True, slots=True)
class Split:
    """What one reading makes of a message."""

    parts: tuple[Part, ...]
    is_unfinished: bool
    """A multipart is never closed."""
    is_cut: bool
    """There are more parts, or more levels of them, than are read."""


@dataclass(frozen=True, slots=True)
class _Open:
    entity: Entity
    boundaries: tuple[bytes, ...]

    @property
    def default_type(self) -> str:
        """What a part is that does not say (RFC 2046 5.1.5)."""
        is_digest = "multipart/digest" in self.entity.declared_types
        return "message/rfc822" if is_digest else "text/plain"


def split(source: Source, reading: Reading, *, hidden: Container[int] = ()) -> Split:
    """Split a message as ``reading`` does, blind to the lines that begin in ``hidden``."""
    return _Walk(source, reading, hidden).split()


class _Walk:
    """The state of one reading."""

    def __init__(self, source: Source, reading: Reading, hidden: Container[int]) -> None:
        self._source = source
        self._reading = reading
        self._hidden = hidden
        self._stack: list[_Open] = []
        self._parts: list[Part] = []
        self._is_cut = False
        self._begin(0, "text/plain")

    def split(self) -> Split:
        for line in self._source.lines:
            if line.start < self._start or line.start in self._hidden:
                continue
            if line.is_indented and not self._reading.takes_any:
                continue
            self._meet(line)
            if len(self._parts) >= MAX_PARTS:
                self._is_cut = True
                break
        self._end(len(self._source.text), None)
        return Split(tuple(self._parts), bool(self._stack), self._is_cut)

    def _meet(self, line: Line) -> None:
        """End and begin what ``line`` ends and begins, if it delimits anything."""
        text = line.plain if self._reading.takes_any else line.text
        level = self._level(text, line.start)
        if level is None:
            return
        is_closing = self._is_closing(text, level)
        self._end(line.start, level, is_closing=is_closing)
        del self._stack[level + 1 :]
        if not is_closing:
            self._begin(line.end, self._stack[level].default_type)
            return
        self._entity = self._stack[level].entity
        if not self._reading.takes_any:
            self._stack.pop()
        self._start = line.end
        self._role = Role.AROUND
        self._is_preamble = False

    def _begin(self, at: int, default_type: str) -> None:
        self._entity = self._source.entity(at, default_type)
        self._start = self._entity.header.body
        self._role = Role.BODY
        self._is_preamble = False
        boundaries = self._boundaries()
        if boundaries is None:
            return
        if len(self._stack) >= MAX_DEPTH:
            self._is_cut = True
            return
        self._stack.append(_Open(self._entity, boundaries))
        self._role = Role.AROUND
        self._is_preamble = True

    def _boundaries(self) -> tuple[bytes, ...] | None:
        """What delimits the parts of the entity that has just begun; None if it has no parts."""
        entity = self._entity
        if self._reading.takes_any:
            is_multipart = any("multipart" in word for word in entity.declared_types)
            boundaries = tuple(map(_plain, entity.boundaries))
            return boundaries if is_multipart or boundaries else None
        index = -1 if self._reading.takes_last else 0
        boundary = entity.last_boundary if self._reading.takes_last else entity.first_boundary
        if not boundary or not entity.declared_types[index].startswith("multipart/"):
            return None
        return (boundary.rstrip(_PADDING),)

    def _level(self, text: bytes, at: int) -> int | None:
        """Which open multipart a line belongs to, innermost first; exact before beginning."""
        levels = range(len(self._stack) - 1, self._outermost(at) - 1, -1)
        closing = text[:-2] if text.endswith(b"--") else None
        for level in levels:
            boundaries = self._stack[level].boundaries
            if text in boundaries or closing in boundaries:
                return level
        if not self._reading.takes_any:
            return None
        for level in levels:
            opened = self._stack[level]
            if any(boundary and text.startswith(boundary) for boundary in opened.boundaries):
                return level
            if not opened.boundaries and text:
                self._stack[level] = _Open(opened.entity, (text,))
                return level
        return None

    def _outermost(self, at: int) -> int:
        """The outermost level whose delimiters count at a place."""
        if not self._reading.takes_innermost or not self._stack:
            return 0
        boundary = self._stack[-1].boundaries[0]
        return len(self._stack) - 1 if self._source.closings.get(boundary, -1) >= at else 0

    def _is_closing(self, text: bytes, level: int) -> bool:
        boundaries = self._stack[level].boundaries
        if text in boundaries:
            return False
        return any(text.startswith(boundary + b"--") for boundary in boundaries)

    def _end(self, at: int, level: int | None, *, is_closing: bool = False) -> None:
        """End the part in hand at ``at``, before a delimiter of ``level``, None for no delimiter.

        A multipart that has no part is a body: programs show it, or save it, as a whole.
        """
        is_empty = self._is_preamble and (is_closing or level != len(self._stack) - 1)
        role = Role.BODY if is_empty else self._role
        within = tuple(opened.entity for opened in self._stack)
        part = self._source.part(self._entity, self._start, at, role=role, within=within)
        self._parts.append(part)


def _dashed_lines(text: bytes) -> Iterator[Line]:
    for match in islice(_DASHED.finditer(text), 4 * MAX_LINES):
        start = match.start()
        if start == 0 or text[start - 1] in b"\r\n":
            yield Line(start, match.end(), match[1].rstrip(_PADDING))
        elif _is_blank_before(text, start):
            yield Line(start, match.end(), match[1].rstrip(_PADDING), is_indented=True)


def _mime_fields(text: bytes) -> Iterator[int]:
    # One copy in lower case and a plain search are ten times as fast as a pattern without case.
    lower = text.lower()
    at = 0
    while (at := lower.find(b"content-", at)) >= 0:
        if at == 0 or text[at - 1] in b"\r\n":
            yield at
        at += 8


def _is_blank_before(text: bytes, start: int) -> bool:
    before = text[max(0, start - _MOST_INDENT) : start].rstrip(_BLANK)
    return before.endswith((b"\r", b"\n")) or (not before and start < _MOST_INDENT)


def _plain(text: bytes) -> bytes:
    return text.translate(_LOWER, _IGNORED)
