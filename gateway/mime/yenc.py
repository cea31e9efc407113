"""Files in yEnc: ``=ybegin … name=x``, bytes moved up by 42, ``=yend``."""

import re
from collections.abc import Iterator

from gateway.mime.embedded import Embedded

_BEGIN = re.compile(rb"=ybegin ((?=[^\r\n]{0,99}(?:size|line)=\d)[^\r\n]{0,1000})(?:\r?\n|\r)")
_NAME = re.compile(rb"\bname=(.*)")
_PART = re.compile(rb"=ypart [^\r\n]{0,300}(?:\r?\n|\r)")
_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_DOWN = bytes((value - 42) % 256 for value in range(256))


def find(text: bytes) -> Iterator[Embedded]:
    """Every file in yEnc in ``text``."""
    at = 0
    while (at := text.find(b"=ybegin ", at)) >= 0:
        begin = _BEGIN.match(text, at)
        if begin is None:
            at += 8
            continue
        part = _PART.match(text, begin.end())
        start = part.end() if part else begin.end()
        end = text.find(b"=yend", start)
        at = end if end >= 0 else len(text)
        name = _NAME.search(begin[1])
        yield Embedded(name[1].strip() if name else b"", _decode(text[start:at]))


def _decode(body: bytes) -> bytes:
    letters = body.translate(None, b"\r\n")
    return _ESCAPE.sub(lambda m: bytes([(m[1][0] - 64) % 256]), letters).translate(_DOWN)
