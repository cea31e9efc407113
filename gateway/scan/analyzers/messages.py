"""Looks at laboratory messages and records (HL7 v2, HPRIM, FHIR): documents, and what is no text.

The documents themselves are handed out as files of their own and judged there.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from itertools import islice

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats import addresses, mediatypes
from gateway.scan.formats.health import laboratory
from gateway.scan.formats.mediatypes import Agreement
from gateway.scan.formats.text import markup
from gateway.scan.kinds import Kind

_RESOURCE = re.compile(rb'^\s*(?:\xef\xbb\xbf)?\{[^{}]{0,2000}"resourceType"', re.DOTALL)
_FHIR_ROOT = re.compile(r"xmlns=[\"']http://hl7\.org/fhir[\"']")
_TYPES = {
    "pdf": "application/pdf", "rtf": "application/rtf", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "gif": "image/gif", "tiff": "image/tiff", "html": "text/html",
    "xml": "text/xml", "x-hl7-cda-level-one": "text/xml",
}  # fmt: skip
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_MOST_JSON = 32 << 20
_MOST_DOCUMENTS = 200
_MOST_NODES = 1_000_000

_JUDGED = {
    "message.disguised": ("A document in a message is not what it says", Level.SUSPICIOUS),
    "message.share": ("A message refers to a share", Level.SUSPICIOUS),
    "message.document": ("A document inside a message; it was looked at too", Level.NOTE),
}
_MEDICAL = frozenset({Kind.HL7, Kind.HPRIM})
Document = tuple[str, str, str]
"""Stated media type, the first of its letters or an address, and its place."""


class MessageContentsAnalyzer:
    """Looks at HL7 v2 and HPRIM messages, and at FHIR resources in JSON or XML."""

    kinds = frozenset({Kind.HL7, Kind.HPRIM, Kind.TEXT, Kind.XML})
    broken = (RecursionError,)

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield one finding for each document."""
        for document in islice(_documents(artifact), _MOST_DOCUMENTS):
            code, evidence = _judge(document)
            summary, level = _JUDGED[code]
            yield Finding(code, level, summary, evidence, artifact.lineage, technique="T1027.009")
        if not _MEDICAL.isdisjoint(artifact.kinds):
            yield from _surplus(artifact)


def _surplus(artifact: Artifact) -> Iterator[Finding]:
    data = laboratory.plain(artifact.data)
    found = laboratory.surplus(data)
    if found is None:
        return
    count = len(data) - found.start
    shown = f"{count} bytes at byte {found.start}: {quote_bytes(data[found.start :], 60)}"
    level, what = (Level.NOTE, "Text") if found.is_text else (Level.SUSPICIOUS, "Bytes")
    summary = f"{what} behind the end of a laboratory message, or between its lines"
    yield Finding("message.surplus", level, summary, shown, artifact.lineage, technique="T1027.009")


def _documents(artifact: Artifact) -> Iterator[Document]:
    data = artifact.data
    if not _MEDICAL.isdisjoint(artifact.kinds):
        yield from _of_segments(laboratory.plain(data))
    elif Kind.XML in artifact.kinds and b"hl7.org/fhir" in data[:4096]:
        yield from _of_elements(markup.decode(data))
    elif Kind.TEXT in artifact.kinds and _RESOURCE.match(data) and len(data) <= _MOST_JSON:
        yield from _of_json(data)


def _of_segments(data: bytes) -> Iterator[Document]:
    """Observations that are a document (ED) or name one (RP, and FIC in HPRIM), by position."""
    for one in laboratory.observations(data):
        place = f"OBX in line {one.line}"
        if one.kind == "ED" and len(one.parts) >= 5:
            kind, subtype, encoding = (part.strip().lower() for part in one.parts[1:4])
            said = one.parts[4][:400]
            plain = _of_hexadecimal(said) if encoding == "hex" else said
            media = _TYPES.get(subtype) or _TYPES.get(kind, "")
            yield media or f"{one.parts[1]}/{one.parts[2]}", plain, place
        elif one.kind in {"RP", "FIC"}:
            yield "", one.parts[0][:400], place


def _of_hexadecimal(said: str) -> str:
    """The same in base64, as the others are."""
    digits = _HEXADECIMAL.match(said)
    return b64encode(bytes.fromhex(digits[0])).decode() if digits else said


def _of_json(data: bytes) -> Iterator[Document]:
    """Attachments of a resource: an object with a type and data, or an address."""
    try:
        waiting = [json.loads(data)]
    except ValueError:
        return
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            yield from _attachment(node)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _attachment(node: dict[str, object]) -> Iterator[Document]:
    kind, inside, address = node.get("contentType"), node.get("data"), node.get("url")
    if isinstance(kind, str) and isinstance(inside, str):
        yield kind, inside[:400], "attachment"
    if isinstance(kind, str) and isinstance(address, str):
        yield "", address[:400], "attachment"


def _of_elements(text: str) -> Iterator[Document]:
    """The same in XML: the type, then the data, each as an attribute called value."""
    if _FHIR_ROOT.search(text, 0, 4096) is None:
        return
    kind = ""
    for tag in markup.tags(text):
        value = tag.attributes.get("value", "")
        if tag.name == "contenttype":
            kind = value
        elif tag.name == "data" and value:
            yield kind, value[:400], "attachment"
        elif tag.name == "url" and value and addresses.share_host(value):
            yield "", value[:400], "attachment"


def _judge(document: Document) -> tuple[str, str]:
    media_type, said, place = document
    if not media_type:
        code = "message.share" if addresses.share_host(said) else "message.document"
        return code, f"{place}: refers to {quote(said, 100) or 'nothing'}"
    head = mediatypes.first_bytes(said)
    shown = f"{place}: stated as {quote(media_type, 60)}"
    if mediatypes.agreement(media_type, head) is Agreement.NO:
        return "message.disguised", f"{shown}, begins with {quote_bytes(head, 40)}"
    return "message.document", shown
