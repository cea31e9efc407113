"""The files in a part: its body decoded in every way, and what a text body carries within."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gateway.mime import armour, binhex, calendar, transfer, uuencode, words, yenc
from gateway.mime.embedded import Finder
from gateway.mime.entity import Entity
from gateway.mime.names import names_of
from gateway.mime.structure import Part, Role
from gateway.mime.transfer import Encoding
from gateway.model import Gap, Lineage, Reason

MAX_EMBEDDED = 100
"""Files that one text carries within it."""

FINDERS: tuple[Finder, ...] = (
    uuencode.find,
    yenc.find,
    binhex.find,
    armour.find,
    calendar.find,
)
"""The ways in which a text carries files within it."""

_BLANK = b" \t\r\n\0\v\f"
_NO_BEGINNING = re.compile(rb"[ \t]{0,80}[\r\n\0\v\f]")
_WIDE_CHARSET = re.compile(r"utf[-_]?(?:7|16|32)|ucs|iso[-_]?2022|hz|cp037|cp500|ebcdic")


@dataclass(frozen=True, slots=True)
class Payload:
    """One file, decoded."""

    data: bytes
    declared_type: str
    names: tuple[str, ...]
    """The likeliest first; may be empty."""
    variant: int = 0
    """0 for what most readers decode; another number for each way that gives other bytes."""


def payloads(part: Part, lineage: Lineage) -> Iterator[Payload | Gap]:
    """Every file that some reader takes out of a part, what most see first."""
    if part.role is Role.AROUND:
        yield from _embedded(part.body, 0, lineage)
        yield from _encoded_multipart(part)
        return
    entity = part.entity
    names = names_of(entity)
    declared_type = type_of(entity)
    body = part.body
    encodings = _encodings(part, body)
    variant = 0
    for variant, data in enumerate(transfer.decodings(body, encodings)):
        faces = list(_faces(data, part))
        yield from (Payload(face, declared_type, names, variant) for face in faces)
        if not declared_type.startswith("message/") and b"\0" not in faces[-1][:4096]:
            yield from _embedded(faces[-1], variant, lineage)
    for data in transfer.asides(body, encodings):
        yield Payload(data, declared_type, names, variant)
    yield from _encoded_multipart(part)


def type_of(entity: Entity) -> str:
    """The declared type; of several, one that makes the content a mail of its own."""
    types = entity.declared_types
    return next((word for word in types if word in {"message/rfc822", "message/global"}), types[0])


def is_file(part: Part) -> bool:
    """Whether a mail program offers a part for saving, or runs it, rather than shows it as text."""
    entity = part.entity
    shown = ("text/", "multipart/")
    return (
        entity.is_attachment
        or bool(entity.name_parameters)
        or any(not word.startswith(shown) for word in entity.declared_types)
    )


def is_multipart(part: Part) -> bool:
    """Whether some program takes a part for a multipart."""
    return any(word.startswith("multipart/") for word in part.entity.declared_types)


def is_wide(charset: str) -> bool:
    """Whether ASCII text does not look like itself in a charset."""
    return _WIDE_CHARSET.match(charset) is not None


def _encodings(part: Part, body: bytes) -> tuple[Encoding, ...]:
    """The declared encodings, and those that the body plainly has where they cannot be right."""
    declared = part.entity.encodings
    is_unknown = Encoding.UNKNOWN in declared
    is_mail = type_of(part.entity).startswith("message/")
    is_odd = is_unknown or len(declared) > 1 or (is_file(part) and not is_mail)
    plain: tuple[Encoding, ...] = ()
    if is_odd and transfer.looks_like_base64(body):
        plain += (Encoding.BASE64,)
    if is_unknown and transfer.looks_quoted(body):
        plain += (Encoding.QUOTED_PRINTABLE,)
    return declared + plain


def _faces(data: bytes, part: Part) -> Iterator[bytes]:
    """A file as it is, and as it is to readers to whom its first or its hidden letters are none."""
    yield data
    text = _as_shown(data, part) if type_of(part.entity).startswith("text/") else data
    if is_file(part) and _begins_blank(part.text, part.start) and _begins_blank(text, 0):
        # Whether the first empty line ends the header or the next one does.
        text = text.lstrip(_BLANK)
    if text and text != data:
        yield text


def _begins_blank(text: bytes, at: int) -> bool:
    return _NO_BEGINNING.match(text, at) is not None


def _as_shown(data: bytes, part: Part) -> bytes:
    """A text as UTF-8 where its charset hides it, and without the NULs that programs leave out."""
    wide = list(filter(is_wide, part.entity.charsets))
    if wide:
        return words.decode_text(data, wide[0]).encode("utf-8", "replace")
    is_raw = part.entity.encodings == (Encoding.IDENTITY,)
    return data.replace(b"\0", b"") if is_raw else data


def _encoded_multipart(part: Part) -> Iterator[Payload]:
    """The whole of a multipart whose delimiters are encoded too, as a mail of its own.

    RFC 2045 6.4 forbids it; readers that decode it all the same see parts where others see none.
    """
    header = part.entity.header
    hidden = [field.value for field in header.hidden if field.name == "content-type"]
    kind = header.all("content-type") + hidden
    if not kind or not is_multipart(part) or part.entity.encodings == (Encoding.IDENTITY,):
        return
    body = part.body
    for data in transfer.decodings(body, part.entity.encodings):
        if data != body and b"--" in data:
            yield Payload(
                b"Content-Type:" + kind[0] + b"\r\n\r\n" + data, "message/rfc822", (), variant=1
            )


def _embedded(text: bytes, variant: int, lineage: Lineage) -> Iterator[Payload | Gap]:
    found = (embedded for find in FINDERS for embedded in find(text))
    for embedded in islice(found, MAX_EMBEDDED):
        names = (words.decode_text(embedded.name, ""),) if embedded.name else ()
        yield Payload(embedded.data, embedded.declared_type, names, variant)
    if next(found, None) is not None:
        yield Gap(Reason.TOO_MANY, f"more than {MAX_EMBEDDED} files in one text", lineage)
