"""Office files with macros, built on the spot; nothing in them does anything."""

import struct
import zlib

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
