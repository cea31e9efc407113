"""Says what the XML of an Office document fetches or starts: links, fields, controls, ribbons.

The parts of a package come here one by one, and so do documents that are one XML file.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import addresses
from gateway.scan.formats.commands import starts_program
from gateway.scan.formats.office import classes
from gateway.scan.formats.office import links as officelinks
from gateway.scan.formats.office.fields import Mark, instructions
from gateway.scan.formats.text.xmlevents import End, Event, MalformedError, Start, Text, events
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

# Most parts have nothing of this, and one look says so a hundred times as fast as reading them.
_WORTH_READING = (
    *(
        b"Relationship",
        b"instrText",
        b"fldSimple",
        b"ddeLink",
        b"dde-",
        b"altChunk",
        b"onLoad",
        b"classid",
    ),
    *(b"ppaction", b"event-listener", b"ms-msdt", b"search-ms", b"ms-officecmd", b"|'"),
    *(
        b"ms-appinstaller",
        b"floating-frame",
        b"WEBSERVICE(",
        b"DDE(",
        b"Formula=",
        b'href="http',
        b"href='http",
    ),
    *(b'href="file:', b'href="//', b'href="\\\\'),
)
_NARROW = re.compile(rb"\s{0,64}(?:\xef\xbb\xbf)?\s{0,64}<[?!\w]")
_DDE_FUNCTION = re.compile(r"(?i)\bDDE\s*\(\s*\"([^\"]{1,300})\"\s*[;,]\s*\"([^\"]{0,300})")
_WEB_FUNCTION = re.compile(r"(?i)\bWEBSERVICE\s*\((.*)")
_JOINS = re.compile(r"(?i)&|CONCAT|\$?[A-Z]{1,3}\$?\d")
_CELL_COMMAND = re.compile(r"(?is)^\s*[=+@-][^|\n]{0,300}\|.{0,1000}!")
_WITHOUT_A_CLICK = re.compile(
    r"(?i)^(?:(?:dom|office|on)?:?(?:load|open|load-finished|view-created|start-app|unload|close"
    r"|prepare-unload|focus|new|create|DOMActivate))"
)
_SCRIPT = re.compile(r"(?i)^\s*(?:vnd\.sun\.star\.script|macro|service|javascript):")
_OF_CHART = "/charts/_rels/"
_FLAT_TARGETS = frozenset({"href", "src", "dest", "action", "data"})
_FIELD_MARKS = {"begin": Mark.BEGIN, "separate": Mark.SEPARATE, "end": Mark.END}


class OfficeXmlAnalyzer:
    """Looks at the parts of packages, and at documents in plain XML."""

    kinds = frozenset({Kind.XML})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what is fetched or started; a gap for a part that nobody can read."""
        data = artifact.data
        if _NARROW.match(data) and not any(word in data for word in _WORTH_READING):
            return
        reader = _Reader(is_of_chart=_OF_CHART in artifact.name)
        try:
            for event in events(data):
                reader.take(event)
        except MalformedError as error:
            if artifact.depth and artifact.name.endswith(".rels"):
                yield Gap(Reason.DAMAGED, f"not well-formed: {error}", artifact.lineage)
        yield from findings(artifact, reader.signs())


class _Reader:
    """Takes the elements of one file as they come."""

    def __init__(self, *, is_of_chart: bool) -> None:
        self._is_of_chart = is_of_chart
        self._signs: list[Sign] = []
        self._pieces: list[str | Mark] = []
        self._formula: list[str] | None = None
        self._is_code = False

    def take(self, event: Event) -> None:
        """Look at one element or text."""
        match event:
            case Start():
                self._start(event.name, event.attributes)
                space, look = _LOOKS.get(event.name, ("", _nothing))
                if look is _relationship and self._is_of_chart:
                    look = _source_of_chart
                if space in event.space:
                    self._signs += look(event.attributes)
                self._signs += _everywhere(event.attributes)
            case End(name):
                self._end(name)
            case Text(text) if self._is_code:
                self._pieces.append(text)
            case Text(text) if self._formula is not None:
                self._formula.append(text)

    def signs(self) -> Iterator[Sign]:
        """All that was seen."""
        yield from self._signs
        for code in instructions(self._pieces):
            yield from officelinks.of_field(code)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "instrText" | "delInstrText":
                self._is_code = True
            case "fldChar":
                mark = _FIELD_MARKS.get(attributes.get("fldCharType", ""))
                self._pieces += [mark] if mark else []
            case "fldSimple":
                self._pieces += [Mark.BEGIN, attributes.get("instr", ""), Mark.SEPARATE]
            case "f" | "formula1" | "formula2" | "definedName":
                self._formula = []

    def _end(self, name: str) -> None:
        match name:
            case "instrText" | "delInstrText":
                self._is_code = False
            case "fldSimple":
                self._pieces.append(Mark.END)
            case "f" | "formula1" | "formula2" | "definedName" if self._formula is not None:
                self._signs += _cell("".join(self._formula), is_marked=True)
                self._formula = None


def _everywhere(attributes: Mapping[str, str]) -> Iterator[Sign]:
    """What counts in any element."""
    for key, value in attributes.items():
        if key in _FLAT_TARGETS:
            yield from officelinks.of_tool(value)
        elif key in {"Formula", "formula"}:
            yield from _cell(value, is_marked=False)
        elif key == "dde-application":
            yield officelinks.of_source(value, attributes.get("dde-topic", ""))
        elif key == "classid":
            yield from _control(value)


def _nothing(_: Mapping[str, str]) -> Iterator[Sign]:
    return iter(())


def _relationship(attributes: Mapping[str, str]) -> Iterator[Sign]:
    return officelinks.of_relationship(attributes.get("Type", ""), attributes.get("Target", ""))


def _source_of_chart(attributes: Mapping[str, str]) -> Iterator[Sign]:
    """The workbook behind a chart: asked for when somebody refreshes its values, never run."""
    kind, target = attributes.get("Type", ""), attributes.get("Target", "")
    is_workbook = kind.endswith("/oleObject") and addresses.is_web(target)
    return officelinks.of_relationship("externalData" if is_workbook else kind, target)


def _dde_link(attributes: Mapping[str, str]) -> Iterator[Sign]:
    yield officelinks.of_source(attributes.get("ddeService", ""), attributes.get("ddeTopic", ""))


def _cell(formula: str, *, is_marked: bool) -> Iterator[Sign]:
    """A formula that asks a program for a value (``=cmd|' /c calc'!A0``), or another machine."""
    text = formula if not is_marked else f"={formula.removeprefix('=').removeprefix('of:=')}"
    if _CELL_COMMAND.match(text) and starts_program(text):
        yield officelinks.of_dde(text, text)
    asked = _DDE_FUNCTION.search(text)
    if asked is not None:
        yield officelinks.of_source(asked[1], asked[2])
    fetches = _WEB_FUNCTION.search(text)
    if fetches is not None:
        yield _fetching(fetches[1])


def _fetching(arguments: str) -> Sign:
    """An address that is put together from cells takes their values along."""
    shown = quote(addresses.defanged(arguments))
    if _JOINS.search(arguments):
        summary = "A cell fetches from an address, and may send what stands in others"
        return Sign("office.remote-object", Level.SUSPICIOUS, summary, shown)
    return Sign("office.linked", Level.NOTE, "A cell shows something from the web", shown)


def _control(written: str) -> Iterator[Sign]:
    class_id = written.lower().replace("clsid:", "").strip("{} ")
    meaning = classes.TELLING.get(class_id)
    if meaning is not None:
        summary = f"The document holds {meaning}"
        yield Sign("office.object", Level.SUSPICIOUS, summary, quote(written))
    elif not classes.is_of_forms(class_id):
        yield Sign(
            "office.control", Level.NOTE, "The document has controls (ActiveX)", quote(written)
        )


def _ribbon(attributes: Mapping[str, str]) -> Iterator[Sign]:
    callback = attributes.get("onLoad", "")
    if not callback:
        return
    if addresses.is_remote(callback) or "!" in callback:
        summary = "A ribbon starts a macro of another file as soon as the document is opened"
        yield Sign("office.ribbon", Level.MALICIOUS, summary, quote(callback))
    else:
        summary = "A ribbon starts a macro as soon as the document is opened"
        yield Sign("office.ribbon", Level.SUSPICIOUS, summary, quote(callback))


def _click(attributes: Mapping[str, str]) -> Iterator[Sign]:
    action = attributes.get("action", "")
    if action.lower().startswith("ppaction://program"):
        summary = "A slide starts a program when the mouse moves or clicks over it"
        yield Sign("office.slide-action", Level.SUSPICIOUS, summary, quote(action))


def _chunk(attributes: Mapping[str, str]) -> Iterator[Sign]:
    summary = "Another document is taken into this one when it is opened; it was looked at too"
    yield Sign("office.chunk", Level.NOTE, summary, quote(attributes.get("id", "")))


def _listener(attributes: Mapping[str, str]) -> Iterator[Sign]:
    """An event of an OpenDocument file (ODF 1.2, part 1, 10.3.19)."""
    target, event = attributes.get("href", ""), attributes.get("event-name", "")
    if not _SCRIPT.match(target):
        return
    shown = quote(f"{event}: {target}")
    if "../" in target or "..%2f" in target.lower():
        summary = "An event calls a script outside of the document (CVE-2018-16858)"
        yield Sign("macro.dropper", Level.MALICIOUS, summary, shown)
    elif _WITHOUT_A_CLICK.match(event.rpartition(":")[2] or event):
        yield Sign("macro.autoexec", Level.SUSPICIOUS, "A macro starts by itself", shown)
    else:
        summary = "There are macros that do not start by themselves"
        yield Sign("macro.present", Level.NOTE, summary, shown)


def _picture(attributes: Mapping[str, str]) -> Iterator[Sign]:
    target = attributes.get("href", "")
    if addresses.is_remote(target):
        yield officelinks.of_picture(target, quote(addresses.defanged(target)))


def _frame(attributes: Mapping[str, str]) -> Iterator[Sign]:
    target = attributes.get("href", "")
    if addresses.is_remote(target):
        yield officelinks.of_object(target, quote(addresses.defanged(target)))


_OPC = "package/2006/relationships"
_OPEN_DOCUMENT = "opendocument"
_TABLE: tuple[tuple[str, str, Callable[[Mapping[str, str]], Iterator[Sign]]], ...] = (
    # element, in its namespace, what looks at it
    ("Relationship", _OPC, _relationship),
    ("ddeLink", "", _dde_link),
    ("customUI", "", _ribbon),
    ("hlinkClick", "", _click),
    ("hlinkMouseOver", "", _click),
    ("hlinkHover", "", _click),
    ("altChunk", "", _chunk),
    ("event-listener", _OPEN_DOCUMENT, _listener),
    ("image", _OPEN_DOCUMENT, _picture),
    ("object", _OPEN_DOCUMENT, _frame),
    ("object-ole", _OPEN_DOCUMENT, _frame),
    ("floating-frame", _OPEN_DOCUMENT, _frame),
    ("section-source", _OPEN_DOCUMENT, _frame),
    ("table-source", _OPEN_DOCUMENT, _frame),
    ("cell-range-source", _OPEN_DOCUMENT, _frame),
    ("background-image", _OPEN_DOCUMENT, _picture),
    ("fill-image", _OPEN_DOCUMENT, _picture),
    ("font-face-uri", "", _picture),
    ("sound", _OPEN_DOCUMENT, _picture),
    ("plugin", _OPEN_DOCUMENT, _frame),
    ("applet", _OPEN_DOCUMENT, _frame),
)
_LOOKS = {name: (space, look) for name, space, look in _TABLE}
