"""What the header of a message or part says about its body, under every reading at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from gateway.mime import parameters, words
from gateway.mime.fields import MAX_HIDDEN, Header
from gateway.mime.parameters import Parameter, Structured
from gateway.mime.transfer import Encoding, encoding_of

MAX_FIELDS = 20
"""Repetitions of one field that are read."""
MAX_BOUNDARIES = 12

_DISPOSITIONS = frozenset({"attachment", "inline"})
_WRAPPED = frozenset({Encoding.BASE64, Encoding.QUOTED_PRINTABLE, Encoding.UUENCODE})
_BLANK = b" \t\r\n\0\v\f"
_TOKEN = re.compile(rb"[^\s\0;,(]+")


@dataclass(frozen=True)
class Entity:
    """A header, understood. ``default_type`` stands when there is no Content-Type."""

    header: Header
    default_type: str = "text/plain"

    @cached_property
    def types(self) -> tuple[Structured, ...]:
        """Every Content-Type, in order."""
        return self._structured("content-type")

    @cached_property
    def dispositions(self) -> tuple[Structured, ...]:
        """Every Content-Disposition, in order."""
        return self._structured("content-disposition")

    @cached_property
    def declared_types(self) -> tuple[str, ...]:
        """Every type that some reader takes it for, the most correct first; never empty."""
        found = [value.word for value in self.types if "/" in value.word]
        own = () if self._has("content-type") and found else (self.default_type,)
        return tuple(dict.fromkeys((*own, *found)))

    @cached_property
    def encodings(self) -> tuple[Encoding, ...]:
        """Every transfer encoding that some reader would undo, the most correct first."""
        values = self.header.all("content-transfer-encoding")[:MAX_FIELDS]
        found = [encoding for value in values for encoding in _encodings(value)]
        own = found or [Encoding.IDENTITY]
        return tuple(dict.fromkeys((*own, *self._hidden_encodings())))

    @cached_property
    def boundaries(self) -> tuple[bytes, ...]:
        """Everything that some reader takes for the boundary, the most correct first."""
        proper = [p for value in self.types for p in value.all("boundary")]
        loose = [p for value in self.types for p in value.loose if p.name == "boundary"]
        found = dict.fromkeys(
            boundary
            for parameter in (*proper, *loose)
            for value in parameter.readings
            for boundary in _boundary_readings(value)
        )
        return tuple(found)[:MAX_BOUNDARIES]

    @property
    def first_boundary(self) -> bytes | None:
        """The boundary of the first Content-Type, as RFC 2046 has it; None if it has none."""
        found = self.types[0].all("boundary") if self._has("content-type") else []
        return found[0].readings[0] if found else None

    @property
    def last_boundary(self) -> bytes | None:
        """What a reader takes for which the last of several counts, and no RFC but the first."""
        found = self.types[-1].all("boundary") if self.types else []
        return found[-1].readings[-1] if found else None

    @cached_property
    def is_cut(self) -> bool:
        """Whether the header says more than is read of it."""
        repeated = ("content-type", "content-disposition", "content-transfer-encoding")
        return (
            self.header.is_cut
            or any(value.is_cut for value in (*self.types, *self.dispositions))
            or any(len(self.header.all(name)) > MAX_FIELDS for name in repeated)
            or len(self.header.hidden) > MAX_HIDDEN
            or len(self.boundaries) >= MAX_BOUNDARIES
        )

    @cached_property
    def charsets(self) -> tuple[str, ...]:
        """Every declared charset, lower case."""
        found = [p for value in self.types for p in value.all("charset")]
        return tuple(dict.fromkeys(p.readings[0].decode("latin-1").lower() for p in found))

    @property
    def is_attachment(self) -> bool:
        """Whether a disposition says so."""
        return any(value.word == "attachment" for value in self.dispositions)

    @property
    def name_parameters(self) -> list[Parameter]:
        """Every parameter that some reader takes the file name from, the likeliest first."""
        sources = [(value, "filename") for value in self.dispositions]
        sources += [(value, "name") for value in self.types]
        sources += [(value, "name") for value in self.dispositions]
        sources += [(value, "filename") for value in self.types]
        proper = [p for value, name in sources for p in value.all(name)]
        loose = [p for value, name in sources for p in value.loose if p.name == name]
        return [*proper, *self._joined_names(), *loose]

    def _joined_names(self) -> list[Parameter]:
        """Names whose sections (RFC 2231) lie in different fields, put together."""
        values = [
            value
            for name in ("content-disposition", "content-type")
            for value in self.header.all(name)[:MAX_FIELDS]
        ]
        if sum(b"*" in value for value in values) < 2:
            return []
        joined = parameters.read(b";".join([b"x", *(value.partition(b";")[2] for value in values)]))
        return [p for p in joined.parameters if p.name in {"filename", "name"}]

    def _has(self, name: str) -> bool:
        return any(field.name == name for field in self.header.fields)

    def _structured(self, name: str) -> tuple[Structured, ...]:
        values = self.header.all(name)[:MAX_FIELDS]
        # No reader should decode words here (RFC 2047 5); some do.
        values += [words.decode_words(value).encode() for value in values if words.has_words(value)]
        hidden = [field.value for field in self.header.hidden if field.name == name]
        # A signature lists names of fields (RFC 6376 3.5), which say nothing of this content.
        stated = (parameters.read(value) for value in hidden)
        seen = [value for value in stated if "/" in value.word or value.word in _DISPOSITIONS]
        return (*map(parameters.read, values), *seen)

    def _hidden_encodings(self) -> Iterator[Encoding]:
        for field in self.header.hidden:
            if field.name == "content-transfer-encoding":
                word = next(iter(_TOKEN.findall(field.value[:100])), b"")
                encoding = encoding_of(word.decode("latin-1"))
                if encoding in _WRAPPED:
                    yield encoding


def _boundary_readings(value: bytes) -> tuple[bytes, ...]:
    stripped = value.strip(b" \t\0\"'")
    # RFC 2046 5.1.1: a boundary is no longer than 70; some readers compare no more than that.
    readings = [value, value.rstrip(b" \t\0"), stripped, value[:70]]
    if words.has_words(value):
        readings.append(words.decode_words(value).encode("utf-8", "replace"))
    return tuple(readings)


def _encodings(value: bytes) -> list[Encoding]:
    """What one Content-Transfer-Encoding may mean: comments out, each word of it for itself."""
    text = value.strip(_BLANK)[:1000]
    tokens = _TOKEN.findall(parameters.without_comments(text)) or [b""]
    found = [encoding_of(token.decode("latin-1")) for token in tokens[:5]]
    wholes = [encoding_of(text.decode("latin-1"))]
    if b"=?" in text:
        wholes.append(encoding_of(words.decode_words(text)))
    return [*found, *(whole for whole in wholes if whole is not Encoding.UNKNOWN)]
