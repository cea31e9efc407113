"""Looks at XML for style sheets that run something, and for what its reader would fetch.

Medical documents bring their own style sheet (CDA R2), and some of these fold sections with a
script of a few lines. What none needs is the scripting of Microsoft's processor, a function of
Java or PHP, or a document from elsewhere.
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import around_match, quote
from gateway.scan.formats.text import markup
from gateway.scan.kinds import Kind

_HEAD = 1 << 16
_SCRIPT = re.compile(r"(?i)<(?:[\w.-]{1,64}:)?script[\s/>]")
_SHEET = re.compile(r"<(?:[\w.-]{1,20}:)?(?:stylesheet|transform)[\s>]")
_LINKED = re.compile(r"<\?xml-stylesheet\b[^>]{0,400}?\bhref\s*=\s*[\"']([^\"']{1,400})")
_RUNS = re.compile(
    r"""(?ix) <msxsl:script\b | <(?:[\w.-]{1,20}:)?script\b[^>]{0,200}implements-prefix"""
)
_FOREIGN = re.compile(
    r"""(?ix) xmlns:([\w.-]{1,20})\s*=\s*["']
    (?:java:|http://php\.net/xsl|http://xml\.apache\.org/xalan/java
        |http://xml\.apache\.org/xslt/java|xalan://|http://saxon\.sf\.net/java-type)"""
)
_ACTS = re.compile(
    r"ActiveXObject|WScript\.|CreateObject|XMLHttpRequest|\bfetch\s*\(|\beval\s*\(|\batob\s*\("
    r"|document\.write|\blocation\s*(?:\.\s*(?:href|replace|assign)\s*)?[=(]"
)
_AWAY = r"(?:https?:|ftp:|file:|\\\\|//)"
_FETCHES = re.compile(
    rf"""(?ix) \bdocument\s*\(\s*["']{_AWAY}
    | <(?:[\w.-]{{1,20}}:)?(?:include|import)\s[^>]{{0,200}}href\s*=\s*["']{_AWAY}"""
)
_ELSEWHERE = re.compile(rf"(?i)^{_AWAY}")

_JUDGED = {
    "xml.runs": ("A style sheet runs code of another language", Level.SUSPICIOUS, "T1220"),
    "xml.script": ("A style sheet writes a script into its page", Level.NOTE, "T1220"),
    "xml.acts": ("A script in XML acts beyond its page", Level.SUSPICIOUS, "T1220"),
    "xml.fetches": ("A style sheet fetches another document", Level.SUSPICIOUS, "T1220"),
    "xml.sheet": ("A document takes its style sheet from elsewhere", Level.SUSPICIOUS, "T1220"),
}


class XmlAnalyzer:
    """Looks at XML documents, style sheets among them."""

    kinds = frozenset({Kind.XML})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what a browser would run or fetch to show the document."""
        text = markup.decode(artifact.data)
        for code, evidence in _remarks(text):
            summary, level, technique = _JUDGED[code]
            yield Finding(code, level, summary, evidence, artifact.lineage, technique=technique)


def _remarks(text: str) -> Iterator[tuple[str, str]]:
    linked = _LINKED.search(text, 0, _HEAD)
    if linked is not None and _ELSEWHERE.match(linked[1]):
        yield "xml.sheet", quote(linked[1], 100)
    is_sheet = _SHEET.search(text, 0, _HEAD) is not None
    if is_sheet:
        yield from _of_sheet(text)
    # Most documents have the word and not the element, and to cut all of them takes seconds.
    if _SCRIPT.search(text):
        yield from _scripts(text)


def _of_sheet(text: str) -> Iterator[tuple[str, str]]:
    runs = _RUNS.search(text) or _foreign_call(text)
    if runs is not None:
        yield "xml.runs", around_match(runs)
    fetches = _FETCHES.search(text)
    if fetches is not None:
        yield "xml.fetches", around_match(fetches)


def _foreign_call(text: str) -> re.Match[str] | None:
    """A function or an element of another language; to declare that they exist calls none."""
    declared = {found[1] for found in _FOREIGN.finditer(text, 0, _HEAD)}
    calls = (re.search(rf"(?<![\w.-]){re.escape(one)}:[\w.-]", text) for one in sorted(declared))
    return next(filter(None, calls), None)


def _scripts(text: str) -> Iterator[tuple[str, str]]:
    """What the scripts among its elements do; the first that acts, or the first."""
    bodies = [tag.body for tag in markup.tags(text) if tag.name == "script" and not tag.is_end]
    for body in bodies:
        acts = _ACTS.search(body)
        if acts is not None:
            yield "xml.acts", around_match(acts)
            return
    if bodies:
        yield "xml.script", quote(bodies[0].strip(), 100) or "<script>"
