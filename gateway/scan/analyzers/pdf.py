"""Says what a PDF does when it is opened or clicked, what it carries, and what hides in it.

A script that needs a click is a note, for forms compute and check by scripts.
One that runs unasked is suspicious, and one that is built like an attack is malicious.
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats import addresses, filenames
from gateway.scan.formats.pdf import actions as pdfactions
from gateway.scan.formats.pdf import links as pdflinks
from gateway.scan.formats.pdf.actions import Action
from gateway.scan.formats.pdf.filters import UnreadError
from gateway.scan.formats.pdf.lock import is_locked, rewritten
from gateway.scan.formats.pdf.objects import PdfObjects
from gateway.scan.formats.pdf.values import spelled, undone
from gateway.scan.formats.text import javascript
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_GAPS_SHOWN = 4
_LONGEST_CODE = 200
_ESCAPED = re.compile(rb"/(\w{0,39}#[0-9a-fA-F]{2}(?:\w|#[0-9a-fA-F]{2}){0,39})(?![\w#])")
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
_XFA_UNASKED = re.compile(
    r"<(?:\w{1,20}:)?event\s[^>]{0,400}?\bactivity\s*=\s*[\"'](?:initialize|ready|docReady)[\"'][^>]*>"
)
_XFA_EVENT_ENDS = re.compile(r"</(?:\w{1,20}:)?event\s*>")
# Three looks, each by a first letter, take a third of the time of one that has a choice.
_FLASH = (re.compile(rb"/Subtype\s{0,8}/Flash\b"), re.compile(rb"\([FC]WS"))
_FLASH_TYPE = b"application/x-shockwave-flash"
_WIDGET = spelled("Widget")
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
        yield from findings(artifact, [*_hidden_names(document), *_surplus(data)])
        if is_locked(data):
            # Its texts show nothing; the extractor hands out what is under the lock.
            return
        if document.has_unknown:
            plain = rewritten(data)
            document = document if plain is None else PdfObjects(plain)
        yield from findings(artifact, _signs(document))
        yield from _unread(artifact, document)


def _unread(artifact: Artifact, document: PdfObjects) -> Iterator[Gap]:
    for detail in document.damaged[:_GAPS_SHOWN]:
        yield Gap(Reason.DAMAGED, detail, artifact.lineage)
    if document.has_unknown:
        yield Gap(Reason.DAMAGED, "objects in a form that qpdf cannot read", artifact.lineage)
    if document.is_cut_short:
        yield Gap(Reason.TOO_BIG, "a PDF with more values than are read", artifact.lineage)


def _signs(document: PdfObjects) -> Iterator[Sign]:
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
    yield from _form(document)
    yield from _attached(document)
    yield from _media(document)
    covered = pdflinks.whole_page_link(document)
    if covered:
        summary = "The whole page is one link: a picture of a document, to make somebody click"
        yield Sign("pdf.lure", Level.SUSPICIOUS, summary, quote(addresses.defanged(covered)))


def _script(document: PdfObjects, action: Action) -> Sign:
    code = "pdf.script"
    when = _UNASKED if action.is_unasked else _ASKED
    try:
        source = pdfactions.script(document, action)
    except UnreadError as error:
        level = Level.SUSPICIOUS if action.is_unasked else Level.NOTE
        return Sign(code, level, f"A script runs {when}", f"object {action.number}: {error}")
    # In a form, what stays within the document is there to compute.
    computes = next(document.holding(_WIDGET), None) is not None and javascript.stays_within(source)
    level, what = _judge(source, is_unasked=action.is_unasked and not computes)
    shown = quote(javascript.telling(source), _LONGEST_CODE)
    return Sign(
        code, level, f"A script {what or 'runs'} {when}", f"object {action.number}: {shown}"
    )


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


def _launch(document: PdfObjects, action: Action) -> Sign:
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
    return Sign("pdf.launch", level, f"{what} {when}", f"object {action.number}: {quote(command)}")


def _link(document: PdfObjects, action: Action) -> Sign:
    stored = document.resolved(action.value.get("URI"))
    address = pdfactions.text(stored) if isinstance(stored, bytes) else ""
    evidence = quote(addresses.defanged(address))
    if addresses.runs_tool(address):
        summary = "A link hands text to a tool of Windows that acts upon it"
        return Sign("pdf.link", Level.SUSPICIOUS, summary, evidence)
    if action.is_unasked:
        summary = "An address is opened as soon as the document is"
        return Sign("pdf.link", Level.SUSPICIOUS, summary, evidence)
    return Sign("pdf.link", Level.NOTE, "The document has links", evidence)


def _sent(document: PdfObjects, action: Action) -> Sign:
    address = next(pdfactions.file_names(document, action.value.get("F")), "")
    evidence = f"object {action.number}: {quote(addresses.defanged(address))}"
    if action.is_unasked or addresses.share_host(address):
        summary = "The form is sent, or data are fetched, without being asked"
        return Sign("pdf.remote", Level.SUSPICIOUS, summary, evidence)
    return Sign("pdf.form", Level.NOTE, "The form can be sent to an address", evidence)


def _elsewhere(document: PdfObjects, action: Action) -> Iterator[Sign]:
    for name in pdfactions.file_names(document, action.value.get("F")):
        if addresses.is_remote(name):
            when = _UNASKED if action.is_unasked else _ASKED
            summary = f"A document on another machine is fetched {when}"
            evidence = f"object {action.number}: {quote(addresses.defanged(name))}"
            yield Sign("pdf.remote", Level.SUSPICIOUS, summary, evidence)
            return


def _form(document: PdfObjects) -> Iterator[Sign]:
    """Scripts in XFA forms: Adobe's own kind of form, which computes by scripts."""
    parts = [*pdfactions.forms(document)]
    if not parts:
        return
    source = "\n".join(part.decode("utf-8", "replace") for part in parts)
    begins = _XFA_SCRIPT.search(source)
    if begins is None:
        yield Sign("pdf.form", Level.NOTE, "The document is an XFA form")
        return
    level, _ = _judge(source[begins.start() :], is_unasked=False)
    unasked = next(filter(javascript.acts, _unasked(source)), "")
    if unasked:
        summary = "An XFA form acts outside of the document as soon as it is opened"
        shown = quote(javascript.telling(unasked), _LONGEST_CODE)
        yield Sign("pdf.script", Level.SUSPICIOUS, summary, shown)
    source = source[begins.start() :]
    code = "pdf.form" if level is Level.NOTE else "pdf.script"
    shown = quote(javascript.telling(source), _LONGEST_CODE)
    yield Sign(code, level, "An XFA form computes by scripts", shown)


def _unasked(source: str) -> Iterator[str]:
    """The scripts of an XFA form that run when it is opened."""
    position = 0
    while begins := _XFA_UNASKED.search(source, position):
        ends = _XFA_EVENT_ENDS.search(source, begins.end())
        position = ends.end() if ends else len(source)
        yield source[begins.end() : position]


def _attached(document: PdfObjects) -> Iterator[Sign]:
    for name in pdfactions.attached(document):
        if filenames.runs(name):
            summary = "A program or a script is attached inside the document"
            yield Sign("pdf.attachment", Level.SUSPICIOUS, summary, quote(name))
        else:
            summary = "Files are attached inside the document"
            yield Sign("pdf.attachment", Level.NOTE, summary, quote(name))


def _media(document: PdfObjects) -> Iterator[Sign]:
    if any(map(_plays_flash, document.texts)):
        summary = "The document plays Flash, which only attacks still need"
        yield Sign("pdf.media", Level.SUSPICIOUS, summary)
    elif next(document.holding(_MEDIA), None) is not None:
        yield Sign("pdf.media", Level.NOTE, "The document holds a film or a model")


def _plays_flash(text: bytes) -> bool:
    return _FLASH_TYPE in text or any(shape.search(text) for shape in _FLASH)


def _hidden_names(document: PdfObjects) -> Iterator[Sign]:
    summary = "The name of an action is spelled so that scanners do not see it"
    for text in document.texts:
        for match in _ESCAPED.finditer(text):
            plain = undone(match[1])
            if plain in _TELLING:
                evidence = f"/{match[1].decode()} is {plain}"
                yield Sign("pdf.hidden-name", Level.MALICIOUS, summary, evidence)


def _surplus(data: bytes) -> Iterator[Sign]:
    """Bytes before the header and behind the end, where readers look for neither."""
    begins, ends = data.find(b"%PDF-"), data.rfind(b"%%EOF")
    summary = "Something stands before the document or behind it"
    if data[: max(0, begins)].strip(_BLANKS):
        shown = f"{begins} bytes before the header: {quote_bytes(data[:48], 48)}"
        yield Sign("pdf.surplus", Level.NOTE, summary, shown)
    behind = data[ends + 5 :].strip(_BLANKS) if ends > 0 else b""
    if len(behind) > _SURPLUS:
        shown = f"{len(behind)} bytes behind the end: {quote_bytes(behind[:48], 48)}"
        yield Sign("pdf.surplus", Level.NOTE, summary, shown)
