"""Shows the words of a message instead of judging it: each line is a note, harmless to look at.

It runs where everything hostile is parsed, in a worker, and its lines come back as a report: they
are bounded and checked like any other.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice

from gateway.mime import fields, words
from gateway.model import Finding, Gap, Level
from gateway.scan.api import Analyzer, Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats.archives.inflate import BROKEN
from gateway.scan.formats.office import vba
from gateway.scan.kinds import Kind

HEADER, TEXT, MACRO = "preview.header", "preview.text", "preview.macro"
_FIELDS = 60
_LINES = 120
_LINE_CHARACTERS = 300
_TEXT_BYTES = 256 << 10

_HIDDEN = re.compile(r"(?i)<(/?)(script|style)\b[^<>]{0,1000}")
_BREAK = re.compile(r"(?i)<(?:br|p|div|tr|li|h[1-6])\b[^<>]{0,1000}>")
_TAG = re.compile(r"<[^<>]{0,4000}>")


class Headers:
    """The header of the message, as it stands there."""

    kinds = frozenset({Kind.MESSAGE})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _: Context) -> Iterator[Finding | Gap]:
        """One line for each field."""
        if artifact.depth:
            return
        for number, field in enumerate(fields.read(artifact.data, 0).fields[:_FIELDS], 1):
            value = words.decode_words(field.value[: 4 * _LINE_CHARACTERS])
            yield _line(HEADER, number, f"{field.name}: {value}", artifact)


class Words:
    """What a person would read: the texts of the message, and of mails in it."""

    kinds = frozenset({Kind.TEXT, Kind.HTML, Kind.HL7, Kind.HPRIM})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _: Context) -> Iterator[Finding | Gap]:
        """One line for each line that has words."""
        if artifact.within[-1:] != (Kind.MESSAGE,):
            return
        text = artifact.data[:_TEXT_BYTES].decode("utf-8", "replace")
        if "\ufffd" in text:
            text = artifact.data[:_TEXT_BYTES].decode("cp1252", "replace")
        if Kind.HTML in artifact.kinds:
            text = _without_tags(text)
        lines = (line for line in text.splitlines() if line.strip())
        for number, line in enumerate(islice(lines, _LINES), 1):
            yield _line(TEXT, number, line, artifact)


class Macros:
    """The source of macros, from its beginning."""

    kinds = frozenset({Kind.OLE})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _: Context) -> Iterator[Finding | Gap]:
        """One line for each line of code."""
        number = 0
        for module in vba.modules(artifact.data):
            if not isinstance(module, vba.Module):
                continue
            for line in module.source.splitlines():
                number += 1
                if number > _LINES:
                    return
                yield _line(MACRO, number, f"{module.name}: {line}", artifact)


ANALYZERS: tuple[Analyzer, ...] = (Headers(), Words(), Macros())


def _line(code: str, number: int, text: str, artifact: Artifact) -> Finding:
    shown = quote(text, _LINE_CHARACTERS)
    return Finding(code, Level.NOTE, str(number), shown, artifact.lineage)


def _without_tags(text: str) -> str:
    plain = _TAG.sub(" ", _BREAK.sub("\n", "".join(_shown(text))))
    return html.unescape(plain)


def _shown(text: str) -> Iterator[str]:
    """All but scripts and styles; one that never ends hides the rest, as it does from a reader."""
    at, inside = 0, ""
    for tag in _HIDDEN.finditer(text):
        is_end, name = bool(tag[1]), tag[2].lower()
        if not inside and not is_end:
            yield text[at : tag.start()]
            inside = name
        elif is_end and name == inside:
            at, inside = tag.start(), ""
    if not inside:
        yield text[at:]
