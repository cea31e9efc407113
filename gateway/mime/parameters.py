"""A structured field value, ``type; name=value``, in every way that readers take it apart.

The first reading of a parameter is that of RFC 2045; those that follow are what clients without
comments, quotes or RFC 2231 make of the same text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from urllib.parse import unquote_to_bytes

from gateway.mime import words

MAX_VALUE_BYTES = 64 << 10
MAX_PARAMETERS = 200

_QUOTED = re.compile(rb'"([^"\\]*(?:\\.?[^"\\]*)*)("|\Z)', re.DOTALL)
_OUTSIDE = re.compile(rb'"[^"\\]*(?:\\.?[^"\\]*)*(?:"|\Z)|\(', re.DOTALL)
_IN_COMMENT = re.compile(rb"\\.|[()]", re.DOTALL)
_SEGMENTS = re.compile(rb'(?:"[^"\\]*(?:\\.?[^"\\]*)*(?:"|\Z)|[^";]+)+', re.DOTALL)
_MEDIA_TYPE = re.compile(
    rb"([A-Za-z0-9!#$&^_.+-]{1,80})[\s\0]*/[\s\0]*([A-Za-z0-9!#$&^_.+-]{1,80})"
)
_ANYWHERE = re.compile(
    rb"(?i)(?<![\w*-])(boundary|filename|name|charset)\*?[\s\0]{0,9}[=:][\s\0]{0,9}"
    rb'(?=("[^"]{0,1000}"?|[^\s;,"]{1,1000}))'
)
_WELL_FORMED = re.compile(
    rb'\s*[\w.+-]+(?:/[\w.+-]+)?(?:\s*;\s*[\w*-]+=(?:"[^"\\();]*"|[^\s;,"()\\]+))*\s*;?\s*'
)
_IN_QUOTES = re.compile(rb'(?i)"[^"]*?(?:name|boundary)\s{0,9}[=:]')
_QUOTED_PAIR = re.compile(rb"\\(.)", re.DOTALL)
_SECTION = re.compile(r"(.*?)(?:\*(\d{1,4}))?(\*?)\Z", re.DOTALL)
_BLANK = b" \t\r\n\0\x0b\x0c"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: ``name`` is plain (``filename`` for ``filename*0*``), lower case."""

    name: str
    readings: tuple[bytes, ...]
    """What readers take for its value, the most correct first; never empty."""
    charset: str = ""
    """Of RFC 2231; "" when the value names none."""


@dataclass(frozen=True, slots=True)
class Structured:
    """A value taken apart."""

    word: str
    """What stands before the first semicolon, lower case: ``text/plain``, ``attachment``."""
    parameters: tuple[Parameter, ...]
    loose: tuple[Parameter, ...] = ()
    """What only a reader finds that looks for ``name=`` anywhere."""
    is_cut: bool = False
    """True when it is longer, or has more parameters, than we read."""

    def all(self, name: str) -> list[Parameter]:
        """Every parameter of one name, in order."""
        return [parameter for parameter in self.parameters if parameter.name == name]


@dataclass(frozen=True, slots=True)
class _Raw:
    """A parameter as it stands in the text, before sections are joined."""

    name: str
    section: int | None
    is_extended: bool
    readings: tuple[bytes, ...]


def read(value: bytes) -> Structured:
    """Take a field value apart. Any bytes give a result."""
    text = value[:MAX_VALUE_BYTES]
    is_cut = len(value) > MAX_VALUE_BYTES
    segments = [m[0] for m in _SEGMENTS.finditer(without_comments(text))]
    word = _word(segments[0]) if segments else ""
    given = _with_a_value(segments[1:])
    raws = [raw for segment in islice(given, MAX_PARAMETERS) if (raw := _raw(segment))]
    parameters = _join(raws)
    is_cut = is_cut or next(given, None) is not None
    return Structured(word, tuple(parameters), _loose(text, parameters), is_cut)


def _with_a_value(segments: list[bytes]) -> Iterator[bytes]:
    """The segments that give a value, and what a reader makes of one that a semicolon cut."""
    for segment, following in zip_longest(segments, segments[1:], fillvalue=b"="):
        if b"=" in segment:
            yield segment
            if following.strip(_BLANK) and b"=" not in following:
                yield b";".join((segment, following))


def without_comments(text: bytes) -> bytes:
    """``text`` without RFC 5322 comments, nested ones included."""
    kept: list[bytes] = []
    depth = at = begun = 0
    while token := (_IN_COMMENT if depth else _OUTSIDE).search(text, at):
        at = token.end()
        if token[0] == b"(":
            if depth == 0:
                kept.append(text[begun : token.start()])
            depth += 1
        elif token[0] == b")":
            depth -= 1
            begun = at
    if depth == 0:
        kept.append(text[begun:])
    return b"".join(kept)


def _word(segment: bytes) -> str:
    media_type = _MEDIA_TYPE.search(segment)
    if media_type is not None:
        return b"/".join(media_type.groups()).decode("ascii").lower()
    token = segment.strip(_BLANK).split(None, 1)
    return token[0].decode("latin-1").lower() if token else ""


def _raw(segment: bytes) -> _Raw | None:
    name, equals, text = segment.partition(b"=")
    if not equals:
        return None
    match = _SECTION.match(name.strip(_BLANK).decode("latin-1").lower())
    if match is None or not match[1]:
        return None
    section = int(match[2]) if match[2] else None
    return _Raw(match[1].strip(), section, bool(match[3]), tuple(dict.fromkeys(_readings(text))))


def _readings(text: bytes) -> Iterator[bytes]:
    """What one value may be, the most correct first."""
    text = text.strip(_BLANK)
    quoted = _QUOTED.match(text)
    if quoted is None:
        yield text
        yield text.split(None, 1)[0] if text else b""
        yield text.strip(b"\"'")
        yield _QUOTED_PAIR.sub(rb"\1", text)
        yield text.replace(b'"', b"").replace(b"\\", b"")
        return
    inside = quoted[1]
    yield _QUOTED_PAIR.sub(rb"\1", inside)
    yield inside
    rest = text[quoted.end() :]
    if rest:
        yield inside + rest.replace(b'"', b"")
    if b"\\" in inside:
        yield inside.replace(b'"', b"").replace(b"\\", b"")


def _join(raws: list[_Raw]) -> list[Parameter]:
    """Join the sections of RFC 2231; what has none stays as it is, in its place."""
    joined: list[Parameter] = []
    done: set[str] = set()
    for raw in raws:
        if raw.section is None:
            joined.append(_single(raw))
        elif raw.name not in done:
            done.add(raw.name)
            joined += _sections([r for r in raws if r.name == raw.name and r.section is not None])
    return joined


def _single(raw: _Raw) -> Parameter:
    if not raw.is_extended:
        return Parameter(raw.name, raw.readings)
    charset, text = _charset(raw.readings[0])
    decoded = unquote_to_bytes(text)
    return Parameter(raw.name, tuple(dict.fromkeys((decoded, text, *raw.readings))), charset)


def _sections(raws: list[_Raw]) -> Iterator[Parameter]:
    in_order = sorted(raws, key=lambda raw: raw.section or 0)
    yield _continued(in_order)
    if in_order != raws:
        yield _continued(raws)
    unique = list({raw.section: raw for raw in in_order}.values())
    if len(unique) != len(in_order):
        yield _continued(unique)
        yield _continued(list({raw.section: raw for raw in reversed(in_order)}.values())[::-1])
    # A reader that does not know RFC 2231 takes the first section for the whole.
    yield _single(raws[0])


def _continued(raws: list[_Raw]) -> Parameter:
    charset, first = _charset(raws[0].readings[0]) if raws[0].is_extended else ("", b"")
    pieces = [first if raws[0].is_extended else raws[0].readings[0]]
    pieces += [raw.readings[0] for raw in raws[1:]]
    decoded = b"".join(
        unquote_to_bytes(piece) if raw.is_extended else piece
        for raw, piece in zip(raws, pieces, strict=True)
    )
    everything = unquote_to_bytes(b"".join(pieces))
    return Parameter(raws[0].name, tuple(dict.fromkeys((decoded, everything))), charset)


def _charset(text: bytes) -> tuple[str, bytes]:
    parts = text.split(b"'", 2)
    if len(parts) < 3:
        return "", text
    return parts[0].decode("latin-1"), parts[2]


def _loose(text: bytes, known: list[Parameter]) -> tuple[Parameter, ...]:
    """What a reader sees that looks for ``name=`` anywhere: no comments, any separator."""
    if _WELL_FORMED.fullmatch(text) and not _IN_QUOTES.search(text):
        return ()
    seen = {(parameter.name, value) for parameter in known for value in parameter.readings}
    found = (
        (m[1].decode("ascii").lower(), m[2].strip(around))
        for m in _ANYWHERE.finditer(text)
        for around in (b"\"'", b"\"'<>()")
    )
    new = [pair for pair in dict.fromkeys(found) if pair not in seen]
    return tuple(Parameter(name, (value,)) for name, value in new[:MAX_PARAMETERS])


def as_text(parameter: Parameter) -> Iterator[str]:
    """Every text that a reader may show for a parameter."""
    for value in parameter.readings:
        # Some readers decode a word that lacks its end.
        ended = value if value.endswith(b"?=") else value.rstrip(b"?") + b"?="
        if words.has_words(ended):
            yield words.decode_words(ended)
        yield words.decode_text(value, parameter.charset)
