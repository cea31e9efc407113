"""Reads scripts, shortcuts and settings that Windows acts upon: what they start, fetch and open.

That such a file is attached is told elsewhere, by its name; here the line is quoted by which a
person decides, and the worst of them are told apart. Text under a text's name is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import around_match
from gateway.scan.formats import addresses, filenames
from gateway.scan.formats.text import markup
from gateway.scan.kinds import Kind

_LOOKED_AT = 1 << 20


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that a script can do, and how it shows."""

    does: str
    shape: re.Pattern[str]


_RUNS = _Sign(
    "runs programs",
    re.compile(
        r"""(?ix) WScript\.Shell | Shell\.Application | ShellExecute | Schedule\.Service | winmgmts:
        | \b(?:powershell|pwsh|mshta|rundll32|regsvr32|[cw]script|msiexec|wmic|schtasks|forfiles
            |bitsadmin|certutil)(?:\.exe)?["']?\s+["']?[-/\w\\"$%.:]
        | \bcmd(?:\.exe)?["']?\s+/[ckq] | %comspec% | \bStart-Process\b | \bInvoke-Expression\b
        | \biex\b
        | \bsubprocess\b | \bos\.(?:system|popen|startfile)\s*\( | \bExecute(?:Global)?\s*\(?\s*\w
        | \beval\s*\( | \bGetObject\s*\(\s*["'](?:script|new|winmgmts):"""
    ),
)
_FETCHES = _Sign(
    "fetches files",
    re.compile(
        r"""(?ix) XMLHTTP | WinHttp\.?WinHttpRequest | \.Download(?:File|String|Data)\b
        | Invoke-WebRequest | Invoke-RestMethod | \biwr\b | Start-BitsTransfer | URLDownloadToFile
        | \b(?:curl|wget)(?:\.exe)?\s+\S*[-h/] | -urlcache\b | bitsadmin(?:\.exe)?\s+/transfer
        | urllib\.request | \brequests\.get\s*\( | \bmshta(?:\.exe)?\s+["']?https?: | /i:https?:"""
    ),
)
_HIDES = _Sign(
    "hides what it does",
    re.compile(
        r"""(?ix) FromBase64String | \s-e(?:nc|ncodedcommand|c)?\s+["']?[A-Za-z0-9+/]{40}
        | \s-w(?:in|indowstyle)?\s+(?:hidden|1)\b | StrReverse\s*\(
        | (?:\bChrW?\(\d{1,5}\)\s*[&+]\s*){5}
        | fromCharCode\s*\((?:\s*\d{1,5}\s*,){5} | (?:\^[a-z]){6} | (?:%[a-z]{1,20}:~\d{1,3},1%){4}
        | (?:\\x[0-9a-f]{2}){40} | b64decode\s*\("""
    ),
)
_STAYS = _Sign(
    "stays on the machine",
    re.compile(
        r"""(?ix) \\CurrentVersion\\(?:Run|RunOnce)\b | schtasks(?:\.exe)?\s+/create | \\Startup\\
        | Image\ File\ Execution\ Options | \bNew-ScheduledTask\b"""
    ),
)
_SIGNS = (_RUNS, _FETCHES, _HIDES, _STAYS)

_SHORTCUTS = frozenset(
    {"url", "website", "scf", "library-ms", "search-ms", "searchconnector-ms", "theme", "themepack"}
    | {"desktop", "inf", "rdp", "iqy", "oqy", "dqy", "rqy", "slk", "jnlp", "appref-ms", "msc"}
    | {"settingcontent-ms", "udl", "application", "vsto", "wsh", "pif", "printerexport"}
    | {"desktop.ini", "odc", "osdx", "contact", "inetloc", "fileloc"}
)
_PLACE = re.compile(
    r"""(?ix) (?: ^ | [=:>"'\s] )
        ( (?: \\\\ | file:(?://|\\\\) | https?:// | ftp:// ) [^\s"'<>]{3,200} )"""
)
_TABLES = frozenset({"slk", "iqy", "oqy", "dqy", "rqy"})
_FORMULA = re.compile(
    r"""(?ix) EXEC\s*\( | \bCALL\s*\(\s*["'] | \bREGISTER\s*\( | =\s*\w{1,40}\|["']"""
)


class ScriptAnalyzer:
    """Looks at scripts by content, and at what acts by its name."""

    kinds = frozenset(
        {Kind.SCRIPT, Kind.TEXT, Kind.XML, Kind.HTML, Kind.DATA, Kind.HL7, Kind.HPRIM}
    )
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what the script does, or where the shortcut leads."""
        extension = next(filter(None, map(_acting, artifact.names)), "")
        if not extension and (Kind.SCRIPT not in artifact.kinds or _is_text(artifact)):
            return
        text = markup.decode(artifact.data[:_LOOKED_AT]).replace("\0", "")
        if extension in _SHORTCUTS:
            yield from _places(artifact, text)
        if extension in _TABLES:
            yield from _formulas(artifact, text)
        yield from _signs(artifact, text)


def _acting(name: str) -> str:
    # Windows reads this one to show the folder around it.
    is_folder = filenames.last_part(name) == "desktop.ini"
    extension = "desktop.ini" if is_folder else filenames.extension(name)
    return extension if extension in filenames.RUNS_AS_SCRIPT | _SHORTCUTS else ""


def _is_text(artifact: Artifact) -> bool:
    """Whether every name opens an editor or a browser."""
    return all(
        filenames.extension(name) in filenames.PLAIN_TEXTS or not filenames.runs(name)
        for name in artifact.names
    )


def _signs(artifact: Artifact, text: str) -> Iterator[Finding]:
    found = {sign: match for sign in _SIGNS if (match := sign.shape.search(text))}
    if not found:
        return
    is_bad = _RUNS in found and len(found) > 1
    level = Level.MALICIOUS if is_bad else Level.SUSPICIOUS
    does = ", ".join(sign.does for sign in found)
    shown = "; ".join(around_match(match) for match in found.values())
    code = "script.dropper" if is_bad else "script.acts"
    yield _finding(code, level, f"A script {does}", shown, artifact)


def _formulas(artifact: Artifact, text: str) -> Iterator[Finding]:
    formula = _FORMULA.search(text)
    if formula is not None:
        summary = "A table or a query starts a program"
        yield _finding("script.formula", Level.MALICIOUS, summary, around_match(formula), artifact)


def _places(artifact: Artifact, text: str) -> Iterator[Finding]:
    place = _PLACE.search(text)
    if place is None:
        return
    if addresses.share_host(place[1]):
        summary = "A shortcut or a setting leads to a share"
        yield _finding("script.share", Level.SUSPICIOUS, summary, around_match(place), artifact)
        return
    summary = "A shortcut or a setting leads to the web"
    yield _finding("script.web", Level.NOTE, summary, around_match(place), artifact)


def _finding(code: str, level: Level, summary: str, evidence: str, artifact: Artifact) -> Finding:
    technique = "T1187" if code == "script.share" else "T1059"
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
