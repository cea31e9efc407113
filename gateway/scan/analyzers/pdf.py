"""Says what a PDF does when it is opened or clicked, what it carries, and what hides in it.

A script that needs a click is a note, for forms compute and check by scripts.
One that runs unasked is suspicious, and one that is built like an attack is malicious.
"""

import re
from collections.abc import Iterable, Iterator

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.codes import FINDINGS
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats import addresses, filenames, javascript, pdfactions, pdflinks
from gateway.scan.formats.pdfactions import Action
from gateway.scan.formats.pdffilters import UnreadError
from gateway.scan.formats.pdflock import is_locked, rewritten
from gateway.scan.formats.pdfobjects import PdfObjects
from gateway.scan.formats.pdfvalues import spelled, undone
from gateway.scan.kinds import Kind

_SHOWN = 4
_LONGEST_CODE = 200
_ANY_ESCAPED = re.compile(rb"/((?:[\w]|#[0-9a-fA-F]{2}){2,40})(?![\w#])")
_TELLING = frozenset(
    {"JavaScript", "JS", "Launch", "OpenAction", "AA", "URI", "EmbeddedFile", "EmbeddedFiles"}
    | {"SubmitForm", "GoToR", "GoToE", "ImportData", "RichMedia", "XFA", "ObjStm", "AcroForm"}
)
"""Names that scanners look for. Honest writers escape blanks and accents, never these letters."""
_INTERPRETER = re.compile(
    r"(?i)\b(?:cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|certutil|bitsadmin"
    r"|msiexec|explorer|bash|sh|osascript|python)(?:\.exe)?(?:$|[\s\"'/])"
)
_XFA_SCRIPT = re.compile(r"<(?:\w{1,20}:)?script(?:\s[^>]{0,200})?>(?!\s*<)")
_FLASH = re.compile(rb"/Subtype\s{0,8}/Flash\b|application/x-shockwave-flash|\(FWS|\(CWS")
_MEDIA = spelled("RichMedia", "RichMediaContent", "3D", "Movie", "Rendition")

_BLANKS = b" \t\r\n\0\f\xef\xbb\xbf"
_SURPLUS = 1024
"""Fewer bytes than this behind the end are what mail and careless programs leave there."""

_UNASKED, _ASKED = "when it is opened", "at a click"


class PdfAnalyzer:
    """Looks at PDF documents."""

    kinds = frozenset({Kind.PDF})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what the document does, and a gap for what cannot be seen into."""
        data = artifact.data
        document = PdfObjects(data)
        yield from _hidden_names(artifact, document)
        yield from _surplus(artifact)
        if is_locked(data):
            # Its texts show nothing; the extractor hands out what is under the lock.
            return
        if document.has_unknown:
            plain = rewritten(data)
            document = document if plain is None else PdfObjects(plain)
        yield from _merged(artifact, _acts(document))
        yield from _form(artifact, document)
        yield from _carried(artifact, document)
        yield from _unread(artifact, document)


def _unread(artifact: Artifact, document: PdfObjects) -> Iterator[Gap]:
    for detail in document.damaged[:_SHOWN]:
        yield Gap(Reason.DAMAGED, detail, artifact.lineage)
    if document.has_unknown:
        yield Gap(Reason.DAMAGED, "objects in a form that qpdf cannot read", artifact.lineage)
    if document.is_cut_short:
        yield Gap(Reason.TOO_BIG, "a PDF with more values than are read", artifact.lineage)


def _acts(document: PdfObjects) -> Iterator[tuple[str, Level, str, str]]:
    """Code, level, summary and evidence of each action."""
    for action in pdfactions.actions(document):
        match action.kind:
            case "JavaScript":
                yield _script(document, action)
            case "Launch":
                yield _launch(document, action)
            case "URI":
                yield _link(document, action)
            case "SubmitForm" | "ImportData":
                yield _sent(document, action)
            case "GoToR" | "GoToE":
                yield from _elsewhere(document, action)


def _merged(artifact: Artifact, acts: Iterable[tuple[str, Level, str, str]]) -> Iterator[Finding]:
    """One finding for each code and level, with the first few pieces of evidence."""
    found: dict[tuple[str, Level, str], dict[str, None]] = {}
    for code, level, summary, evidence in acts:
        found.setdefault((code, level, summary), {})[evidence] = None
    for (code, level, summary), shown in found.items():
        yield _finding(artifact, code, level, summary, [*shown])


def _script(document: PdfObjects, action: Action) -> tuple[str, Level, str, str]:
    code = "pdf.script"
    when = _UNASKED if action.is_unasked else _ASKED
    try:
        source = pdfactions.script(document, action)
    except UnreadError as error:
        level = Level.SUSPICIOUS if action.is_unasked else Level.NOTE
        return code, level, f"A script runs {when}", f"object {action.number}: {error}"
    level, what = _judge(source, is_unasked=action.is_unasked)
    shown = quote(javascript.telling(source), _LONGEST_CODE)
    return code, level, f"A script {what or 'runs'} {when}", f"object {action.number}: {shown}"


def _judge(source: str, *, is_unasked: bool) -> tuple[Level, str]:
    acts, hides = javascript.acts(source), javascript.hides(source)
    if javascript.attacks(source):
        return Level.MALICIOUS, "is written as attacks on readers are, and runs"
    if hides:
        level = Level.MALICIOUS if is_unasked else Level.SUSPICIOUS
        return level, "hides what it does, and runs"
    if is_unasked and not javascript.is_everyday(source):
        return Level.SUSPICIOUS, acts
    return Level.SUSPICIOUS if javascript.drops(source) else Level.NOTE, acts


def _launch(document: PdfObjects, action: Action) -> tuple[str, Level, str, str]:
    names = [*pdfactions.file_names(document, action.value.get("F"))]
    parameters: list[str] = []
    for system in ("Win", "Unix", "Mac"):
        given = document.resolved(action.value.get(system))
        if isinstance(given, dict):
            names += pdfactions.file_names(document, given)
            parameters += [pdfactions.text(p) for p in [given.get("P")] if isinstance(p, bytes)]
    command = " ".join([*names, *parameters])
    is_program = any(map(filenames.runs, names)) or _INTERPRETER.search(command) is not None
    level = Level.MALICIOUS if is_program else Level.SUSPICIOUS
    what = "A program is started" if is_program else "Another file is opened"
    when = _UNASKED if action.is_unasked else _ASKED
    return "pdf.launch", level, f"{what} {when}", f"object {action.number}: {quote(command)}"


def _link(document: PdfObjects, action: Action) -> tuple[str, Level, str, str]:
    stored = document.resolved(action.value.get("URI"))
    address = pdfactions.text(stored) if isinstance(stored, bytes) else ""
    evidence = quote(addresses.defanged(address))
    if addresses.runs_tool(address):
        summary = "A link hands text to a tool of Windows that acts upon it"
        return "pdf.link", Level.SUSPICIOUS, summary, evidence
    if action.is_unasked:
        summary = "An address is opened as soon as the document is"
        return "pdf.link", Level.SUSPICIOUS, summary, evidence
    return "pdf.link", Level.NOTE, "The document has links", evidence


def _sent(document: PdfObjects, action: Action) -> tuple[str, Level, str, str]:
    address = next(pdfactions.file_names(document, action.value.get("F")), "")
    evidence = f"object {action.number}: {quote(addresses.defanged(address))}"
    if action.is_unasked or addresses.share_host(address):
        summary = "The form is sent, or data are fetched, without being asked"
        return "pdf.remote", Level.SUSPICIOUS, summary, evidence
    return "pdf.form", Level.NOTE, "The form can be sent to an address", evidence


def _elsewhere(document: PdfObjects, action: Action) -> Iterator[tuple[str, Level, str, str]]:
    for name in pdfactions.file_names(document, action.value.get("F")):
        if addresses.is_remote(name):
            when = _UNASKED if action.is_unasked else _ASKED
            summary = f"A document on another machine is fetched {when}"
            evidence = f"object {action.number}: {quote(addresses.defanged(name))}"
            yield "pdf.remote", Level.SUSPICIOUS, summary, evidence
            return


def _form(artifact: Artifact, document: PdfObjects) -> Iterator[Finding | Gap]:
    """Scripts in XFA forms: Adobe's own kind of form, which computes by scripts."""
    try:
        parts = [*pdfactions.forms(document)]
    except UnreadError as error:
        yield Gap(Reason.DAMAGED, f"a form: {error}", artifact.lineage)
        return
    source = "\n".join(part.decode("utf-8", "replace") for part in parts)
    if not parts:
        return
    begins = _XFA_SCRIPT.search(source)
    if begins is None:
        yield _finding(artifact, "pdf.form", Level.NOTE, "The document is an XFA form", [])
        return
    source = source[begins.start() :]
    level, _ = _judge(source, is_unasked=False)
    code = "pdf.form" if level is Level.NOTE else "pdf.script"
    shown = quote(javascript.telling(source), _LONGEST_CODE)
    yield _finding(artifact, code, level, "An XFA form computes by scripts", [shown])


def _carried(artifact: Artifact, document: PdfObjects) -> Iterator[Finding]:
    """Files, films and pages that are links."""
    names = [*pdfactions.attached(document)]
    programs = [quote(name) for name in names if filenames.runs(name)]
    if programs:
        summary = "A program or a script is attached inside the document"
        yield _finding(artifact, "pdf.attachment", Level.SUSPICIOUS, summary, programs)
    elif names:
        summary = "Files are attached inside the document"
        yield _finding(artifact, "pdf.attachment", Level.NOTE, summary, [*map(quote, names)])
    if any(_FLASH.search(text) for text in document.texts):
        summary = "The document plays Flash, which only attacks still need"
        yield _finding(artifact, "pdf.media", Level.SUSPICIOUS, summary, [])
    elif next(document.holding(_MEDIA), None) is not None:
        yield _finding(
            artifact, "pdf.media", Level.NOTE, "The document holds a film or a model", []
        )
    covered = pdflinks.whole_page_link(document)
    if covered:
        summary = "The whole page is one link: a picture of a document, to make somebody click"
        yield _finding(
            artifact, "pdf.lure", Level.SUSPICIOUS, summary, [quote(addresses.defanged(covered))]
        )


def _hidden_names(artifact: Artifact, document: PdfObjects) -> Iterator[Finding]:
    found = {
        f"/{match[1].decode()} is {undone(match[1])}": None
        for text in document.texts
        for match in _ANY_ESCAPED.finditer(text)
        if b"#" in match[1] and undone(match[1]) in _TELLING
    }
    if found:
        summary = "The name of an action is spelled so that scanners do not see it"
        yield _finding(artifact, "pdf.hidden-name", Level.MALICIOUS, summary, [*found])


def _surplus(artifact: Artifact) -> Iterator[Finding]:
    """Bytes before the header and behind the end, where readers look for neither."""
    data = artifact.data
    begins, ends = data.find(b"%PDF-"), data.rfind(b"%%EOF")
    shown = []
    if data[: max(0, begins)].strip(_BLANKS):
        shown.append(f"{begins} bytes before the header: {quote_bytes(data[:48], 48)}")
    behind = data[ends + 5 :].strip(_BLANKS) if ends > 0 else b""
    if len(behind) > _SURPLUS:
        shown.append(f"{len(behind)} bytes behind the end: {quote_bytes(behind[:48], 48)}")
    if shown:
        summary = "Something stands before the document or behind it"
        yield _finding(artifact, "pdf.surplus", Level.NOTE, summary, shown)


def _finding(
    artifact: Artifact, code: str, level: Level, summary: str, evidence: list[str]
) -> Finding:
    shown = "; ".join(evidence[:_SHOWN])
    more = len(evidence) - _SHOWN
    shown += f"; and {more} more" if more > 0 else ""
    technique = FINDINGS[code].technique or None
    return Finding(code, level, summary, shown, artifact.lineage, technique=technique)
