"""Says what the objects and links in an older Office document, or in a part of a newer one, do."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import addresses
from gateway.scan.formats.archives.inflate import BROKEN, DamagedError
from gateway.scan.formats.office import biff, classes, worddocument
from gateway.scan.formats.office import links as officelinks
from gateway.scan.formats.office import objects as officeobjects
from gateway.scan.formats.office.compound import CompoundFile, Entry
from gateway.scan.formats.office.fields import instructions
from gateway.scan.formats.office.package import unpacked
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_MOST = 32 << 20
_URL = classes.stored(classes.URL_MONIKER)
_FILE = classes.stored(classes.FILE_MONIKER)
_SHARE = re.compile(rb"(?:\\\\|//)[\x21-\x7e]{3,300}|(?:\\\0\\\0)(?:[\x21-\x7e]\0){3,300}")
_SUPPORTING_BOOK, _END_OF_GLOBALS = 0x01AE, 0x000A
_BETWEEN_SERVICE_AND_TOPIC = "\x03"
_IS_CONTAINER = 0xF
_CLICK, _CLICK_ATOM, _TEXT_ATOM = 0x0FF2, 0x0FF3, 0x0FBA
_RUNS_PROGRAM = 2


class OleObjectAnalyzer:
    """Looks at compound files: documents, and the objects in documents of every make."""

    kinds = frozenset({Kind.OLE})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what its objects are and where its links lead."""
        yield from findings(artifact, _signs(CompoundFile(artifact.data)))


def _signs(opened: CompoundFile) -> Iterator[Sign]:
    made_by = {one.path: classes.class_id(one.class_id) for one in opened.storages}
    streams = {tuple(map(str.lower, entry.path)): entry for entry in opened.entries}
    for path, class_id in made_by.items():
        meaning = classes.TELLING.get(class_id)
        if meaning is not None and meaning is not classes.EQUATION:
            shown = quote(f"{'/'.join(path) or 'the document'}: {{{class_id}}}")
            yield Sign("office.object", Level.SUSPICIOUS, f"The document holds {meaning}", shown)
    for path, entry in streams.items():
        look = _LOOKS.get(path[-1])
        if look is None:
            continue
        try:
            data = opened.read(entry, min(entry.size, _MOST))
        except DamagedError:
            # The extractor says that this stream is damaged.
            continue
        if look is _native:
            yield from _native(data, made_by.get(entry.path[:-1], ""))
        elif look is _word and len(path) == 1:
            yield from _word(data, _table(opened, streams, data))
        elif look is not _word:
            yield from look(data)


def _table(
    opened: CompoundFile, streams: Mapping[tuple[str, ...], Entry], document: bytes
) -> bytes:
    entry = streams.get((worddocument.table_name(document).lower(),))
    return b"" if entry is None else opened.read(entry, min(entry.size, _MOST))


def _native(data: bytes, class_id: str) -> Iterator[Sign]:
    """What the object packager left, or raw data for the program of the object's class."""
    package = unpacked(data[4:])
    if package is None:
        if classes.TELLING.get(class_id) is classes.EQUATION:
            yield from officeobjects.of_equation(data[4:])
        return
    yield officeobjects.of_package(package)


def _link(data: bytes) -> Iterator[Sign]:
    """The monikers of a linked object ([MS-OLEDS] 2.3.3): where it comes from."""
    at = data.find(_URL)
    if at >= 0:
        length = int.from_bytes(data[at + 16 : at + 20], "little")
        stored = data[at + 20 : at + 20 + min(length, 4096)]
        target = stored.decode("utf-16-le", "replace").partition("\0")[0]
        if addresses.is_remote(target) or addresses.runs_tool(target):
            yield officelinks.of_object(target, quote(addresses.defanged(target)))
    share = _SHARE.search(data) if _FILE in data else None
    if share is not None:
        target = share[0].replace(b"\0", b"").decode("latin-1")
        if addresses.is_remote(target):
            yield officelinks.of_object(target, quote(target))


def _word(document: bytes, table: bytes) -> Iterator[Sign]:
    for code in instructions(worddocument.pieces(document, table)):
        yield from officelinks.of_field(code)
    template = worddocument.template(document, table)
    if addresses.is_remote(template):
        yield officelinks.of_template(template)


def _workbook(data: bytes) -> Iterator[Sign]:
    """Books and programs that formulas ask ([MS-XLS] 2.4.271)."""
    for kind, body in biff.records(data):
        if kind == _END_OF_GLOBALS:
            return
        if kind == _SUPPORTING_BOOK and len(body) > 4:
            (count,) = struct.unpack_from("<H", body, 2)
            path = biff.text(body[4:], count, has_flags=True) if count < 0x400 else ""
            service, mark, topic = path.partition(_BETWEEN_SERVICE_AND_TOPIC)
            # A path begins with a mark of its own; a program and what is asked of it do not.
            if mark and service.isprintable():
                yield from _asked(service, topic)


def _asked(service: str, topic: str) -> Iterator[Sign]:
    if addresses.is_remote(topic):
        yield officelinks.of_object(topic, quote(f"{service}: {addresses.defanged(topic)}"))
    elif not re.match(r"(?i)[a-z]:\\|.*\.(?:xls|doc|ppt)\w?$", topic):
        yield officelinks.of_source(service, topic)


def _slides(data: bytes) -> Iterator[Sign]:
    """Clicks that start programs ([MS-PPT] 2.6.1)."""
    position, is_program = 0, False
    while position + 8 <= len(data):
        version, kind, length = struct.unpack_from("<HHI", data, position)
        position += 8
        if version & 0xF == _IS_CONTAINER:
            is_program = False
            continue
        body = data[position : position + length]
        position += length
        if kind == _CLICK_ATOM and len(body) > 8:
            is_program = body[8] == _RUNS_PROGRAM
        elif kind == _TEXT_ATOM and is_program:
            summary = "A slide starts a program when the mouse moves or clicks over it"
            yield Sign(
                "office.slide-action",
                Level.SUSPICIOUS,
                summary,
                quote(body.decode("utf-16-le", "replace")),
            )
            is_program = False


def _nothing(_: bytes) -> Iterator[Sign]:
    return iter(())


_LOOKS: Mapping[str, Callable[..., Iterator[Sign]]] = {
    "\x01ole10native": _native,
    "equation native": officeobjects.of_equation,
    "\x01ole": _link,
    "worddocument": _word,
    biff.EXCEL_97: _workbook,
    "powerpoint document": _slides,
}
