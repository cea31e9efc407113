"""Reads Windows shortcuts: which program they start, with which words, and what they hide.

A shortcut without arguments opens a file that is there already, or that came with it and is judged
by itself: a note. What makes one an attack is the command line that it gives to an interpreter, a
target on another machine, or a load behind its end.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats import shelllink
from gateway.scan.formats.shelllink import Shortcut
from gateway.scan.kinds import Kind

_INTERPRETER = re.compile(
    r"""(?ix) (?:^|[\\/"'\s&|^(]) (
      cmd | powershell(?:_ise)? | pwsh | mshta | [wc]script | rundll32 | regsvr32 | regasm | regsvcs
    | msiexec | certutil | bitsadmin | curl | wget | forfiles | pcalua | conhost | wmic | hh
    | msbuild | installutil | schtasks | cmstp | odbcconf | explorer | ssh | scp | ftp | bash
    | wsl | python[w3]? | javaw? | control | verclsid | msxsl | reg | xcopy | robocopy
    ) (?:\.exe)? (?= ["'\s,^] | $ ) | %comspec%"""
)
_ELSEWHERE = re.compile(r"(?i)^\s*(?:\\\\[^\\?.]|//|(?:https?|file|ftp|search-ms|ms-\w+):)")
_BLANKS = re.compile(r"[\s\u2800\u3164\u200b\xa0]{30}")
_ENCODED = re.compile(r"(?i)\s[-/]e[a-z]*\s+[\"']?([A-Za-z0-9+/]{24,}={0,2})")
_DOCUMENT_ICON = re.compile(
    r"(?i)\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png)$|acro|winword|excel|chrome|msedge|firefox|notepad"
)
_LONG = 260
"""Characters of arguments that the window of properties shows; the rest is out of sight."""
_CARRIERS = frozenset(
    {Kind.OLE, Kind.OOXML, Kind.ODF, Kind.RTF, Kind.PDF, Kind.ONENOTE, Kind.MSI, Kind.HTML}
    | {Kind.ISO, Kind.UDF, Kind.FAT, Kind.WIM, Kind.VHD, Kind.VHDX, Kind.VMDK, Kind.DISK}
)
"""Documents and disk images: nobody puts a shortcut there by mistake."""
_SLACK = 64
"""Bytes behind the end that are no load."""

_SUMMARIES = {
    "lnk.command": ("A shortcut gives a command to an interpreter", "T1204.002"),
    "lnk.remote": ("A shortcut leads to another machine", "T1187"),
    "lnk.hidden": ("A shortcut hides what it does behind blanks or length", "T1027.012"),
    "lnk.appended": ("A shortcut carries a load behind its end", "T1027.009"),
    "lnk.arguments": ("A shortcut starts a program with arguments", "T1204.002"),
    "lnk.inside": ("A shortcut inside a document or a disk image", "T1204.002"),
    "lnk.plain": ("A shortcut that only opens a file", "T1204.002"),
}
_LEVELS = {
    "lnk.command": Level.MALICIOUS,
    "lnk.remote": Level.SUSPICIOUS,
    "lnk.hidden": Level.MALICIOUS,
    "lnk.appended": Level.SUSPICIOUS,
    "lnk.arguments": Level.SUSPICIOUS,
    "lnk.inside": Level.SUSPICIOUS,
    "lnk.plain": Level.NOTE,
}


class LnkAnalyzer:
    """Looks at Windows shortcuts."""

    kinds = frozenset({Kind.LNK})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what the shortcut does; at least that it is one."""
        shortcut = shelllink.read(artifact.data)
        if not shortcut.is_whole:
            yield Gap(Reason.DAMAGED, "a shortcut that ends in the middle", artifact.lineage)
        shown = _command_line(shortcut)
        found = dict(_remarks(shortcut, artifact.data))
        if not found:
            found = {_harmless(shortcut, artifact): ""}
        for code, detail in found.items():
            summary, technique = _SUMMARIES[code]
            evidence = "; ".join(filter(None, (shown, detail)))
            yield Finding(
                code, _LEVELS[code], summary, evidence, artifact.lineage, technique=technique
            )


def _harmless(shortcut: Shortcut, artifact: Artifact) -> str:
    if shortcut.arguments.strip():
        return "lnk.arguments"
    return "lnk.plain" if _CARRIERS.isdisjoint(artifact.within) else "lnk.inside"


def _remarks(shortcut: Shortcut, data: bytes) -> Iterator[tuple[str, str]]:
    """Codes of what is wrong with it, each with a detail."""
    places = (shortcut.expanded, shortcut.local_path, shortcut.relative_path, shortcut.items)
    is_interpreter = any(map(_INTERPRETER.search, places))
    arguments = shortcut.arguments
    if arguments.strip() and (is_interpreter or _INTERPRETER.search(arguments)):
        yield "lnk.command", "; ".join(filter(None, (_decoded(arguments), _disguise(shortcut))))
    remote = (shortcut.network_path, *places[:3], shortcut.icon, shortcut.expanded_icon)
    elsewhere = next(filter(_ELSEWHERE.match, remote), "")
    # A target that is known by a path on a drive of its own is only reached over the network.
    if elsewhere and not (elsewhere == shortcut.network_path and shortcut.local_path):
        yield "lnk.remote", f"leads to {quote(elsewhere, 80)}"
    padded = next((text for text in (arguments, *places, shortcut.folder) if _is_padded(text)), "")
    if padded:
        last = _BLANKS.split(padded.strip())[-1].strip()
        yield "lnk.hidden", f"blanks push this out of sight: {quote(last, 100)}"
    elif len(arguments) > _LONG:
        yield "lnk.hidden", f"{len(arguments)} characters of arguments"
    rest = data[shortcut.end :]
    if len(rest.strip(b"\0")) > _SLACK:
        yield "lnk.appended", f"{len(rest)} bytes behind the end: {quote_bytes(rest, 40)}"


def _is_padded(text: str) -> bool:
    return _BLANKS.search(text) is not None


def _command_line(shortcut: Shortcut) -> str:
    target = quote(shortcut.target, 100) or "no target"
    return f"{target} {quote(shortcut.arguments, 160)}".strip()


def _decoded(arguments: str) -> str:
    """What PowerShell would read from an encoded command."""
    encoded = _ENCODED.search(arguments)
    if encoded is None:
        return ""
    try:
        plain = base64.b64decode(encoded[1] + "=" * (-len(encoded[1]) % 4))
    except (binascii.Error, ValueError):
        return ""
    return f"decoded: {quote(plain.decode('utf-16-le', 'replace'), 120)}"


def _disguise(shortcut: Shortcut) -> str:
    icon = shortcut.icon or shortcut.expanded_icon
    return f"with the icon of {quote(icon, 60)}" if _DOCUMENT_ICON.search(icon) else ""
