"""Blocks in base64 between ``-----BEGIN X-----`` and its end (RFC 7468), and PGP messages."""

import re
from collections.abc import Iterator

from gateway.mime import radix64
from gateway.mime.embedded import Embedded

_BEGIN = b"-----BEGIN "
_PGP = "application/pgp-encrypted"
_LABEL = re.compile(rb"([A-Za-z0-9 ]{1,40})-----")
# RFC 1421 4.4: fields may stand before the data, an empty line ends them.
_FIELDS = re.compile(rb"[ \t]*(?:\r?\n|\r)(?:[A-Za-z-]{1,40}:[^\r\n]{0,500}(?:\r?\n|\r)){1,20}")


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
            fields = _FIELDS.match(text, label.end())
            data = radix64.decode(text[fields.end() if fields else label.end() : at])
            if data:
                yield Embedded(b"", data)
