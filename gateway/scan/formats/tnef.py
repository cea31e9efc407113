"""Reads TNEF ([MS-OXTNEF]), in which Outlook packs attachments into one winmail.dat."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.scan.formats.archives.inflate import DamagedError

SIGNATURE = b"\x78\x9f\x3e\x22"
_MOST_PROPERTIES = 10_000
_CUT_SHORT = -1

_BODY, _MESSAGE_PROPERTIES = 0x0002800C, 0x00069003
_BEGINS, _DATA, _TITLE, _PROPERTIES = 0x00069002, 0x0006800F, 0x00018010, 0x00069005

_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""Bytes of the property types of fixed length, padding included (2.1.3.4)."""
_VARIABLE = frozenset({13, 30, 31, 258})
_OBJECT = 13
_MANY = 0x1000
_NAMED = 0x8000

_DATA_OBJECT, _MIME_TAG = 0x3701, 0x370E
_NAMES = (0x3707, 0x3704, 0x3001)
_BODIES = {0x1000: "text/plain", 0x1013: "text/html", 0x1009: "text/rtf"}


@dataclass(slots=True)
class Packed:
    """One file in it."""

    names: list[str] = field(default_factory=list)
    data: bytes = b""
    declared_type: str = ""


def files(data: bytes) -> Iterator[Packed]:
    """Every attachment and every body. Raises DamagedError where the records end."""
    current: Packed | None = None
    is_cut_short = False
    for attribute, value in _attributes(data):
        is_cut_short = attribute == _CUT_SHORT
        if attribute == _BODY:
            yield Packed(["body"], value.rstrip(b"\0"), "text/plain")
        elif attribute == _MESSAGE_PROPERTIES:
            yield from _bodies(value)
        elif attribute == _BEGINS:
            if current is not None and current.data:
                yield current
            current = Packed()
        else:
            current = current or Packed()
            _describe(current, attribute, value)
    if current is not None and current.data:
        yield current
    if is_cut_short:
        raise DamagedError("the last record is cut short")


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records: level, identity, length, data, checksum (2.1.3.1)."""
    position = 6
    while position + 9 <= len(data):
        attribute, length = struct.unpack_from("<II", data, position + 1)
        start = position + 9
        if start + length > len(data):
            yield attribute, data[start:]
            yield _CUT_SHORT, b""
            return
        yield attribute, data[start : start + length]
        position = start + length + 2


def _describe(packed: Packed, attribute: int, value: bytes) -> None:
    """Take what an attribute says of an attachment."""
    if attribute == _DATA:
        packed.data = packed.data or value
    elif attribute == _TITLE:
        packed.names.append(_text(value, "cp1252"))
    if attribute != _PROPERTIES:
        return
    for tag, kind, content in _properties(value):
        if tag in _NAMES:
            packed.names.insert(0, _text(content, "utf-16-le" if kind == 31 else "cp1252"))
        elif tag == _MIME_TAG:
            packed.declared_type = _text(content, "utf-16-le" if kind == 31 else "cp1252").lower()
        elif tag == _DATA_OBJECT and content:
            # An object begins with the identity of its interface: a message, or a storage.
            packed.data = content[16:] if kind == _OBJECT else content


def _bodies(value: bytes) -> Iterator[Packed]:
    for tag, kind, content in _properties(value):
        if tag in _BODIES and content:
            plain = _text(content, "utf-16-le").encode() if kind == 31 else content
            yield Packed(["body"], plain, _BODIES[tag])


def _properties(value: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Each value of each property: its number, its type, its bytes (2.1.3.4)."""
    if len(value) < 4:
        return
    (count,) = struct.unpack_from("<I", value)
    position = 4
    for _ in range(min(count, _MOST_PROPERTIES)):
        if position + 4 > len(value):
            return
        kind, tag = struct.unpack_from("<HH", value, position)
        position = _past_name(value, position + 4) if tag >= _NAMED else position + 4
        base = kind & ~_MANY
        number = 1
        if kind & _MANY or base in _VARIABLE:
            number, position = _number(value, position), position + 4
        for _ in range(min(number, _MOST_PROPERTIES)):
            size = _FIXED.get(base)
            if size is None:
                if base not in _VARIABLE or position >= len(value):
                    return
                size, position = _number(value, position), position + 4
            yield tag, base, value[position : position + size]
            position += size + -size % 4


def _past_name(value: bytes, position: int) -> int:
    """A named property has a GUID, and a number or a name (2.1.3.4.1)."""
    if _number(value, position + 16) == 0:
        return position + 24
    length = _number(value, position + 20)
    return position + 24 + length + -length % 4


def _number(value: bytes, at: int) -> int:
    return int.from_bytes(value[at : at + 4], "little")


def _text(value: bytes, encoding: str) -> str:
    return value[:2048].decode(encoding, "replace").split("\0", 1)[0]
