"""What the objects in documents of every make are: dropped files, equations."""

from collections.abc import Iterator

from gateway.model import Level
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames, structure
from gateway.scan.formats.office import equation
from gateway.scan.formats.office.package import Package
from gateway.scan.formats.text import textlook
from gateway.scan.signs import Sign

_USUAL = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"%PDF-",
    b"\xd0\xcf\x11\xe0",
)
"""Pictures, PDF and older Office documents: what people drop into their letters."""
_SHORTCUT = bytes.fromhex("4c0000000114020000000000c000000000000046")


def of_package(package: Package) -> Sign:
    """A file that somebody dropped into the document, to be started by a double click."""
    names = ", ".join(map(quote, package.names))
    if any(map(filenames.runs, package.names)) or _is_program(package.content):
        summary = "A program, a script or a shortcut was dropped into the document"
        return Sign("office.package", Level.MALICIOUS, summary, names)
    summary = "A file was dropped into the document; it was looked at too"
    level = Level.NOTE if package.content.startswith(_USUAL) else Level.SUSPICIOUS
    return Sign("office.package", level, summary, names)


def of_equation(native: bytes) -> Iterator[Sign]:
    """A formula, as the old equation editor keeps it."""
    wrong = equation.what_is_wrong(native)
    if wrong:
        summary = "An equation is built to break the old equation editor"
        yield Sign("office.equation", Level.MALICIOUS, summary, quote(wrong))
    else:
        yield Sign("office.equation", Level.NOTE, "There are formulas of the old equation editor")


def _is_program(content: bytes) -> bool:
    if structure.is_program(content) or content.startswith((b"\x7fELF", _SHORTCUT)):
        return True
    return textlook.look(content, "") is textlook.Look.SCRIPT
