"""Reads XML piece by piece: no tree, no entity of a document's own, no document type.

Office and LibreOffice refuse what is not well-formed, so nothing is guessed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

_PIECE = 1 << 16
_DEEPEST = 2_000
_BETWEEN = "\n"
"""Between a namespace and a name; no name holds it."""


class MalformedError(Exception):
    """Not well-formed, or with a document type: no office program opens it."""


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins. Prefixes are the writer's choice, so names come without them."""

    name: str
    attributes: dict[str, str]
    space: str = ""
    """Its namespace."""


@dataclass(frozen=True, slots=True)
class End:
    """An element ends."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """Characters between tags; one stretch may come in several pieces."""

    text: str


Event = Start | End | Text


def events(data: bytes) -> Iterator[Event]:
    """The elements and texts of ``data``. Raises MalformedError at the first fault."""
    collected = _Collected()
    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.StartElementHandler = collected.start
    parser.EndElementHandler = collected.end
    parser.CharacterDataHandler = collected.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.buffer_text = True
    for at in range(0, len(data), _PIECE):
        try:
            parser.Parse(data[at : at + _PIECE], at + _PIECE >= len(data))
        except (expat.ExpatError, ValueError, LookupError) as error:
            yield from collected.taken()
            raise MalformedError(str(error)) from error
        yield from collected.taken()


@dataclass(slots=True)
class _Collected:
    """What the parser has seen since the last piece."""

    found: list[Event] = field(default_factory=list)
    depth: int = 0

    def taken(self) -> list[Event]:
        found, self.found = self.found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("elements within elements")
        plain = {_local(key): value for key, value in attributes.items()}
        space, _, local = name.rpartition(_BETWEEN)
        self.found.append(Start(local, plain, space))

    def end(self, name: str) -> None:
        self.depth -= 1
        self.found.append(End(_local(name)))

    def text(self, text: str) -> None:
        self.found.append(Text(text))


def _local(name: str) -> str:
    return name.rpartition(_BETWEEN)[2]


def _refuse(*_: object) -> None:
    raise ValueError("a document type")
