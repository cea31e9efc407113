"""Lists where the links of a document lead, so that a person sees it without a click.

Links are honest; a note says where they go. What no honest link has is a name before an @ that
looks like another site: the reader sees the one, the browser opens the other. And none starts a
program on a share of a stranger, who learns a proof of the password of whoever clicks it.
"""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import addresses, filenames
from gateway.scan.formats.text import markup
from gateway.scan.kinds import Kind

_SHOWN = 5
_MOST = 2_000
_RELATION = re.compile(r"<Relationship\s[^>]{0,3000}>")
_TARGET = re.compile(r"\bTarget\s*=\s*[\"']([^\"']{1,2000})")
_OPEN_DOCUMENT = re.compile(r"<text:a\s[^>]{0,2000}xlink:href\s*=\s*[\"']([^\"']{1,2000})")
_FIELD = re.compile(r"HYPERLINK\s{1,20}(?:\\\\[a-z]\s{1,20})?\"([^\"]{1,2000})\"")
_WEB = re.compile(r"(?i)^\s*(?:https?|ftp):/{1,3}([^/?#\s]{1,300})([^?#\s]{0,1000})")
_PRETENDS = re.compile(r"(?i)^[^@]*\.[a-z]{2,}[^@]*@")


class LinkAnalyzer:
    """Looks at parts of documents, and at pages that are attached; not at the text of a mail."""

    kinds = frozenset({Kind.XML, Kind.RTF, Kind.HTML})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one note for all links of the file, and a finding for each that pretends."""
        links = dict.fromkeys(islice(_links(artifact), _MOST))
        yield from _shares(links, artifact)
        web = {link: found for link in links if (found := _WEB.match(link))}
        if not web:
            return
        pretending = [link for link, found in web.items() if _PRETENDS.match(found[1])]
        for link in pretending[:_SHOWN]:
            summary = "A link looks as if it led to another site"
            yield _finding("link.pretends", Level.SUSPICIOUS, summary, quote(link), artifact)
        # Links to programs first: they are worth a look.
        ordered = sorted(web, key=lambda link: not filenames.runs(web[link][2]))
        shown = ", ".join(quote(link, 80) for link in ordered[:_SHOWN])
        more = f", and {len(web) - _SHOWN} more" if len(web) > _SHOWN else ""
        summary = f"Links to the web: {len(web)}"
        yield _finding("link.address", Level.NOTE, summary, shown + more, artifact)


def _shares(links: Iterable[str], artifact: Artifact) -> Iterator[Finding]:
    """Links to shares outside of the writer's house; those of the house work for nobody else."""
    # In a page, two slashes lead to the web by the protocol of the page.
    named = (link for link in links if not link.startswith("//"))
    shares = [link for link in named if addresses.is_outside(addresses.share_host(link))]
    by_level = {
        Level.SUSPICIOUS: [link for link in shares if _is_trap(link)],
        Level.NOTE: [link for link in shares if not _is_trap(link)],
    }
    for level, found in by_level.items():
        if found:
            summary = f"Links to shares of other machines: {len(found)}"
            shown = ", ".join(quote(link, 80) for link in found[:_SHOWN])
            yield _finding("link.share", level, summary, shown, artifact, technique="T1187")


def _is_trap(link: str) -> bool:
    """Whether it starts what lies there, or leads out of any house: WebDAV, a public number."""
    host = addresses.share_host(link)
    return filenames.runs(link) or "@" in host or addresses.is_public_number(host)


def _links(artifact: Artifact) -> Iterator[str]:
    data = artifact.data
    if Kind.RTF in artifact.kinds:
        yield from _FIELD.findall(data.decode("latin-1"))
    elif Kind.HTML in artifact.kinds:
        # The text of a mail has no name; everybody sees its links.
        yield from _of_page(markup.decode(data)) if artifact.names else ()
    elif b"hyperlink" in data:
        for relation in _RELATION.findall(markup.decode(data)):
            target = _TARGET.search(relation) if "/hyperlink" in relation else None
            if target is not None:
                yield html.unescape(target[1])
    elif b"<text:a" in data:
        yield from map(html.unescape, _OPEN_DOCUMENT.findall(markup.decode(data)))


def _of_page(text: str) -> Iterator[str]:
    for tag in markup.tags(text):
        if tag.name in {"a", "area"} and "href" in tag.attributes:
            yield tag.attributes["href"]


def _finding(
    code: str,
    level: Level,
    summary: str,
    evidence: str,
    artifact: Artifact,
    *,
    technique: str = "T1566.002",
) -> Finding:
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
