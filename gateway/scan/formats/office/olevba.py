"""Macro source as oletools reads it: a second reader, so that what one misses the other sees.

olevba stops at some files where our own reader goes on, and the other way round; attackers write
files for the gap between two readers. So both are asked, and the union is judged.
Only its extraction is used: `analyze_macros` takes hours on a hundred thousand strings.
"""

import re
import struct
from collections.abc import Iterator

from oletools.olevba import OlevbaBaseException, VBA_Parser

from gateway.scan.formats.office.vba import Module

_STORAGE = "VBA".encode("utf-16-le")
"""The name of the storage without which no program finds macros in a compound file."""
_WORD_2003 = b"http://schemas.microsoft.com/office/word/2003/wordml"
_MOST_SOURCE = 16 << 20
_EXTENSION = re.compile(r"\.(bas|cls|frm|bin)$")
"""It names modules as the files that an export would make."""
_GIVES_UP = (
    OlevbaBaseException,
    AttributeError,
    LookupError,
    OSError,
    OverflowError,
    TypeError,
    ValueError,
    struct.error,
)
"""What it raises for files that it cannot read, found by feeding it damaged ones."""


def modules(data: bytes) -> Iterator[Module]:
    """Every module that olevba finds in an OLE file or a Word 2003 XML document.

    None where it gives up: it is the second reader, and the first says what cannot be read.
    Ask that one first, too: it ends a hostile file within bounds, which olevba does not.
    """
    if _STORAGE not in data and _WORD_2003 not in data:
        return
    try:
        parser = VBA_Parser("macros", data=data)
        yield from _extracted(parser)
        parser.close()
    except _GIVES_UP:
        return


def _extracted(parser: VBA_Parser) -> Iterator[Module]:
    size = 0
    for _, stream, name, source in parser.extract_macros():
        size += len(source)
        if size > _MOST_SOURCE:
            return
        yield Module(_EXTENSION.sub("", str(name or stream)), source)
