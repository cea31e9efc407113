"""Looks at drawings (SVG) for what a browser runs or fetches when it shows them.

A drawing needs no script. Programs that draw diagrams write text in foreign objects, and links:
these are honest, until a page with a form or a script is in them.
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import addresses
from gateway.scan.formats.text import markup
from gateway.scan.formats.text.markup import Tag
from gateway.scan.kinds import Kind

_ADDRESSES = ("href", "xlink:href", "src", "data")
_BECOMES = ("to", "from", "by", "values")
"""What an animation makes of another attribute, an address too."""
_SCRIPT_ADDRESS = re.compile(r"(?i)^\s*(?:javascript|vbscript)\s*:")
_DATA_PAGE = re.compile(r"(?i)^\s*data:(?:text/html|image/svg|text/xml|application/)")
_WEB = re.compile(r"(?i)^\s*(?:https?:)?//")
_FETCHES = frozenset({"image", "use", "feimage", "script", "iframe", "embed", "object", "img"})
_PAGE_TAGS = frozenset({"form", "input", "iframe", "embed", "object", "meta"})
_ACTIVE_ENTITY = re.compile(
    r"""(?ix) <!ENTITY \s+ [^>"']{1,200} ["'] [^"']{0,2000}
        (?: < | &\#(?:60|x3c) | script | \bon\w+= )"""
)

_JUDGED = {
    "svg.script": ("A drawing holds a script", Level.SUSPICIOUS, "T1027.017"),
    "svg.page": ("A drawing holds a page with a form or a frame", Level.SUSPICIOUS, "T1027.017"),
    "svg.share": ("A drawing fetches something from a share", Level.SUSPICIOUS, "T1187"),
    "svg.fetches": ("A drawing fetches something from the web", Level.NOTE, "T1598"),
}


class SvgAnalyzer:
    """Looks at drawings."""

    kinds = frozenset({Kind.SVG})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding for each thing that it does, the first place quoted."""
        text = markup.decode(artifact.data)
        seen: dict[str, str] = {}
        for code, evidence in _remarks(text):
            seen.setdefault(code, evidence)
        for code, evidence in seen.items():
            summary, level, technique = _JUDGED[code]
            yield Finding(code, level, summary, evidence, artifact.lineage, technique=technique)


def _remarks(text: str) -> Iterator[tuple[str, str]]:
    entity = _ACTIVE_ENTITY.search(text)
    if entity is not None:
        yield "svg.script", f"written into an entity: {quote(entity[0], 80)}"
    for tag in markup.tags(text):
        if not tag.is_end:
            yield from _of_tag(tag)


def _of_tag(tag: Tag) -> Iterator[tuple[str, str]]:
    if tag.name == "script":
        yield "svg.script", quote(tag.body.strip(), 100) or f"<{tag.name}>"
    if tag.name in _PAGE_TAGS:
        yield "svg.page", f"<{tag.name} {quote(' '.join(tag.attributes.values()), 80)}>"
    for name, value in tag.attributes.items():
        if name.startswith("on") and len(name) > 3 and value.strip():
            yield "svg.script", f"{quote(name, 20)}={quote(value, 80)}"
    for name in _ADDRESSES:
        value = tag.attributes.get(name, "")
        if value:
            yield from _of_address(tag, value)
    for name in _BECOMES:
        value = tag.attributes.get(name, "")
        if any(map(_SCRIPT_ADDRESS.match, value.split(";"))):
            yield "svg.script", f"<{tag.name}> {quote(value, 80)}"


def _of_address(tag: Tag, value: str) -> Iterator[tuple[str, str]]:
    shown = f"<{tag.name}> {quote(value, 80)}"
    if _SCRIPT_ADDRESS.match(value):
        yield "svg.script", shown
    elif _DATA_PAGE.match(value) and (tag.name not in {"image", "img", "feimage"}):
        yield "svg.page", shown
    elif addresses.share_host(value):
        yield "svg.share", shown
    elif tag.name in _FETCHES and _WEB.match(value):
        yield "svg.fetches", shown
