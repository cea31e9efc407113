"""Files inside calendar entries and visiting cards: ``ATTACH;ENCODING=BASE64:…`` and the like."""

import re
from collections.abc import Iterator

from gateway.mime import transfer
from gateway.mime.embedded import Embedded
from gateway.mime.transfer import Encoding

# RFC 5545 3.1 and RFC 6350 3.2: a line goes on where the next begins with a blank.
_FOLD = re.compile(rb"\r?\n[ \t]+")
_OBJECT = re.compile(rb"(?i)(?:\A|[\r\n])\s*BEGIN:V(?:CALENDAR|CARD)")
_PROPERTY = re.compile(
    rb"(?i)[\r\n](?:ATTACH|PHOTO|LOGO|SOUND|KEY|IMAGE|STRUCTURED-DATA)"
    rb'((?:;(?:[^:"\r\n]++|"[^"\r\n]*+")*+)?):([^\r\n]*)'
)
_IS_BASE64 = re.compile(rb"(?i)ENCODING=\"?B|BASE64")
_DATA = re.compile(rb"(?i)\s*data:[^,]{0,200};base64,")
_NAME = re.compile(rb'(?i)FILENAME=(?:"([^"]{1,300})"|([^;:"]{1,300}))')


def find(text: bytes) -> Iterator[Embedded]:
    """Every file in the calendar entries or cards that ``text`` consists of."""
    if not _OBJECT.search(text, 0, 4096):
        return
    unfolded = _FOLD.sub(b"", text)
    for entry in _PROPERTY.finditer(unfolded):
        parameters, value = entry.groups()
        prefix = _DATA.match(value)
        if prefix is None and not _IS_BASE64.search(parameters):
            continue
        text = value[prefix.end() :] if prefix else value
        name = _NAME.search(parameters)
        data = next(transfer.decodings(text, (Encoding.BASE64,)))
        yield Embedded((name[1] or name[2]) if name else b"", data)
