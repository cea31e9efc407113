"""Content-Transfer-Encoding undone, in every way that readers undo it.

There are few readings; none is longer than the encoded text, but for cut-off blanks of uuencode.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from gateway.mime import quotedprintable, radix64, uuencode
from gateway.mime.quotedprintable import looks_quoted
from gateway.mime.radix64 import looks_like_base64

__all__ = ["Encoding", "asides", "decodings", "encoding_of", "is_overdone", "looks_like_base64",
           "looks_quoted"]  # fmt: skip

MAX_FILES = 20
"""Uuencoded files in one body. Over this, as over the limits of the others: ``is_overdone``."""


class Encoding(StrEnum):
    """How a body is wrapped for transfer."""

    IDENTITY = "identity"
    BASE64 = "base64"
    QUOTED_PRINTABLE = "quoted-printable"
    UUENCODE = "uuencode"
    UNKNOWN = "unknown"


_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "none", "plain", "text"})
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")


def encoding_of(value: str) -> Encoding:
    """What encoding a field value means, misspelt or not."""
    plain = _NOT_OF_A_NAME.sub("", value.lower())
    if plain in _IDENTITY:
        return Encoding.IDENTITY
    if "64" in plain or plain == "b":
        return Encoding.BASE64
    if "quoted" in plain or "printable" in plain or plain in {"q", "qp"}:
        return Encoding.QUOTED_PRINTABLE
    if plain.removeprefix("x") in {"uu", "uue", "uuencode", "uuencoded"}:
        return Encoding.UUENCODE
    return Encoding.UNKNOWN


def decodings(body: bytes, encodings: Iterable[Encoding]) -> Iterator[bytes]:
    """Every way to decode ``body``, the most correct first; equal ones only once."""
    earlier: list[bytes] = []
    for encoding in dict.fromkeys(encodings):
        for decoded in _WAYS[encoding].readings(body):
            if decoded not in earlier:
                earlier.append(decoded)
                yield decoded


def asides(body: bytes, encodings: Iterable[Encoding]) -> Iterator[bytes]:
    """Further ways, so rare that a difference says nothing against the sender."""
    return (decoded for encoding in encodings for decoded in _WAYS[encoding].asides(body))


def is_overdone(body: bytes, encodings: Iterable[Encoding]) -> bool:
    """Whether a body has more slips than are followed up in every way."""
    return any(_WAYS[encoding].is_overdone(body) for encoding in encodings)


def _identity(body: bytes) -> Iterator[bytes]:
    yield body


def _uuencode(body: bytes) -> Iterator[bytes]:
    found = [embedded.data for embedded in islice(uuencode.find(body), MAX_FILES)]
    yield from found or [uuencode.decode(body) or body]


def _has_many_files(body: bytes) -> bool:
    return next(islice(uuencode.find(body), MAX_FILES, None), None) is not None


def _none(_body: bytes) -> Iterator[bytes]:
    return iter(())


@dataclass(frozen=True, slots=True)
class _Way:
    readings: Callable[[bytes], Iterator[bytes]]
    asides: Callable[[bytes], Iterator[bytes]] = _none
    is_overdone: Callable[[bytes], bool] = lambda _: False


_WAYS: Mapping[Encoding, _Way] = {
    Encoding.IDENTITY: _Way(_identity),
    Encoding.BASE64: _Way(radix64.readings, radix64.asides, radix64.is_overdone),
    Encoding.QUOTED_PRINTABLE: _Way(
        quotedprintable.readings, quotedprintable.asides, quotedprintable.is_overdone
    ),
    Encoding.UUENCODE: _Way(_uuencode, is_overdone=_has_many_files),
    Encoding.UNKNOWN: _Way(_identity),
}
