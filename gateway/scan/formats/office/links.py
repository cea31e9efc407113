"""What Office fetches or starts without a click, told by where a link leads; all formats share it.

A template or a link on the writer's own disk is honest, and so is one on the server of the
writer's house: its name has no dot, and nobody outside can reach it.
"""

import re
from collections.abc import Iterator

from gateway.model import Level
from gateway.scan.evidence import quote
from gateway.scan.formats import addresses
from gateway.scan.formats.addresses import defanged
from gateway.scan.formats.commands import starts_program
from gateway.scan.signs import Sign

_ADDRESS = re.compile(r"\"([^\"]{1,2000})\"|(\S{1,2000})")
_DDE = re.compile(r"(?i)^\s*\"?\s*DDE(AUTO)?\b(.*)", re.DOTALL)
_SWITCHES_ONLY = re.compile(r"(?:\s*\\\S\s*\w*)+\s*")
_FETCHES = re.compile(
    r"(?i)^\s*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|HYPERLINK|RD)\b(.*)", re.DOTALL
)
_OBJECTS = frozenset(
    {"oleobject", "frame", "afchunk", "package", "control", "vbaproject", "attachedtoolbars"}
    | {"webextension", "activexcontrolbinary", "customui", "ui", "extensibility"}
)
_PICTURES = frozenset({"image", "video", "audio", "media", "hdphoto", "slideupdateurl"})
_SCRIPTED = re.compile(
    r"(?i)^\s*(?:mhtml|its|mk:@msitstore|x-usc|script|scriptletfile|soap|\w+\.\w+:wsdl=)|!\s*(?:x-usc:.*)?$"
)
"""How a link to an object is written that loads a page of script (CVE-2021-40444 and others)."""


def of_relationship(kind: str, target: str) -> Iterator[Sign]:
    """What a relationship to something outside of the document does (ECMA-376, part 2, 9.3)."""
    kind = kind.rpartition("/")[2]
    yield from of_tool(target)
    shown = quote(f"{kind}: {defanged(target)}")
    folded = kind.lower()
    if not addresses.is_remote(target) or folded == "hyperlink":
        return
    if folded == "attachedtemplate":
        yield of_template(target)
    elif folded in _OBJECTS or (folded == "subdocument" and addresses.share_host(target)):
        yield of_object(target, shown)
    elif folded in _PICTURES:
        yield of_picture(target, shown)
    else:
        yield Sign("office.linked", Level.NOTE, "A part of the document lies elsewhere", shown)


def of_template(target: str) -> Sign:
    """A template comes with its macros."""
    host = addresses.share_host(target)
    shown = quote(defanged(target))
    if host and not addresses.is_outside(host):
        summary = "The template lies on a server of the writer's house"
        return Sign("office.remote-template", Level.NOTE, summary, shown)
    level = Level.SUSPICIOUS if host and not _is_number(host) else Level.MALICIOUS
    summary = "The document loads its template from another machine, macros included"
    return Sign("office.remote-template", level, summary, shown)


def of_object(target: str, shown: str) -> Sign:
    """An object or a frame that is loaded when the document is opened."""
    summary = "The document fetches an object or a frame when it is opened"
    if addresses.is_web(target) and _SCRIPTED.search(target):
        summary = "The document loads a page of script as if it were an object"
        return Sign("office.remote-object", Level.MALICIOUS, summary, shown)
    host = addresses.share_host(target)
    if host and not addresses.is_outside(host):
        return Sign("office.linked", Level.NOTE, "A part of the document lies elsewhere", shown)
    return Sign("office.remote-object", Level.SUSPICIOUS, summary, shown)


def of_picture(target: str, shown: str) -> Sign:
    """A picture tells its server who opens the document; a share is told a proof of a password."""
    host = addresses.share_host(target)
    if host and addresses.is_outside(host):
        summary = "A picture is fetched from a share, which learns who asks"
        return Sign("office.remote-object", Level.SUSPICIOUS, summary, shown)
    summary = "A picture is fetched, so that its server learns who opens the document"
    return Sign("office.remote-picture", Level.NOTE, summary, shown)


def of_tool(target: str) -> Iterator[Sign]:
    """A link that Windows hands to a tool, such as ``ms-msdt:``."""
    if addresses.runs_tool(target):
        summary = "A link hands text to a tool of Windows that acts upon it"
        yield Sign("office.tool-link", Level.MALICIOUS, summary, quote(target))


def of_field(code: str) -> Iterator[Sign]:
    """What a field does when the document is opened or printed."""
    dde = _DDE.match(code)
    if dde is not None:
        # A field that names no program, only how its result is to look, does nothing.
        if not _SWITCHES_ONLY.fullmatch(dde[2]):
            yield of_dde(dde[2], code)
        return
    fetches = _FETCHES.match(code)
    if fetches is None:
        return
    kind = fetches[1].upper()
    for found in _ADDRESS.finditer(fetches[2][:4096]):
        target = (found[1] or found[2]).replace("\\\\", "\\")
        # A backslash alone begins a switch, two begin a share.
        if found[1] or "/" in target or target.startswith("\\\\"):
            yield from _fetched(kind, target, quote(defanged(code)))


def _fetched(kind: str, target: str, shown: str) -> Iterator[Sign]:
    if addresses.runs_tool(target):
        yield from of_tool(target)
    elif kind == "HYPERLINK" or not addresses.is_remote(target):
        return
    elif kind in {"INCLUDEPICTURE", "IMPORT"}:
        yield of_picture(target, shown)
    else:
        yield of_object(target, shown)


def of_source(service: str, topic: str) -> Sign:
    """A program that the cells of a workbook are fed by, such as the prices of a stock exchange."""
    shown = quote(f"{service}|{topic}")
    if starts_program(f"{service} {topic}"):
        return of_dde(f"{service} {topic}", shown)
    summary = "The workbook asks another program for data (DDE)"
    return Sign("office.dde", Level.NOTE, summary, shown)


def of_dde(command: str, shown: str) -> Sign:
    """A link by Dynamic Data Exchange: if its program does not run, Office offers to start it."""
    if starts_program(command):
        summary = "A field or a link starts a program by Dynamic Data Exchange"
        return Sign("office.dde", Level.MALICIOUS, summary, quote(shown))
    summary = "A field or a link asks another program for data (DDE), which may start it"
    return Sign("office.dde", Level.SUSPICIOUS, summary, quote(shown))


def _is_number(host: str) -> bool:
    """Whether it is an address or names a port, as no server of a house is written."""
    return "@" in host or host.replace(".", "").isdecimal()
