"""Opens texts: the files that are written into pages, scripts and medical messages as letters."""

from collections.abc import Iterator
from io import BytesIO
from itertools import chain, islice

from gateway.mime.payload import FINDERS
from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.evidence import quote_bytes
from gateway.scan.formats import filenames
from gateway.scan.formats.health import laboratory
from gateway.scan.formats.text import encodedtext, scriptcode
from gateway.scan.formats.text.encodedtext import Encoded
from gateway.scan.kinds import Kind

_MOST_FILES = 300
_DECODED = {"vbe": "decoded.vbs", "jse": "decoded.js"}


class EncodedExtractor:
    """Opens data: addresses and base64 in texts of any make."""

    kinds = frozenset({Kind.HTML, Kind.SVG, Kind.XML, Kind.SCRIPT, Kind.TEXT, Kind.HL7, Kind.HPRIM})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each file; letters that decode to nothing known are none.

        A text of nothing but letters is opened by no program; what mail programs decode of the
        kind, the reader of messages has decoded already.
        """
        if artifact.kinds == (Kind.TEXT,) and encodedtext.is_bare(artifact.data):
            return
        yield from _scripts(artifact)
        found = chain(encodedtext.find(artifact.data), _of_old(artifact), _of_laboratory(artifact))
        for one in islice(found, _MOST_FILES):
            yield Member(one.name, BytesIO(one.data), declared_type=one.declared_type)
        if next(found, None) is not None:
            yield Gap(Reason.TOO_MANY, "more files than are looked at", artifact.lineage)


def _scripts(artifact: Artifact) -> Iterator[Member | Finding]:
    """The text of scripts in Microsoft's encoding (.vbe, .jse)."""
    if scriptcode.MARK not in artifact.data:
        return
    is_page = not {Kind.HTML, Kind.XML}.isdisjoint(artifact.kinds)
    # Browsers have not run such scripts since 2013; Windows Script Host still does.
    is_idle = is_page and not any(map(filenames.runs, artifact.names))
    name = _DECODED.get(filenames.extension(artifact.name), "decoded script")
    for plain in islice(scriptcode.decoded(artifact.data), _MOST_FILES):
        yield Finding(
            "script.encoded",
            Level.NOTE if is_idle else Level.SUSPICIOUS,
            "A script in an encoding that hides its text",
            f"decoded: {quote_bytes(plain.strip(), 160)}",
            artifact.lineage,
            technique="T1027.013",
        )
        yield Member(name, BytesIO(plain))


def _of_laboratory(artifact: Artifact) -> Iterator[Encoded]:
    """Documents in laboratory messages that are no base64 in one piece, and what is no message."""
    if not {Kind.HL7, Kind.HPRIM}.isdisjoint(artifact.kinds):
        data = laboratory.plain(artifact.data)
        for number, document in enumerate(laboratory.documents(data), start=1):
            yield Encoded(f"document {number}", document, "")
        surplus = laboratory.surplus(data)
        # What begins at its first byte is the file itself.
        if surplus is not None and surplus.start:
            yield Encoded("behind the message", data[surplus.start :], "")


def _of_old(artifact: Artifact) -> Iterator[Encoded]:
    """Files in uuencode, BinHex and the like; those in the texts of a mail are its own parts."""
    if artifact.declared_type.startswith("text/"):
        return
    for find in FINDERS:
        for one in find(artifact.data):
            name = one.name.decode("utf-8", "replace") or "file"
            yield Encoded(name, one.data, one.declared_type)
