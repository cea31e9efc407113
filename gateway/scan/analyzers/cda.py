"""Looks at clinical documents (HL7 CDA R2): their body, what it refers to, and what would run.

The body is a document of a stated type or sections of text; a viewer shows either through a style
sheet. Attackers put a script into the body, or an address with a script into a reference, which
careless style sheets pass on to the browser (CVE-2014-3861, CVE-2014-3862).
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import around_match, quote, quote_bytes
from gateway.scan.formats import addresses, mediatypes
from gateway.scan.formats.mediatypes import Agreement
from gateway.scan.formats.text import markup
from gateway.scan.formats.text.markup import Tag
from gateway.scan.kinds import Kind

_HEAD = 1 << 16
_ROOT = re.compile(r"<(?:[\w.-]{1,20}:)?ClinicalDocument[\s>]")
_ENTITY = re.compile(r"<!ENTITY\s[^>]{1,300}>")
_FROM_OUTSIDE = re.compile(r"<!ENTITY\s[^>]*\s(?:SYSTEM|PUBLIC)\b")
_SCRIPT_ADDRESS = re.compile(r"(?i)^\s*(?:javascript|vbscript|data):")
_WEB = re.compile(r"(?i)^\s*(?:https?|ftp):")
_ACTIVE_TAGS = frozenset({"script", "iframe", "object", "embed", "applet", "form", "meta"})
_REFERENCES = frozenset({"reference", "linkhtml", "a"})

_JUDGED = {
    "cda.active": ("A clinical document holds something that a browser runs", Level.SUSPICIOUS),
    "cda.entity": ("A clinical document has entities, which its reader would fetch or expand",
                   Level.SUSPICIOUS),
    "cda.disguised": ("The body of a clinical document is not what it says", Level.SUSPICIOUS),
    "cda.share": ("A clinical document refers to a share", Level.SUSPICIOUS),
    "cda.document": ("A document inside a clinical document; it was looked at too", Level.NOTE),
    "cda.reference": ("A clinical document refers to a page of the web", Level.NOTE),
}  # fmt: skip


class CdaAnalyzer:
    """Looks at XML whose root is a clinical document."""

    kinds = frozenset({Kind.XML})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding for each thing that is wrong, or worth a note; the first is quoted."""
        text = markup.decode(artifact.data)
        if _ROOT.search(text, 0, _HEAD) is None:
            return
        seen: dict[str, str] = {}
        for code, evidence in _remarks(text):
            seen.setdefault(code, evidence)
        for code, evidence in seen.items():
            summary, level = _JUDGED[code]
            if code == "cda.entity" and _FROM_OUTSIDE.search(evidence):
                level = Level.MALICIOUS
            yield Finding(code, level, summary, evidence, artifact.lineage, technique="T1027.009")


def _remarks(text: str) -> Iterator[tuple[str, str]]:
    entity = _ENTITY.search(text, 0, _HEAD)
    if entity is not None:
        yield "cda.entity", around_match(entity)
    stated: Tag | None = None
    for piece in markup.pieces(text):
        if isinstance(piece, str):
            if stated is not None and piece.strip():
                yield _body(stated, piece)
                stated = None
        elif not piece.is_end:
            yield from _of_tag(piece)
            stated = piece if piece.attributes.get("representation", "").upper() == "B64" else None


def _body(stated: Tag, letters: str) -> tuple[str, str]:
    media_type = stated.attributes.get("mediatype", "")
    head = mediatypes.first_bytes(letters.strip())
    shown = f"stated as {quote(media_type, 60) or 'nothing'}, {len(letters)} letters"
    if mediatypes.agreement(media_type, head) is Agreement.NO:
        return "cda.disguised", f"{shown}, begins with {quote_bytes(head, 40)}"
    return "cda.document", shown


def _of_tag(tag: Tag) -> Iterator[tuple[str, str]]:
    if tag.name in _ACTIVE_TAGS:
        yield "cda.active", f"<{tag.name}> {quote(tag.body.strip(), 80)}"
    for name, value in tag.attributes.items():
        if name.startswith("on") and len(name) > 3 and value.strip():
            yield "cda.active", f"{quote(name, 20)}={quote(value, 80)}"
    if tag.name in _REFERENCES:
        address = tag.attributes.get("value") or tag.attributes.get("href", "")
        yield from _of_address(tag, address)


def _of_address(tag: Tag, address: str) -> Iterator[tuple[str, str]]:
    shown = f"<{tag.name}> {quote(address, 100)}"
    if _SCRIPT_ADDRESS.match(address):
        yield "cda.active", shown
    elif addresses.share_host(address):
        yield "cda.share", shown
    elif _WEB.match(address):
        yield "cda.reference", shown
