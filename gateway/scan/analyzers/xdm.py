"""Looks at exchange packages of medical documents (IHE XDM): their structure, and what is outside.

A package has INDEX.HTM and README.TXT on top, and folders below IHE_XDM, each with METADATA.XML,
the documents that it lists, and what these need to be shown (ITI TF-2, 3.32.4.1.2).
"""

from collections.abc import Iterator
from itertools import islice

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.zipcontents import contents
from gateway.scan.formats.archives.ziprecords import Entry
from gateway.scan.formats.text import markup
from gateway.scan.kinds import Kind

_TOP = frozenset({"index.htm", "index.html", "readme.txt"})
_METADATA = "metadata.xml"
_DOCUMENTS = frozenset(
    {"xml", "pdf", "txt", "rtf", "htm", "html", "dcm", "tif", "tiff", "jpg", "jpeg", "png", "gif"}
    | {"hl7", "hpr", "docx", "xlsx", "odt", "zip", "p7m", "p7s", "json", "csv", ""}
)
_SHOWN_WITH = frozenset({"xsl", "xslt", "css", "png", "gif", "jpg", "jpeg", "svg", "ico", "xsd"})
_MOST_METADATA = 4 << 20
_SHOWN = 4
_STORED, _DEFLATED = 0, 8


class XdmAnalyzer:
    """Looks at ZIP files that have a folder IHE_XDM."""

    kinds = frozenset({Kind.ZIP})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what does not belong in the package, and what is missing."""
        if b"IHE_XDM" not in artifact.data and b"ihe_xdm" not in artifact.data:
            return
        entries = {_name(found.entry): found.entry for found in contents(artifact.data).found}
        names = sorted(name for name in entries if name[-1:] != "/")
        if not any(name.startswith("ihe_xdm/") for name in names):
            return
        strange = [name for name in names if not _belongs(name)]
        if strange:
            summary = "A file in a package of medical documents that has no place there"
            yield _finding("xdm.outside", Level.SUSPICIOUS, summary, strange, artifact)
        lacking = list(_lacking(names))
        if lacking:
            summary = "A package of medical documents is not complete"
            yield _finding("xdm.incomplete", Level.NOTE, summary, lacking, artifact)
        unlisted = [*_elsewhere(names), *_unlisted(artifact.data, entries, names)]
        if unlisted:
            summary = "A document in a package that its list does not name"
            yield _finding("xdm.unlisted", Level.NOTE, summary, unlisted, artifact)


def _name(entry: Entry) -> str:
    """As a reader that is blind to case sees it."""
    return entry.names[0].lower().replace("\\", "/")


def _belongs(name: str) -> bool:
    parts = name.split("/")
    if ".." in parts or filenames.runs(name):
        return False
    if len(parts) == 1 and name in _TOP:
        return True
    return filenames.extension(parts[-1]) in _DOCUMENTS | _SHOWN_WITH


def _folders(names: list[str]) -> list[str]:
    """The folders below IHE_XDM, each with its documents."""
    parts = [name.split("/") for name in names if name.startswith("ihe_xdm/")]
    return sorted({f"ihe_xdm/{part[1]}" for part in parts if len(part) > 2})


def _lacking(names: list[str]) -> Iterator[str]:
    present = set(names)
    if not present & {"index.htm", "index.html"}:
        yield "INDEX.HTM"
    if "readme.txt" not in present:
        yield "README.TXT"
    for folder in _folders(names):
        if f"{folder}/{_METADATA}" not in present:
            yield f"{folder}/{_METADATA}".upper()


def _elsewhere(names: list[str]) -> Iterator[str]:
    """Documents outside of the folders of the standard, which no list can name."""
    for name in names:
        is_within = name.startswith("ihe_xdm/") and name.count("/") > 1
        is_shown_with = filenames.extension(name) in _SHOWN_WITH
        if _belongs(name) and not is_within and not is_shown_with and name not in _TOP:
            yield name


def _unlisted(data: bytes, entries: dict[str, Entry], names: list[str]) -> Iterator[str]:
    for folder in _folders(names):
        metadata = entries.get(f"{folder}/{_METADATA}")
        listed = "" if metadata is None else _text(data, metadata)
        if listed:
            yield from _left_out(names, folder, listed)


def _text(data: bytes, entry: Entry) -> str:
    """The metadata, in lower case: a document is listed by its name. "" when it is not readable."""
    start, stop = entry.body, entry.body + entry.packed_size
    if entry.method == _STORED:
        stored = data[start:stop]
    elif entry.method == _DEFLATED:
        stored = _inflated(data, start, stop)
    else:
        return ""
    return markup.decode(stored[:_MOST_METADATA]).lower()


def _inflated(data: bytes, start: int, stop: int) -> bytes:
    stream = inflate.Inflated(data, inflate.once(inflate.deflate), start, stop)
    plain = b""
    try:
        while len(plain) < _MOST_METADATA and (chunk := stream.read(_MOST_METADATA)):
            plain += chunk
    except inflate.BROKEN:
        # The extractor says what cannot be read; what came before is used.
        return plain
    return plain


def _left_out(names: list[str], folder: str, listed: str) -> Iterator[str]:
    for name in names:
        own = name.removeprefix(f"{folder}/")
        is_document = filenames.extension(own) in _DOCUMENTS - _SHOWN_WITH
        is_listed = own in {name, _METADATA} or own in listed
        if is_document and not is_listed and _belongs(name):
            yield name


def _finding(
    code: str, level: Level, summary: str, names: list[str], artifact: Artifact
) -> Finding:
    shown = ", ".join(quote(name, 80) for name in islice(names, _SHOWN))
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return Finding(code, level, summary, shown + more, artifact.lineage, technique="T1027.009")
