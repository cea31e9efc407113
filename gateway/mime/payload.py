"""The files in a part: its body decoded in every way, and what a text body carries within."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.mime import transfer, uuencode, words
from gateway.mime.entity import Entity
from gateway.mime.names import names_of
from gateway.mime.structure import Part, Role
from gateway.mime.transfer import Encoding

MAX_BLOCKS = 200
"""Armoured blocks of one text."""

_ARMOUR = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END ")
_WIDE_CHARSET = re.compile(r"utf[-_]?(?:7|16|32)|ucs|iso[-_]?2022|hz|cp037|cp500|ebcdic")
"""Charsets in which ASCII text does not look like itself."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One file, decoded."""

    data: bytes
    declared_type: str
    names: tuple[str, ...]
    """The likeliest first; may be empty."""
    variant: int = 0
    """0 for what most readers decode; another number for each way that gives other bytes."""


def payloads(part: Part) -> Iterator[Payload]:
    """Every file that some reader takes out of a part, what most see first."""
    if part.role is Role.AROUND:
        yield from _embedded(part.body, 0)
        return
    names = names_of(part.entity)
    declared_type = type_of(part.entity)
    for variant, data in enumerate(transfer.decodings(part.body, _encodings(part))):
        yield Payload(data, declared_type, names, variant)
        if declared_type.startswith("text/"):
            yield from _from_text(data, part.entity, variant)


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


def _encodings(part: Part) -> tuple[Encoding, ...]:
    """The declared encodings, and base64 where it is plain to see that they are wrong."""
    declared = part.entity.encodings
    if Encoding.BASE64 in declared:
        return declared
    is_mail = type_of(part.entity).startswith("message/")
    is_odd = Encoding.UNKNOWN in declared or len(declared) > 1 or (is_file(part) and not is_mail)
    is_base64 = is_odd and transfer.looks_like_base64(part.body)
    return (*declared, Encoding.BASE64) if is_base64 else declared


def _from_text(data: bytes, entity: Entity, variant: int) -> Iterator[Payload]:
    text = data
    if _WIDE_CHARSET.match(entity.charset):
        text = words.decode_text(data, entity.charset).encode("utf-8", "replace")
        if text != data:
            yield Payload(text, type_of(entity), names_of(entity), variant)
    yield from _embedded(text, variant)


def _embedded(text: bytes, variant: int) -> Iterator[Payload]:
    for found in uuencode.find(text):
        name = words.decode_text(found.name, "")
        yield Payload(found.data, "application/octet-stream", (name,), variant)
    for block in _armoured(text):
        yield Payload(block, "application/octet-stream", (), variant)


def _armoured(text: bytes) -> Iterator[bytes]:
    """What stands in base64 between ``-----BEGIN x-----`` and its end; PGP has its own rules."""
    if b"-----BEGIN " not in text:
        return
    for index, block in enumerate(_ARMOUR.finditer(text)):
        if index >= MAX_BLOCKS:
            return
        if not block[1].startswith(b"PGP "):
            yield next(transfer.decodings(block[2], (Encoding.BASE64,)))
