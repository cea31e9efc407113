"""Which files can be taken out of a message, so that all its readers agree on what is left.

Rule 1. Only a message in which every reader finds the same parts gives any: where they disagree,
        what one of them is not shown another may still open.
Rule 2. Only files are given, never what a program shows as the letter itself.
Rule 3. Nothing is given from within what somebody has signed, or where a part may stand for
        another one: the rest would say something else than its sender did.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.mime.payload import Payload, is_file, is_multipart, payloads
from gateway.mime.reader import read
from gateway.mime.structure import Part, Role

_AROUND_FILES = "multipart/mixed"
"""In no other multipart is a text in the place of a file sure to be seen, and only as itself."""
_AROUND_THOSE = frozenset({_AROUND_FILES, "multipart/alternative", "multipart/related"})
_DELIMITER_OCTETS = 1_000
"""Longer than any line of honest mail; a search without an end would go back over all of it."""
_LETTER_OF_OUTLOOK = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(frozen=True, slots=True)
class Removable:
    """A part with its header: ``text[start:end]``, between two delimiters."""

    start: int
    end: int
    digests: frozenset[str]
    """SHA-256 of every file that some reader takes out of it."""


def removable(text: bytes) -> Iterator[Removable]:
    """The parts of a message that can be replaced, in their order; decoded one at a time."""
    mail = read(text, ())
    # Programs that take a NUL for the end of a text would not see the notice.
    if not mail.is_undisputed or b"\0" in text:
        return
    for part in mail.parts:
        if part.role is Role.BODY and _is_for_saving(part) and _is_delimited(part):
            yield Removable(part.entity.header.start, part.end, _digests(part))


def _is_for_saving(part: Part) -> bool:
    """Rules 2 and 3."""
    entity = part.entity
    is_shown = not entity.is_attachment and entity.declared_types[0].startswith("text/")
    is_letter = not _LETTER_OF_OUTLOOK.isdisjoint(entity.declared_types)
    if is_shown or is_letter or is_multipart(part) or not is_file(part) or not part.within:
        return False
    around = [outer.declared_types for outer in part.within]
    return around[-1] == (_AROUND_FILES,) and all(
        len(types) == 1 and types[0] in _AROUND_THOSE for types in around
    )


def _is_delimited(part: Part) -> bool:
    """Whether a whole delimiter line stands before it and after it, as RFC 2046 has them."""
    text, start = part.text, part.entity.header.start
    before = text.rfind(b"\r\n--", max(0, start - _DELIMITER_OCTETS), start)
    is_begun = before >= 0 and text.find(b"\r\n", before + 4, start) + 2 == start
    return is_begun and text.startswith(b"\r\n--", part.end)


def _digests(part: Part) -> frozenset[str]:
    files = (found.data for found in payloads(part, ()) if isinstance(found, Payload))
    return frozenset(hashlib.sha256(data).hexdigest() for data in files)
