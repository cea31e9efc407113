"""Opens OLE compound files: their streams, and the files that are packed into some of them."""

import struct
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from io import BytesIO

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.evidence import quote
from gateway.scan.formats import lzfu
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.office.compound import CompoundFile, Entry
from gateway.scan.formats.office.compoundwriter import compound_file
from gateway.scan.formats.office.crypt import lock_of_package, lock_of_workbook
from gateway.scan.formats.office.lock import is_locked
from gateway.scan.formats.office.package import unpacked
from gateway.scan.formats.office.salvage import Salvaged
from gateway.scan.kinds import OLE_STREAM, Kind
from gateway.scan.passwords import Cost, Passwords, opened_note

_NATIVE = "\x01ole10native"
"""Folded: the names of streams have no case, and attackers write this one in many ways."""
_ENCRYPTED_PACKAGE = "EncryptedPackage"
_ENCRYPTION_INFO = "EncryptionInfo"
_RIGHTS_MANAGED = "\tDRMContent"
_WORKBOOK = "Workbook"
_SLIDES = ("PowerPoint Document",)
_EXTERNAL_OBJECT = 0x1011
_PROPERTY = "__substg1.0_"
_SHORT_PROPERTY = 1024
"""A property of an Outlook item that is shorter is a name, a date or an address."""
_NAMED_PROPERTIES = "__nameid_version1.0"
"""Its entries have the numbers of other properties, and hold none of them."""
_PACKED_BODY = "10090102"
_BODIES = ("1000001F", "1000001E", "10130102", "1013001F", "1013001E")
_ATTACHED_DATA = "37010102"
_ATTACHED_NAMES = ("3707001F", "3704001F", "3707001E", "3704001E")


class OleExtractor:
    """Opens .doc, .xls, .ppt, .msg and whatever else is a compound file."""

    kinds = frozenset({Kind.OLE})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each stream; an embedded file under its own name."""
        opened = CompoundFile(artifact.data)
        entries = opened.entries
        sizes = {entry.path: entry for entry in entries}
        if (_RIGHTS_MANAGED,) in sizes:
            yield Gap(Reason.ENCRYPTED, "an Office document with managed rights", artifact.lineage)
        elif (_ENCRYPTED_PACKAGE,) in sizes or is_locked(opened):
            yield from _unlocked(opened, artifact, context.passwords)
        for entry in entries:
            if entry.name.lower() == _NATIVE:
                yield _native(opened, entry)
            elif entry.name.startswith(_PROPERTY):
                yield from _property(opened, entry, sizes)
            elif entry.size:
                yield _plain(opened, entry)
            if entry.path == _SLIDES:
                yield from _slide_objects(opened.read(entry, entry.size), artifact)
        if opened.short:
            yield _damaged_note(opened.short, artifact)
            yield Member("remains", opened.remains(), declared_type=OLE_STREAM)


def _unlocked(
    opened: CompoundFile, artifact: Artifact, passwords: Passwords
) -> Iterator[Member | Finding | Gap]:
    """The document without its lock, if the message gives the password away."""
    streams = _whole(opened, (_ENCRYPTED_PACKAGE, _ENCRYPTION_INFO, _WORKBOOK))
    if package := streams.get(_ENCRYPTED_PACKAGE):
        lock, cost = lock_of_package(streams.get(_ENCRYPTION_INFO, b""), package), Cost.DEAR
    else:
        lock, cost = lock_of_workbook(streams.get(_WORKBOOK, b"")), Cost.FAIR
    password = passwords.find(lock.opens, cost, most=lock.most_tries) if lock else None
    if lock is None or password is None:
        yield Gap(Reason.ENCRYPTED, "an Office document with a password", artifact.lineage)
        return
    yield opened_note(password, "Office document", artifact.lineage)
    plain = lock.plain(password.text)
    content = plain if package else compound_file({_WORKBOOK: plain})
    yield Member(artifact.name or "document", BytesIO(content))


def _whole(opened: CompoundFile, names: Collection[str]) -> dict[str, bytes]:
    """Those of the streams that are there and whole."""
    streams = {}
    for entry in opened.entries:
        if len(entry.path) == 1 and entry.name in names:
            with suppress(inflate.DamagedError):
                streams[entry.name] = opened.read(entry, entry.size)
    return streams


def _plain(opened: CompoundFile, entry: Entry) -> Member:
    # Office keeps small archives of its own inside a stream: they are no second face of it.
    name = "/".join(entry.path)
    return Member(name, opened.open(entry), declared_type=OLE_STREAM)


def _native(opened: CompoundFile, entry: Entry) -> Member:
    """The file inside a package; the stream as it is when it is not built like one."""
    package = unpacked(opened.read(entry, entry.size)[4:])
    if package is None:
        return _plain(opened, entry)
    name, *others = package.names or ("object",)
    return Member(name, BytesIO(package.content), names=tuple(others))


def _slide_objects(data: bytes, artifact: Artifact) -> Iterator[Member | Finding]:
    """Objects that PowerPoint keeps among its records ([MS-PPT] 2.10.34), most of them packed."""
    position = number = 0
    damaged = []
    while position + 8 <= len(data):
        instance, kind, length = struct.unpack_from("<HHI", data, position)
        start, stop = position + 8, position + 8 + length
        position = stop
        if kind != _EXTERNAL_OBJECT:
            continue
        number += 1
        if instance >> 4 != 1:
            yield Member(f"object {number}", inflate.stored(data, start, stop))
            continue
        # PowerPoint leaves out the last bytes of the packed form now and then: the length decides.
        size = int.from_bytes(data[start : start + 4], "little")
        stream = Salvaged(data[start + 4 : stop], size)
        yield Member(f"object {number}", stream)
        if not stream.is_whole:
            damaged.append(f"object {number} is packed wrongly")
    if damaged:
        yield _damaged_note(damaged, artifact)


def _damaged_note(damages: Sequence[str], artifact: Artifact) -> Finding:
    """Say that there is less in a document than it states; what is there was handed out."""
    shown = quote(f"{len(damages)}, such as {damages[0]}", 200)
    return Finding(
        "office.damaged",
        Level.NOTE,
        "Parts of the document are broken or cut off",
        shown,
        artifact.lineage,
    )


def _property(
    opened: CompoundFile, entry: Entry, entries: dict[tuple[str, ...], Entry]
) -> Iterator[Member]:
    """An attachment of an Outlook item under its name, a body of it, or a long property."""
    if entry.name.endswith(_ATTACHED_DATA):
        names = tuple(_text(opened, entries, entry, tag) for tag in _ATTACHED_NAMES)
        kind = _text(opened, entries, entry, "370E001F")
        name, *others = (*filter(None, names), "attachment")
        yield Member(name, opened.open(entry), names=tuple(others[:-1]), declared_type=kind.lower())
    elif entry.path[0] == _NAMED_PROPERTIES:
        return
    elif entry.name.endswith(_PACKED_BODY):
        packed = opened.read(entry, entry.size)
        stream = lzfu.opened(packed) if lzfu.is_packed(packed) else BytesIO(packed)
        yield Member("body", stream, declared_type="text/rtf")
    elif entry.name.endswith(_BODIES) and entry.size:
        kind = "text/plain" if "_1000" in entry.name else "text/html"
        yield Member("body", opened.open(entry), declared_type=kind)
    elif entry.size >= _SHORT_PROPERTY:
        yield _plain(opened, entry)


def _text(
    opened: CompoundFile, entries: dict[tuple[str, ...], Entry], beside: Entry, tag: str
) -> str:
    """The text property ``tag`` that stands in the same folder as ``beside``."""
    entry = entries.get((*beside.path[:-1], _PROPERTY + tag))
    if entry is None:
        return ""
    encoding = "utf-16-le" if tag.endswith("1F") else "cp1252"
    return opened.read(entry, 2048).decode(encoding, "replace").rstrip("\0")
