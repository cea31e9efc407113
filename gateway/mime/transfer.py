"""Content-Transfer-Encoding undone, in every way that readers undo it.

Decoding never expands: each reading is no longer than the encoded text, and there are few.
"""

import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import islice

import pybase64

from gateway.mime import uuencode

MAX_BLOCKS = 200_000
"""Padded base64 blocks in one body that are decoded one by one."""
MAX_FILES = 20
"""Uuencoded files in one body."""
MAX_REPAIRS = 200_000
"""Wrong escapes in one quoted-printable body that are put right. Over these: ``is_overdone``."""


class Encoding(StrEnum):
    """How a body is wrapped for transfer."""

    IDENTITY = "identity"
    BASE64 = "base64"
    QUOTED_PRINTABLE = "quoted-printable"
    UUENCODE = "uuencode"
    UNKNOWN = "unknown"


_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "none", "plain", "text"})
_LETTERS = re.compile(r"[^a-z0-9]+")

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_WEB_ALPHABET = bytes.maketrans(b"-_", b"+/")
_WEB_LETTERS = _ALPHABET + b"-_=\r\n\t "
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{4,}={0,2}|=+")
# Fields of a header that some readers ended too early; their letters would shift all that follows.
_JUNK_PARAGRAPH = re.compile(
    rb"[\s\0]{0,8}(?=[^\r\n]{0,998}[^A-Za-z0-9+/=\s])(?:[^\r\n]{1,998}(?:\r?\n|\r)){1,30}(?:\r?\n|\r)"
)
_BLOCKS = re.compile(rb"[^=]+")

_SOFT_BREAK = re.compile(rb"=[ \t\0]+(?=\r?\n)")
_ESCAPE = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_BARE_BREAK = re.compile(rb"=[ \t\0]*\r(?!\n)")
_NOT_PRINTABLE = bytes(set(range(256)) - set(range(0x20, 0x7F)) - set(b"\t\r\n"))
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)[^\r\n]{0,2}")
_BAD_EQUALS = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)")


def encoding_of(value: str) -> Encoding:
    """What encoding a field value means, misspelt or not."""
    plain = _LETTERS.sub("", value.lower())
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
        for decoded in _READERS[encoding](body):
            if decoded not in earlier:
                earlier.append(decoded)
                yield decoded


def is_overdone(body: bytes, encodings: Iterable[Encoding]) -> bool:
    """Whether a body has more slips than are followed up in every way."""
    return any(_IS_OVERDONE[encoding](body) for encoding in encodings)


def looks_like_base64(body: bytes) -> bool:
    """Whether a body that nobody declared as base64 is base64 all the same."""
    lines = body[:4096].split()
    whole = lines[:-1] if len(body) > 4096 else lines
    if not whole or len(whole[0]) < 16:
        return False
    letters = sum(len(line) for line in whole if _ONLY_BASE64.fullmatch(line))
    return letters > 0.9 * sum(map(len, whole))


def looks_quoted(body: bytes) -> bool:
    """Whether a body of an encoding that nobody knows is quoted-printable."""
    return _ESCAPE.search(body[:4096]) is not None


def _identity(body: bytes) -> Iterator[bytes]:
    yield body


def _base64(body: bytes) -> Iterator[bytes]:
    padding = body.find(b"=")
    if padding < 0 or padding > _last_letter(body):
        yield _block(body)
    else:
        # RFC 2045 6.8: padding is the end of the data. Not every reader stops there.
        yield _block(body[:padding])
        yield _blocks(body)
        yield _block(body.replace(b"=", b""))
    junk = _JUNK_PARAGRAPH.match(body)
    if junk is not None:
        yield _blocks(body[junk.end() :])
    if _is_in_web_alphabet(body):
        yield _blocks(body.translate(_WEB_ALPHABET))


def _is_in_web_alphabet(body: bytes) -> bool:
    """Whether hyphens and underscores may be letters (RFC 4648 5), not the words of a footer."""
    if b"-" not in body and b"_" not in body:
        return False
    junk = body.translate(None, _WEB_LETTERS)
    return len(junk) <= len(body) // 50


def _last_letter(body: bytes) -> int:
    """Where the last letter of the alphabet stands, but for a tail of junk."""
    return len(body.rstrip(_NOT_BASE64)) - 1


def _blocks(body: bytes) -> bytes:
    """Decode each padded block for itself, as some readers do."""
    if _has_many_blocks(body):
        return _block(body.replace(b"=", b""))
    return b"".join(map(_block, _BLOCKS.findall(body)))


def _has_many_blocks(body: bytes) -> bool:
    return body.count(b"=") > MAX_BLOCKS


def _block(body: bytes) -> bytes:
    """Decode one run of base64 letters, whatever stands between them and however it ends."""
    try:
        return pybase64.b64decode(body)
    except binascii.Error:
        letters = body.translate(None, _NOT_BASE64)
    # One letter left over holds six bits: no byte. Two or three want their padding.
    whole = letters[:-1] if len(letters) % 4 == 1 else letters
    return pybase64.b64decode(whole + b"=" * (-len(whole) % 4))


def _uuencode(body: bytes) -> Iterator[bytes]:
    found = [embedded.data for embedded in islice(uuencode.find(body), MAX_FILES)]
    yield from found or [body]


def _quoted_printable(body: bytes) -> Iterator[bytes]:
    # RFC 2045 6.7 (3): blanks after the equals sign of a soft break belong to it.
    text = _BARE_BREAK.sub(b"", _SOFT_BREAK.sub(b"=", body))
    yield binascii.a2b_qp(text)
    if _BAD_EQUALS.search(text):
        yield binascii.a2b_qp(_BAD_EQUALS.sub(b"", text, count=MAX_REPAIRS))
        yield binascii.a2b_qp(_BAD_ESCAPE.sub(b"", text, count=MAX_REPAIRS))
    # RFC 2045 6.7 (2): these may not stand there, and some readers leave them out.
    yield binascii.a2b_qp(text.translate(None, _NOT_PRINTABLE))


def _has_many_repairs(body: bytes) -> bool:
    return next(islice(_BAD_EQUALS.finditer(body), MAX_REPAIRS, None), None) is not None


def _has_many_files(body: bytes) -> bool:
    return next(islice(uuencode.find(body), MAX_FILES, None), None) is not None


_READERS: Mapping[Encoding, Callable[[bytes], Iterator[bytes]]] = {
    Encoding.IDENTITY: _identity,
    Encoding.BASE64: _base64,
    Encoding.QUOTED_PRINTABLE: _quoted_printable,
    Encoding.UUENCODE: _uuencode,
    Encoding.UNKNOWN: _identity,
}
_IS_OVERDONE: Mapping[Encoding, Callable[[bytes], bool]] = {
    Encoding.IDENTITY: lambda _: False,
    Encoding.BASE64: _has_many_blocks,
    Encoding.QUOTED_PRINTABLE: _has_many_repairs,
    Encoding.UUENCODE: _has_many_files,
    Encoding.UNKNOWN: lambda _: False,
}
