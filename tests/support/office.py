"""Office files with macros, built on the spot; nothing in them does anything."""

import struct
import zlib
from uuid import UUID

from gateway.demo.vbaproject import vba_project
from gateway.scan.api import Artifact
from gateway.scan.formats.compoundwriter import compound_file
from gateway.scan.kinds import identify


def artifact(data: bytes, *names: str, declared_type: str = "") -> Artifact:
    """``data`` as a file of a message, of the kinds that its content says."""
    lineage = ("message", names[0] if names else "unnamed")
    return Artifact(data, lineage, names, declared_type, identify(data, declared_type))


def project(source: str, module: str = "ThisDocument") -> bytes:
    """A ``vbaProject.bin`` with one module."""
    return vba_project({module: "\r\n".join([*source.splitlines(), ""])})


def presentation(storage: bytes, *, deflated: bool = True) -> bytes:
    """A PowerPoint 97 file around a macro project ([MS-PPT] 2.10.34 and 2.10.35)."""
    body = struct.pack("<I", len(storage)) + zlib.compress(storage) if deflated else storage
    record = struct.pack("<HHI", 0x10 if deflated else 0, 0x1011, len(body)) + body
    return compound_file({"PowerPoint Document": b"\x0f\0\xe8\x03\0\0\0\0" + record})


def workbook(sheet: str, *, kind: int = 0, visibility: int = 0, stream: str = "Workbook") -> bytes:
    """An Excel 97 file (or Excel 5, by its ``stream``) with one sheet; kind 1 holds macros."""
    name = sheet.encode("ascii" if sheet.isascii() else "utf-16-le")
    flags = b"" if stream == "Book" else bytes([not sheet.isascii()])
    bound = struct.pack("<IBBB", 0, visibility, kind, len(sheet)) + flags + name
    records = [(0x0809, b"\0\x06\x05\0"), (0x0085, bound), (0x000A, b"")]
    globals_ = b"".join(struct.pack("<HH", code, len(body)) + body for code, body in records)
    return compound_file({stream: globals_})


def supported_workbook(path: str) -> bytes:
    """An Excel 97 file whose formulas ask another book or program, by its coded ``path``."""
    book = struct.pack("<HH", 1, len(path)) + b"\x01" + path.encode("utf-16-le")
    records = [(0x0809, b"\0\x06\x05\0"), (0x01AE, book), (0x000A, b"")]
    stream = b"".join(struct.pack("<HH", code, len(body)) + body for code, body in records)
    return compound_file({"Workbook": stream})


def word_97(text: str, *, template: str = "", is_wide: bool = True) -> bytes:
    """A Word 97 document of ``text`` in one piece, with a template ([MS-DOC] 2.5)."""
    stored = text.encode("utf-16-le" if is_wide else "cp1252")
    start = 0x600
    place = start if is_wide else start * 2 | 0x40000000
    piece = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, place, 0)
    pieces = b"\x02" + struct.pack("<I", len(piece)) + piece
    strings = b"\xff\xff" + struct.pack("<HHHH", 2, 0, 0, len(template))
    strings += template.encode("utf-16-le")
    head = bytearray(start)
    struct.pack_into("<H", head, 0, 0xA5EC)
    struct.pack_into("<H", head, 0x0A, 0x0200)
    struct.pack_into("<IIII", head, 0x19A, len(pieces), len(strings), 0, len(pieces))
    return compound_file({"WordDocument": bytes(head) + stored, "1Table": pieces + strings})


def linked_object(target: str, class_id: str) -> bytes:
    """The stream in which a linked object says where it comes from ([MS-OLEDS] 2.3.3)."""
    address = target.encode("utf-16-le") + b"\0\0"
    moniker = UUID(class_id).bytes_le + struct.pack("<I", len(address)) + address
    return struct.pack("<IIIII", 0x02000001, 1, 1, 0, len(moniker)) + moniker


def equation(font: bytes = b"Times New Roman", *, header: bool = True) -> bytes:
    """An equation of one line, in the font of that name."""
    body = b"\x03\x01\x01\x03\x00\x0a\x01\x08\x01\x00" + font + b"\0\x02\x83a\0\0\0"
    return (
        b"\x1c\0" + struct.pack("<IHI", 0x20000, 0xC1D8, len(body)) + bytes(16) if header else b""
    ) + body
