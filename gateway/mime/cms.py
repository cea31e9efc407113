"""What S/MIME wraps: signed content taken out of its signature, encrypted content told apart.

Only the way to the content is read (RFC 5652 3, 5, 6); BER with indefinite lengths included.
Nothing is verified: a signature says who wrote a file, not that it is harmless.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from gateway.mime import radix64

_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
_ADDRESS = 0x16
_CONSTRUCTED, _INDEFINITE, _END_OF_CONTENT = 0x20, 0x80, 0x00
_ARMOUR = re.compile(rb"\s*-----BEGIN [A-Z0-9 ]{1,40}-----([^-]*)")


class Wrapping(Enum):
    """What is done to the content."""

    SIGNED = auto()
    ENCRYPTED = auto()
    COMPRESSED = auto()
    UNKNOWN = auto()


_WRAPPINGS = {
    bytes.fromhex("2a864886f70d010702"): Wrapping.SIGNED,
    bytes.fromhex("2a864886f70d010703"): Wrapping.ENCRYPTED,
    bytes.fromhex("2a864886f70d010704"): Wrapping.ENCRYPTED,  # signed and enveloped, PKCS #7
    bytes.fromhex("2a864886f70d010706"): Wrapping.ENCRYPTED,
    bytes.fromhex("2a864886f70d010705"): Wrapping.SIGNED,  # a digest in place of a signature
    bytes.fromhex("2a864886f70d0109100117"): Wrapping.ENCRYPTED,  # authenticated, RFC 5083
    bytes.fromhex("2a864886f70d0109100109"): Wrapping.COMPRESSED,
}
_TIME_STAMPED = bytes.fromhex("2a864886f70d010910011f")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One CMS object. ``content`` is None when it holds none, as a detached signature does."""

    wrapping: Wrapping
    content: bytes | None = None


class DamagedError(ValueError):
    """Bytes that do not lead to a content."""


def unwrap(data: bytes) -> Wrapped:
    """Find the content of a CMS object. Raises DamagedError when there is no way to it."""
    armour = _ARMOUR.match(data)
    reader = _Reader(_from_base64(armour[1]) if armour else data)
    reader.enter(_SEQUENCE)
    kind = reader.primitive(_OID)
    if kind == _TIME_STAMPED:
        return _stamped(reader)
    wrapping = _WRAPPINGS.get(kind, Wrapping.UNKNOWN)
    if wrapping not in {Wrapping.SIGNED, Wrapping.COMPRESSED}:
        return Wrapped(wrapping)
    reader.enter(_EXPLICIT)
    reader.enter(_SEQUENCE)
    reader.skip()  # version
    reader.skip()  # algorithms
    end = reader.enter(_SEQUENCE)
    reader.primitive(_OID)
    if reader.is_beyond(end):
        return Wrapped(wrapping)
    reader.enter(_EXPLICIT)
    return Wrapped(wrapping, reader.octets())


def _stamped(reader: "_Reader") -> Wrapped:
    """RFC 5544, 2: a version, where the content is from, what it is called, and the content."""
    reader.enter(_EXPLICIT)
    reader.enter(_SEQUENCE)
    reader.skip()
    for tag in (_ADDRESS, _SEQUENCE):
        if reader.is_at(tag):
            reader.skip()
    is_there = reader.is_at(_OCTETS) or reader.is_at(_OCTETS_IN_PIECES)
    return Wrapped(Wrapping.SIGNED, reader.octets() if is_there else None)


def _from_base64(text: bytes) -> bytes:
    return next(radix64.readings(text))


class _Reader:
    """Goes through BER from front to back, never back and never by recursion."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def is_at(self, tag: int) -> bool:
        """Whether an item with this tag comes next."""
        return self._data[self._at : self._at + 1] == bytes([tag])

    def is_beyond(self, end: int | None) -> bool:
        """Whether an item that ends at ``end`` holds nothing more."""
        return self.is_at(_END_OF_CONTENT) if end is None else self._at >= end

    def enter(self, tag: int) -> int | None:
        """Go to what is inside the item that comes next; give its end, None if it is indefinite."""
        length = self._header(tag)
        return None if length is None else self._at + length

    def primitive(self, tag: int) -> bytes:
        """Take the bytes of the item that comes next."""
        length = self._header(tag)
        if length is None:
            raise DamagedError("a primitive without a length")
        return self._take(length)

    def skip(self) -> None:
        """Go past the item that comes next."""
        for _ in self._pieces():
            pass

    def octets(self) -> bytes:
        """Take an octet string, in one piece or in many."""
        if self.is_at(_OCTETS):
            return self.primitive(_OCTETS)
        if not self.is_at(_OCTETS_IN_PIECES):
            raise DamagedError("no octets where the content should be")
        return b"".join(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        """Everything primitive inside the item that comes next, however deep; at least that."""
        ends: list[int | None] = []
        while True:
            if ends and ends[-1] is None and self.is_at(_END_OF_CONTENT):
                self._take(2)
                ends.pop()
            else:
                is_constructed = bool(self._peek() & _CONSTRUCTED)
                length = self._header(None)
                if is_constructed:
                    ends.append(None if length is None else self._at + length)
                elif length is None:
                    raise DamagedError("a primitive without a length")
                else:
                    yield self._take(length)
            while ends and ends[-1] is not None and ends[-1] <= self._at:
                ends.pop()
            if not ends:
                return

    def _peek(self) -> int:
        if self._at >= len(self._data):
            raise DamagedError("it ends early")
        return self._data[self._at]

    def _take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) < length:
            raise DamagedError("it ends early")
        self._at += length
        return taken

    def _header(self, tag: int | None) -> int | None:
        """Read a tag and a length; None for an indefinite length."""
        found = self._take(1)[0]
        if tag is not None and found != tag:
            raise DamagedError(f"tag {found:#x} where {tag:#x} should be")
        first = self._take(1)[0]
        if first == _INDEFINITE:
            return None
        if first < _INDEFINITE:
            return first
        return int.from_bytes(self._take(first & 0x7F), "big")
