"""Reads the macros of OpenDocument files, which LibreOffice keeps as Basic in XML.

A module is a part of its own in a package, with a document type in front, and a piece of the one
file that a flat document is.
"""

import html
import re
from collections.abc import Iterator

from gateway.scan.formats.office.vba import Module
from gateway.scan.formats.text import markup

_SPACES = (b"openoffice.org/2000/script", b"openoffice.org/2004/office")
_BEGINS = re.compile(r"<(?:[\w.-]{1,20}:)?module\s([^<>]{0,1000})>")
_ENDS = re.compile(r"</(?:[\w.-]{1,20}:)?module\s*>")
_NAME = re.compile(r"\bname\s*=\s*[\"']([^\"']{1,200})")
_AROUND = re.compile(r"<!\[CDATA\[|\]\]>|</?(?:[\w.-]{1,20}:)?source-code\s*>")


def may_hold(data: bytes) -> bool:
    """Whether a part or a document may have a module; LibreOffice declares the spaces in all."""
    return b"module" in data and any(space in data for space in _SPACES)


def modules(data: bytes) -> Iterator[Module]:
    """Every module in a part of a package or in a flat document."""
    if not may_hold(data):
        return
    text = markup.decode(data)
    position = 0
    while begins := _BEGINS.search(text, position):
        ends = _ENDS.search(text, begins.end())
        position = ends.end() if ends else len(text)
        source = _AROUND.sub("", text[begins.end() : ends.start() if ends else None])
        name = _NAME.search(begins[1])
        yield Module(name[1] if name else "Module", html.unescape(source))
