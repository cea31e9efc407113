"""Judges VBA macros by what their source does: start by itself, run, download, hide.

A macro alone is a note. One that starts by itself is suspicious, and so is one that runs programs
or downloads; both together are malicious.
Only code is judged: comments are dropped, and of strings only what they name counts, so that
« l'attribution » in a message box is French and not a command.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats.addresses import defanged
from gateway.scan.formats.archives.inflate import BROKEN
from gateway.scan.formats.office import olevba, starbasic, vba, vbastomped
from gateway.scan.formats.office.vbalines import Line, lines
from gateway.scan.formats.office.vbastrings import heard
from gateway.scan.kinds import Kind
from gateway.scan.signs import findings

_LINES_SHOWN = 4
_ADDRESSES_SHOWN = 3

_PROCEDURE = re.compile(
    r"(?i)(?:^|:)\s*(?:(?:Public|Private|Friend|Static)\s+)*(?:Sub|Function|Property\s+\w+)\s+(\w+)"
)
_END = re.compile(r"(?i)^\s*End\s+(?:Sub|Function|Property)\b")
_STARTS_BY_ITSELF = re.compile(
    r"""(?ix)
      Auto_? (?: Exec | Open | Close | New | Exit | Activate | Deactivate )
    | Document_ (?: Open | Close | New | BeforeClose | BeforeSave | Sync )
    | Workbook_ (?: Open | Close | BeforeClose | BeforeSave | Activate | Deactivate
                  | WindowActivate | WindowDeactivate | SheetActivate | SheetCalculate )
    | Worksheet_ (?: Activate | Calculate )
    | Presentation_ (?: Open | Close ) | OnSlideShowPageChange | OnSlideShowTerminate
    | (?: \w+_ )? (?: DocumentOpen | DocumentBeforeClose | DocumentChange | NewDocument
                    | WorkbookOpen | WorkbookActivate | WorkbookBeforeClose
                    | PresentationOpen | SlideShowBegin )
    | Application_ (?: Startup | NewMail | NewMailEx | Quit )
    # Controls in a document that fire without a click.
    | (?! UserForm ) \w+_ (?: Layout | Painted | Painting | Resize | BeforeNavigate2
          | NavigateComplete2 | DocumentComplete | DownloadBegin | DownloadComplete
          | FileDownload | ProgressChange | PropertyChange | StatusTextChange
          | TitleChange | OnConnecting )
    """
)


_ADDRESS = re.compile(r"(?i)\bhttps?://[^\s\"'<>]{4,200}")


@dataclass(frozen=True, slots=True)
class _Deed:
    """Something that code can do, and how it shows."""

    does: str
    in_code: re.Pattern[str]
    in_strings: re.Pattern[str] | None = None
    needs_both: bool = False

    def shows(self, line: Line) -> bool:
        """Whether ``line`` does it."""
        in_code = self.in_code.search(line.code) is not None
        said = (line.strings, line.spoken)
        in_strings = self.in_strings is not None and any(map(self.in_strings.search, said))
        return in_code and in_strings if self.needs_both else in_code or in_strings


_DEEDS = (
    _Deed(
        "runs programs",
        re.compile(
            r"""(?ix)
              (?<! [\w.] ) (?<! Sub\s ) (?<! Function\s ) (?<! Dim\s ) (?<! Set\s )
              (?: (?:VBA|Interaction)\. )? Shell \b \s* (?! =|\.|,|\)|As\b ) [\w("]
            | \b (?: WinExec | ShellExecute (?:Ex)? [AW]? | CreateProcess [AW]? | CreateThread
                   | CreateRemoteThread | VirtualAlloc (?:Ex)? | WriteProcessMemory
                   | QueueUserAPC | AppleScriptTask | RegisterXLL ) \b
            """
        ),
        re.compile(
            r"""(?imx)
              \b (?: WScript\.Shell | Shell\.Application | Schedule\.Service ) \b | \b winmgmts:
            | \b com\.sun\.star\. (?: system\.SystemShellExecute | bridge\.oleautomation ) \b
            | 72C24DD5-D70A-438B-8A42-98424B88AFB8
            | \b (?: powershell | pwsh | mshta | certutil | bitsadmin | regsvr32 | rundll32
                   | wscript | cscript )
              (?: \.exe \b
                # An option, a path, an address, or a command; not « PowerShell : niveau 2. »
                | \s+ (?: [-/] \w | \S* [\\$"] | \S* [.,:/] (?! [\s.,:;] | $ ) | $
                       | \(? (?: iex | iwr | invoke | (?: new | get | start | set | add ) - ) ) )
            | \b do \s+ shell \s+ script \b
            | \b cmd (?: \.exe )? \s+ /[ck] | %comspec% | ^ [ \t]* =? EXEC \s* \(
            | \b (?: WinExec | ShellExecute (?:Ex)? [AW] | CreateProcess [AW] | CreateThread
                   | VirtualAlloc (?:Ex)? | WriteProcessMemory ) \b
            """
        ),
    ),
    _Deed(
        "downloads files",
        re.compile(
            r"(?i)\b(?:URLDownloadToFile[AW]?|InternetOpenUrl[AW]?|InternetReadFile"
            r"|(?:Server)?XMLHTTP\d*|WinHttpRequest|responseBody)\b"
        ),
        re.compile(
            r"(?i)\b(?:URLDownloadToFile[AW]?|InternetOpenUrl[AW]?|WinHttp\.WinHttpRequest"
            r"|(?:MSXML2|Microsoft)\.(?:Server)?XMLHTTP)\b"
        ),
    ),
    _Deed(
        "writes a program to the disk",
        re.compile(
            r"(?i)\bOpen\b.{1,300}\bFor\s+(?:Output|Binary|Append)\b"
            r"|\b(?:CreateTextFile|OpenTextFile|SaveToFile|FileCopy|CopyFile)\b"
        ),
        re.compile(r"(?im)\w\.(?:vb[se]|jse?|bat|cmd|ps1|hta|exe|scr|dll|wsf|lnk)[ \t]*$"),
        needs_both=True,
    ),
    _Deed(
        "hides what it does",
        re.compile(
            r"(?i)(?:\bChr[BW]?\$?\s*\([^)]{1,40}\)\s*[&+]\s*){5}|\bStrReverse\s*\("
            r"|\bXor\b.{0,200}\b(?:Asc|Mid)[BW]?\$?\s*\(|\b(?:Asc|Mid)[BW]?\$?\s*\(.{0,200}\bXor\b"
        ),
    ),
    _Deed(
        "changes other macros or their protection",
        re.compile(
            r"(?i)\.(?:AddFromString|InsertLines|OrganizerCopy|VirusProtection)\b"
            r"|\bMacroCopy\b|\.VBComponents\b.{0,200}\.(?:Import|Export|Add)\b"
        ),
        re.compile(r"(?i)\b(?:AccessVBOM|VBAWarnings)\b"),
    ),
)


class MacroAnalyzer:
    """Looks at the VBA source of OLE files and of Word 2003 XML, and at the Basic of LibreOffice.

    That of an OOXML or OpenDocument file is in its members.
    """

    kinds = frozenset({Kind.OLE, Kind.XML})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding for all macros of the file, and a gap for each that is unreadable."""
        source: list[Line] = []
        modules: list[vba.Module] = []
        for module in _modules(artifact):
            match module:
                case vba.Unread():
                    yield Gap(Reason.DAMAGED, module.detail, artifact.lineage)
                case vba.Module():
                    source += lines(module.name, module.source)
                    modules.append(module)
        source = heard(source)
        yield from findings(artifact, vbastomped.signs(modules))
        procedures = [line for line in source if _PROCEDURE.search(line.code)]
        if procedures:
            yield _judge(artifact, source, procedures)


def _modules(artifact: Artifact) -> Iterator[vba.Module | vba.Unread]:
    """What two readers find: what one misses, the other may see."""
    known: set[str] = set()
    if Kind.OLE in artifact.kinds:
        for module in vba.modules(artifact.data):
            if isinstance(module, vba.Module):
                known.add(_folded(module.source))
            yield module
    else:
        yield from starbasic.modules(artifact.data)
    for module in olevba.modules(artifact.data):
        if _folded(module.source) not in known:
            yield module


def _folded(source: str) -> str:
    """The source without what two readers of the same bytes may differ in."""
    return "".join(source.split())


def _judge(artifact: Artifact, source: list[Line], procedures: list[Line]) -> Finding:
    starts, acts = [*_starts(source)], _acts(source)
    does = ", ".join(dict.fromkeys(acts.values()))
    match bool(starts), bool(acts):
        case True, True:
            code, level, technique = "macro.dropper", Level.MALICIOUS, "T1059.005"
            summary = f"A macro starts by itself and {does}"
            shown = [starts[0], *acts]
        case True, False:
            code, level, technique = "macro.autoexec", Level.SUSPICIOUS, "T1204.002"
            summary = "A macro starts by itself"
            shown = starts
        case False, True if Kind.OLE not in artifact.kinds and starbasic.may_hold(artifact.data):
            # LibreOffice runs no macro of a document that nobody signed, and offers no button.
            code, level, technique = "macro.present", Level.NOTE, "T1059.005"
            summary = f"A macro {does} if somebody starts it and LibreOffice is set to allow it"
            shown = [*acts]
        case False, True:
            code, level, technique = "macro.acts", Level.SUSPICIOUS, "T1059.005"
            summary = f"A macro {does} when somebody starts it"
            shown = [*acts]
        case _:
            code, level, technique = "macro.present", Level.NOTE, "T1059.005"
            summary = "There are macros that do not start by themselves"
            shown = procedures
    evidence = _evidence(shown) + (_addresses(source) if acts else "")
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)


def _acts(source: list[Line]) -> dict[Line, str]:
    """The lines that do something, and what."""
    # Most projects do none of it, and one look at the whole says so twenty times as fast.
    code = "\n".join(line.code for line in source)
    said = (said for line in source for said in (line.strings, line.spoken) if said)
    whole = Line("", 0, "", code, "\n".join(said))
    deeds = [deed for deed in _DEEDS if deed.shows(whole)]
    return {line: deed.does for deed in deeds for line in source if deed.shows(line)}


def _starts(source: list[Line]) -> Iterator[Line]:
    """The heads of the procedures that run unasked; one without a body does nothing."""
    head: Line | None = None
    for line in source:
        if _END.match(line.code):
            head = None
            continue
        if head is not None:
            yield head
            head = None
        procedure = _PROCEDURE.search(line.code)
        if procedure is not None and _STARTS_BY_ITSELF.fullmatch(procedure[1]):
            head = line
            if ":" in line.code[procedure.end() :]:
                yield line


def _evidence(shown: Sequence[Line]) -> str:
    quoted = [
        f"{quote(line.module, 40)} line {line.number}: {_quoted(line)}"
        for line in shown[:_LINES_SHOWN]
    ]
    more = len(shown) - len(quoted)
    return "; ".join(quoted) + (f"; and {more} more" if more else "")


def _quoted(line: Line) -> str:
    """A line, and what its strings come to; then the beginning of how they are put together do."""
    said = _said(line)
    return f"{quote(line.text, 60)}{said}" if said else quote(line.text)


def _said(line: Line) -> str:
    """What the strings of a line come to, where that is not to be seen in it."""
    worth = next((one for one in line.spoken.splitlines() if one and one not in line.text), "")
    return f" = {quote(worth, 80)}" if worth else ""


def _addresses(source: list[Line]) -> str:
    """The addresses that the macros name."""
    said = "\n".join(f"{line.strings}\n{line.spoken}" for line in source)
    found = dict.fromkeys(defanged(one[0]) for one in _ADDRESS.finditer(said))
    shown = ", ".join(quote(one, 80) for one in [*found][:_ADDRESSES_SHOWN])
    return f"; addresses: {shown}" if shown else ""
