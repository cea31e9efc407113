"""What a PDF can do: its actions (ISO 32000-1, 12.6), the files in it, and what sets them off."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from gateway.scan.formats.pdf.filters import UnreadError
from gateway.scan.formats.pdf.objects import Object, PdfObjects
from gateway.scan.formats.pdf.values import Name, Reference, Value, spelled

_MOST_STEPS = 5_000
"""From the triggers of one document; a document of actions that point in circles ends there."""
_LONGEST_TEXT = 4096
_KINDS = frozenset(
    {"JavaScript", "Launch", "URI", "SubmitForm", "GoToR", "GoToE", "ImportData"}
    | {"Rendition", "Movie", "Sound", "RichMediaExecute"}
)
_TRIGGERS = spelled("OpenAction", "AA", "JavaScript")
_ACTIONS = spelled("JS", *_KINDS)
_FILES = spelled("EF")
_XFA = spelled("XFA")
_UNASKED = frozenset({"O", "C", "WC", "WS", "DS", "WP", "DP", "PO", "PC", "PV", "PI"})
"""Of the events in an AA dictionary, those that need no hand: a page opened, a document closed."""
_BYTE_ORDER_MARK = b"\xfe\xff"


@dataclass(frozen=True, slots=True)
class Action:
    """One action."""

    kind: str
    number: int
    """Of the object that it stands in."""
    is_unasked: bool
    """Whether opening, closing, saving or printing sets it off."""
    value: dict[str, Value]


def actions(document: PdfObjects) -> Iterator[Action]:
    """Every action in the file, whether something leads to it or not."""
    unasked = {id(value) for value in _unasked(document)}
    for one in document.holding(_ACTIONS):
        for value in dictionaries(one.value):
            kind = _kind(value)
            if kind:
                yield Action(kind, one.number, id(value) in unasked, value)


def attached(document: PdfObjects) -> Iterator[str]:
    """The names of the files in the document (7.11.4)."""
    for one in document.holding(_FILES):
        for value in dictionaries(one.value):
            if "EF" in value:
                yield next(file_names(document, value), "")


def script(document: PdfObjects, action: Action) -> str:
    """The code of a JavaScript action: a string, or a stream elsewhere. Raises UnreadError."""
    code = action.value.get("JS")
    if isinstance(code, Reference):
        one = document.referred(code)
        if one is not None and one.stream_at >= 0:
            return text(document.unpacked(one))
        code = None if one is None else one.value
    return text(code) if isinstance(code, bytes) else ""


def file_names(document: PdfObjects, value: Value) -> Iterator[str]:
    """What a file specification (7.11.3) calls its file."""
    value = document.resolved(value)
    if isinstance(value, bytes):
        yield text(value)
    elif isinstance(value, dict):
        for key in ("UF", "F", "DOS", "Unix", "Mac"):
            name = document.resolved(value.get(key))
            if isinstance(name, bytes):
                yield text(name)


def text(stored: bytes) -> str:
    """A text string (7.9.2.2)."""
    if stored.startswith(_BYTE_ORDER_MARK):
        return stored[2:].decode("utf-16-be", "replace")
    return stored.decode("latin-1")


def dictionaries(value: Value) -> Iterator[dict[str, Value]]:
    """Every dictionary in ``value`` itself, without what it refers to."""
    todo = [value]
    while todo:
        match todo.pop():
            case dict() as found:
                yield found
                todo += found.values()
            case list() as listed:
                todo += listed


def forms(document: PdfObjects) -> Iterator[bytes]:
    """The parts of XFA forms (12.7.8), as far as they can be unpacked."""
    for one in document.holding(_XFA):
        for value in dictionaries(one.value):
            stated = value.get("XFA")
            parts = document.resolved(stated)
            for part in parts if isinstance(parts, list) else [stated]:
                held = document.referred(part) if isinstance(part, Reference) else None
                if held is not None and held.stream_at >= 0:
                    with suppress(UnreadError):
                        yield document.unpacked(held)


def _kind(value: dict[str, Value]) -> str:
    stated = value.get("S")
    if isinstance(stated, Name) and stated in _KINDS:
        return str(stated)
    return "JavaScript" if "JS" in value else ""


def _unasked(document: PdfObjects) -> Iterator[dict[str, Value]]:
    """Every dictionary that one of the triggers leads to."""
    todo: list[Value] = []
    for one in document.holding(_TRIGGERS):
        todo += _begun(document, one)
    seen: set[int] = set()
    for _ in range(_MOST_STEPS):
        if not todo:
            return
        value = document.resolved(todo.pop())
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            yield value
            # Actions in a row, and the tree of scripts by name.
            todo += [value.get("Next"), value.get("Names"), value.get("Kids")]


def _begun(document: PdfObjects, one: Object) -> Iterator[Value]:
    for value in dictionaries(one.value):
        yield value.get("OpenAction")
        # A tree of scripts; where JavaScript is the kind of an action, it is no key.
        yield value.get("JavaScript")
        events = document.resolved(value.get("AA"))
        if isinstance(events, dict):
            yield from (action for event, action in events.items() if event in _UNASKED)
