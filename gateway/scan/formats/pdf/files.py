"""What a PDF carries within it: attached files, scripts and forms, each as its own bytes."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.scan.formats.pdf import actions as pdfactions
from gateway.scan.formats.pdf.filters import UnreadError
from gateway.scan.formats.pdf.objects import Object, PdfObjects
from gateway.scan.formats.pdf.values import Reference, Value, spelled

CARRIERS = spelled("EmbeddedFile", "EF", "JavaScript", "JS", "XFA", "ObjStm")
"""Without one of these names in its bytes a document carries nothing."""
_ATTACHED = spelled("EF")
_EMBEDDED = spelled("EmbeddedFile")


@dataclass(frozen=True, slots=True)
class Carried:
    """One of them; ``data`` is None where it could not be read, and ``problem`` says why."""

    names: tuple[str, ...]
    data: bytes | None
    problem: str = ""


def carried(document: PdfObjects) -> Iterator[Carried]:
    """Everything that ``document`` carries, each stream once."""
    seen: set[int] = set()
    for names, one in (*_named(document), *_loose(document)):
        if id(one) not in seen:
            seen.add(id(one))
            yield _unpacked(document, names or ("attachment",), one)
    yield from _scripts(document)
    yield from _forms(document)


def _named(document: PdfObjects) -> Iterator[tuple[tuple[str, ...], Object]]:
    """The streams of file specifications (7.11.3), with the names that they give."""
    for holder in document.holding(_ATTACHED):
        for value in pdfactions.dictionaries(holder.value):
            embedded = document.resolved(value.get("EF"))
            names = tuple(dict.fromkeys(filter(None, pdfactions.file_names(document, value))))
            for reference in _references(embedded):
                one = document.referred(reference)
                if one is not None and one.stream_at >= 0:
                    yield names, one


def _references(value: Value) -> Iterator[Reference]:
    if isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, Reference))


def _loose(document: PdfObjects) -> Iterator[tuple[tuple[str, ...], Object]]:
    """Streams that say of themselves that they are files; nothing need lead to them."""
    for one in document.holding(_EMBEDDED):
        is_file = isinstance(one.value, dict) and one.value.get("Type") == "EmbeddedFile"
        if is_file and one.stream_at >= 0:
            yield (), one


def _unpacked(document: PdfObjects, names: tuple[str, ...], one: Object) -> Carried:
    try:
        return Carried(names, document.unpacked(one))
    except UnreadError as error:
        return Carried(names, None, str(error))


def _scripts(document: PdfObjects) -> Iterator[Carried]:
    found: dict[str, None] = {}
    for action in pdfactions.actions(document):
        if action.kind == "JavaScript":
            try:
                found[pdfactions.script(document, action)] = None
            except UnreadError as error:
                yield Carried(("script",), None, str(error))
    for number, source in enumerate(filter(None, found), start=1):
        yield Carried((f"script {number}",), source.encode("utf-8", "replace"))


def _forms(document: PdfObjects) -> Iterator[Carried]:
    try:
        for number, part in enumerate(pdfactions.forms(document), start=1):
            yield Carried((f"form {number}",), part)
    except UnreadError as error:
        yield Carried(("form",), None, str(error))
