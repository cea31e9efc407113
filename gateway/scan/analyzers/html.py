"""Looks at pages for what they do to their reader: smuggle a file, ask for a password, lead away.

A page in the mail may hold scripts: newsletters, reports and saved pages do. What none of them does
is to build a file out of letters that it brought along, to post a password to another place than it
came from, or to send its reader away from a page that shows nothing.
"""

import re
from collections.abc import Iterator, Sequence

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import around_match, letters_of, quote, says
from gateway.scan.formats import filenames
from gateway.scan.formats.text import htmlpage, markup, smuggling
from gateway.scan.formats.text.htmlpage import Page
from gateway.scan.kinds import Kind

_CARRIED = re.compile(
    r"data:[\w.+/-]{0,60};base64,\s*(TV[oqpr]|UEsDB|UmFyIR|N3q8r|TVNDR|PGh0YTp|H4sI|0M8R4|TAAAAAEU)"
)
_CLICKS = re.compile(r"\.click\s*\(|\bdispatchEvent\s*\(")
_POSTS = re.compile(
    r"\bfetch\s*\(|XMLHttpRequest|\$\.(?:ajax|post)|\bsendBeacon\b|new\s+WebSocket|api\.telegram\.org"
    r"|\.submit\s*\("
)
_SUBMITS = re.compile(r"\.submit\s*\(\s*\)")
_PLACE = r"""(?x: \blocation\b ["'\]\s]{0,20}
    (?: [.\[] \s{0,20} ["']? (?:href|replace|assign) ["'\]]{0,3} )? \s{0,20} (?: =(?!=) | \( ) )"""
_WINDOW = r"(?x: \bopen \s{0,20} \( )"
_TO = r"""(?x: \s{0,20} (?: ["'`](?:https?:)?// | (?:window\.)?atob\s{0,20}\(
    | decodeURI | unescape | String\.from ) )"""
_LEADS_AWAY = re.compile(rf"(?:{_PLACE}|{_WINDOW}){_TO}")
_LIBRARY_LEADS_AWAY = re.compile(_PLACE + _TO)
"""Browsers open no window that nobody clicked for, and libraries have some for clicks."""
_NAMED_PLACE = re.compile(
    r"""(?x) (?<![\w$.]) ([A-Za-z_$][\w$]{0,60}) \s{0,20} = \s{0,20}
        ["'`] (?:https?:)?//[^"'`\s]{3}"""
)
_LEADS_TO_NAMED = re.compile(
    rf"""(?x) (?<![\w$.]) (?: (?:window|document|self|top|parent) \s{{0,9}} [.\[] ["'\s]{{0,9}} )?
        (?:{_PLACE}|{_WINDOW}) \s{{0,20}} ([A-Za-z_$][\w$]{{0,60}}) (?= \s*(?:[;,)}}+?\n]|$) )"""
)
_HIDDEN = re.compile(r"\batob\s*\(|\bunescape\s*\(|fromCharCode|\bdecodeURIComponent\s*\(")
_ENCODED = re.compile(r"\batob\s{0,20}\(\s{0,20}[\"'`]([A-Za-z0-9+/]{16,2000}={0,2})")
_RUNS_TEXT = re.compile(
    r"""(?x) (?: \b(?:eval|execScript|Function|setTimeout) | document\s*\.\s*write(?:ln)? ) \s*\(\s*
    (?: (?:window\.)?atob\s*\( | String\.fromCharCode | (?:unescape|decodeURIComponent)\s*\(
        \s* (?: [A-Za-z_$] | ["'`][^"'`]{120} ) | \w{1,20}\s*\(\s*["'`][^"'`]{200} )"""
)
_WALL = re.compile(
    rf"(?x) (?:%u?[0-9a-fA-F]{{2,4}}){{300}} | (?:\\x[0-9a-fA-F]{{2}}){{300}}"
    rf" | {smuggling.BEGINS} (?:\d{{1,3}},\s?){{600}}"
)
_JOIN = re.compile(r"[\"']\s*\+\s*[\"']")
_ELSEWHERE = re.compile(
    r"(?i)^(?:\\\\[\w.]|file:(?://|\\\\)[^/\\]|file:/{4,}|search-ms:|ms-(?!appx|settings)[\w-]+:)"
)
_WEB = re.compile(r"(?i)^(?:https?:)?//([^/?#]+)")
_SHORTCUT = re.compile(r"(?i)\bshortcut\b")
_FIRST_ITEM = re.compile(r"(?i)^item1\s[^,]{0,200},[^,]{1,200},\s*[^\s,]")
"""A name, a program, and arguments: without arguments it opens what is there already."""
_FEW_WORDS = 300

_JUDGED = {
    "html.smuggling": ("A page builds a file out of what it brought along", "T1027.006"),
    "html.download": ("A link saves a program or an archive that the page carries", "T1027.006"),
    "html.password": ("A page asks for a password and sends it to another place", "T1598.002"),
    "html.submits": ("A page sends a form by itself", "T1566.001"),
    "html.redirect": ("A page shows next to nothing and leads to another site", "T1566.001"),
    "html.obfuscated": ("A script hides what it does", "T1027.010"),
    "html.remote": ("A page fetches something from a share or by a Windows protocol", "T1187"),
    "html.shortcut": ("A page starts a program through the help system", "T1218.001"),
}


class HtmlAnalyzer:
    """Looks at pages."""

    kinds = frozenset({Kind.HTML})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what the page does, each with the words that do it."""
        text = markup.decode(artifact.data)
        page = htmlpage.read(text)
        for code, level, evidence in _remarks(page, text):
            summary, technique = _JUDGED[code]
            yield Finding(code, level, summary, evidence, artifact.lineage, technique=technique)


Remark = tuple[str, Level, str]


def _remarks(page: Page, text: str) -> Iterator[Remark]:
    loading = (value for name, value in page.handlers if name == "onload")
    unasked = [_JOIN.sub("", script) for script in (*page.scripts, *loading)]
    asked = [_JOIN.sub("", value) for name, value in page.handlers if name != "onload"]
    alone = "\n".join(unasked)
    code = "\n".join([*unasked, *asked])
    yield from _smuggling([*unasked, *asked])
    yield from _downloads(page, code)
    yield from _passwords(page, code)
    yield from _submits(page, alone)
    yield from _redirects(page, unasked, text)
    yield from _obfuscation(code)
    yield from _remote(page)
    yield from _shortcuts(page)


def _smuggling(scripts: Sequence[str]) -> Iterator[Remark]:
    found = smuggling.smuggled(scripts)
    if found is not None:
        level = Level.MALICIOUS if found.name else Level.SUSPICIOUS
        shown = f"saved as {quote(found.name)}; " if found.name else ""
        line = around_match(found.handed, before=0)
        yield "html.smuggling", level, f"{shown}{line}; out of {letters_of(found.brought)}"


def _downloads(page: Page, code: str) -> Iterator[Remark]:
    for name, address in page.downloads:
        last = filenames.extension(name)
        carried = _CARRIED.match(address)
        if carried or (address.startswith("data:") and last in filenames.CARRY | filenames.RUNS):
            level = Level.MALICIOUS if _CLICKS.search(code) else Level.SUSPICIOUS
            clicked = ", clicked by a script" if level == Level.MALICIOUS else ""
            letters = letters_of(address.partition(",")[2])
            evidence = f"{quote(name, 60) or 'no name'}, out of {letters}{clicked}"
            yield "html.download", level, evidence


def _passwords(page: Page, code: str) -> Iterator[Remark]:
    home = _host(page.saved_from)
    for form in page.forms:
        away = _host(form.action)
        if form.asks_password and away and away != home:
            yield "html.password", Level.SUSPICIOUS, f"posts to {quote(form.action, 100)}"
    asking = [form for form in (*page.forms, page.stray) if form.asks_password and not form.action]
    posted = _POSTS.search(code) if asking and not home else None
    if posted is not None:
        yield "html.password", Level.SUSPICIOUS, f"sent by a script: {around_match(posted)}"


def _submits(page: Page, alone: str) -> Iterator[Remark]:
    submitted = _SUBMITS.search(alone)
    away = next((form.action for form in page.forms if _host(form.action)), "")
    if submitted is not None and away:
        evidence = f"{around_match(submitted)}; posts to {quote(away, 80)}"
        yield "html.submits", Level.SUSPICIOUS, evidence


def _redirects(page: Page, unasked: Sequence[str], text: str) -> Iterator[Remark]:
    led = _leads_away(unasked)
    away = next((place for place in page.refreshes if _WEB.match(place)), "")
    if led is None and not away:
        return
    is_hidden = led is not None and _HIDDEN.search(led[0])
    is_empty = len(markup.words(text)) < _FEW_WORDS
    is_program = filenames.runs(_WEB.sub("", away).partition("?")[0])
    shown = f"refresh to {quote(away, 100)}"
    if led is not None:
        hidden = _ENCODED.search(led.string, led.start(), led.end() + _FEW_WORDS)
        told = says(hidden[1]) if hidden is not None else ""
        shown = f"leads to {told}, hidden in base64" if told else around_match(led)
    if is_hidden or is_empty or is_program:
        yield "html.redirect", Level.SUSPICIOUS, shown
    else:
        yield "html.redirect", Level.NOTE, f"{shown}, on a page with text"


def _leads_away(unasked: Sequence[str]) -> re.Match[str] | None:
    """Where a script leads to another site, by its address or by a name that it gave it before."""
    own = "\n".join(one for one in unasked if not smuggling.is_library(one))
    named = {found[1] for found in _NAMED_PLACE.finditer(own)}
    by_name = (found for found in _LEADS_TO_NAMED.finditer(own) if found[1] in named)
    by_library = map(_LIBRARY_LEADS_AWAY.search, filter(smuggling.is_library, unasked))
    return _LEADS_AWAY.search(own) or next(by_name, None) or next(filter(None, by_library), None)


def _obfuscation(code: str) -> Iterator[Remark]:
    found = _RUNS_TEXT.search(code)
    if found is not None:
        yield "html.obfuscated", Level.SUSPICIOUS, around_match(found)
        return
    wall = _WALL.search(code)
    if wall is not None:
        yield "html.obfuscated", Level.SUSPICIOUS, f"a wall of codes: {quote(wall[0], 60)}"


def _remote(page: Page) -> Iterator[Remark]:
    template = next((one for one in page.templates if _WEB.match(one) or _ELSEWHERE.match(one)), "")
    if template:
        yield "html.remote", Level.SUSPICIOUS, f"a template for Word: {quote(template, 100)}"
        return
    places = (*page.sources, *page.frames, *page.images, *page.refreshes)
    for place in places:
        if _ELSEWHERE.match(place):
            yield "html.remote", Level.SUSPICIOUS, quote(place, 100)
            return


def _shortcuts(page: Page) -> Iterator[Remark]:
    item = next(filter(_FIRST_ITEM.match, page.objects), "")
    if item and any(map(_SHORTCUT.search, page.objects)):
        yield "html.shortcut", Level.SUSPICIOUS, quote(item, 100)


def _host(address: str) -> str:
    found = _WEB.match(address)
    return found[1].lower() if found else ""
