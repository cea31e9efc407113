"""Files inside calendar entries and visiting cards: ``ATTACH;ENCODING=BASE64:…`` and the like."""

import re
from collections.abc import Iterator

from gateway.mime import radix64
from gateway.mime.embedded import Embedded

# RFC 5545 3.1 and RFC 6350 3.2: a line goes on where the next begins with a blank.
_FOLD = re.compile(rb"\r?\n[ \t]+")
_OBJECT = re.compile(rb"(?i)(?:\A|[\r\n])\s*BEGIN:V(?:CALENDAR|CARD)")
# RFC 6350 3.3: a group may stand before the name of a property.
_PROPERTY = re.compile(
    rb"(?i)[\r\n][ \t]*(?:[a-z0-9-]{1,60}\.)?[a-z0-9-]{1,60}"
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
        yield Embedded((name[1] or name[2]) if name else b"", radix64.decode(text))
