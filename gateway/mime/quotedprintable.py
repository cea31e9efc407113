"""Quoted-printable undone in every way that readers undo it (RFC 2045 6.7).

Work is linear, and no reading is longer than the text.
"""

import binascii
import re
from collections.abc import Iterator
from itertools import islice

MAX_REPAIRS = 200_000
"""Wrong escapes in one body that are put right."""

_IRREGULAR = re.compile(rb"=(?![0-9A-F]{2}|\r?\n|\Z)")
_SOFT_BREAK = re.compile(rb"=[ \t\0\v\f\r]+(?=\r?\n)")
_BARE_BREAK = re.compile(rb"=[ \t\0]*\r(?!\n)")
_ESCAPE = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_SMALL_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f][a-f]|[a-f][0-9A-F])")
_CAPITAL_ESCAPE = re.compile(rb"=(?:[0-9A-F][A-F]|[A-F][0-9])")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)[^\r\n]{0,2}")
_BAD_EQUALS = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)")
_NOT_PRINTABLE = bytes(set(range(256)) - set(range(0x20, 0x7F)) - set(b"\t\r\n"))


def readings(body: bytes) -> Iterator[bytes]:
    """Every way to decode ``body``, the most correct first; some may be equal."""
    if _IRREGULAR.search(body):
        # RFC 2045 6.7 (3): blanks after the equals sign of a soft break belong to it.
        text = _BARE_BREAK.sub(b"", _SOFT_BREAK.sub(b"=", body))
        yield binascii.a2b_qp(text)
        yield from _without_wrong_escapes(text)
    else:
        text = body
        yield binascii.a2b_qp(text)
    # RFC 2045 6.7 (2): these may not stand there, and some readers leave them out.
    printable = text.translate(None, _NOT_PRINTABLE)
    if len(printable) < len(text):
        yield binascii.a2b_qp(printable)


def asides(body: bytes) -> Iterator[bytes]:
    """What a reader gets that leaves out underscores, where nearly every escape has one."""
    head = body[:4096]
    if 8 * head.count(b"_=") > len(head):
        yield binascii.a2b_qp(_SOFT_BREAK.sub(b"=", body).replace(b"_", b""))


def is_overdone(body: bytes) -> bool:
    """Whether there are more wrong escapes than are put right."""
    wrong = (_BAD_EQUALS, _SMALL_ESCAPE) if _CAPITAL_ESCAPE.search(body) else (_BAD_EQUALS,)
    return any(next(islice(p.finditer(body), MAX_REPAIRS, None), None) for p in wrong)


def looks_quoted(body: bytes) -> bool:
    """Whether a body of an encoding that nobody knows is quoted-printable."""
    return _ESCAPE.search(body[:4096]) is not None


def _without_wrong_escapes(text: bytes) -> Iterator[bytes]:
    if _BAD_EQUALS.search(text):
        yield binascii.a2b_qp(_BAD_EQUALS.sub(b"", text, count=MAX_REPAIRS))
        yield binascii.a2b_qp(_BAD_ESCAPE.sub(b"", text, count=MAX_REPAIRS))
    if _CAPITAL_ESCAPE.search(text) and _SMALL_ESCAPE.search(text):
        # RFC 2045 6.7 (1): small letters are no escape. An honest writer uses one kind of them.
        yield binascii.a2b_qp(_SMALL_ESCAPE.sub(b"", text, count=MAX_REPAIRS))
