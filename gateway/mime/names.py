"""Every name that some mail program might show for a part."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from gateway.mime import parameters, words
from gateway.mime.entity import Entity

MAX_NAMES = 24
MAX_LENGTH = 1_000
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_HALF = MAX_LENGTH // 2


def names_of(entity: Entity) -> tuple[str, ...]:
    """The names that an entity claims, the likeliest first; empty if it claims none."""
    found: dict[str, None] = {}
    for parameter in entity.name_parameters:
        for text in parameters.as_text(parameter):
            found.update(dict.fromkeys(filter(None, _shown(text))))
        if len(found) >= MAX_NAMES:
            break
    if not found and entity.is_attachment:
        # What some programs fall back on when nothing else names a file to save.
        texts = map(words.decode_words, entity.header.all("content-description")[:MAX_NAMES])
        found.update(dict.fromkeys(name for text in texts for name in _shown(text) if name))
    return tuple(found)[:MAX_NAMES]


def _shown(text: str) -> Iterator[str]:
    """A name as it is, as a reader shows it that stops at a NUL, and with ``%41`` undone."""
    short = text if len(text) <= MAX_LENGTH else f"{text[:_HALF]}…{text[-_HALF:]}"
    yield short.strip()
    head, nul, _ = short.partition("\0")
    if nul:
        yield head.strip()
    if _PERCENT.search(short):
        yield unquote(short).strip()
