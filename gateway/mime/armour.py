"""Blocks in base64 between ``-----BEGIN X-----`` and its end (RFC 7468), and PGP messages."""

import re
from collections.abc import Iterator

from gateway.mime import transfer
from gateway.mime.embedded import Embedded
from gateway.mime.transfer import Encoding

_BEGIN = b"-----BEGIN "
_PGP = "application/pgp-encrypted"
_LABEL = re.compile(rb"([A-Z0-9 ]{1,40})-----")


def find(text: bytes) -> Iterator[Embedded]:
    """Every block in ``text``. Keys and signatures of PGP hold no file and are left out."""
    at = 0
    while (begin := text.find(_BEGIN, at)) >= 0:
        at = begin + len(_BEGIN)
        label = _LABEL.match(text, at)
        if label is None:
            continue
        end = text.find(b"-----", label.end())
        at = end if end >= 0 else len(text)
        if label[1] == b"PGP MESSAGE":
            yield Embedded(b"", text[begin:at] + b"-----END PGP MESSAGE-----", _PGP)
        elif not label[1].startswith(b"PGP "):
            data = next(transfer.decodings(text[label.end() : at], (Encoding.BASE64,)))
            yield Embedded(b"", data)
