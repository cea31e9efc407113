"""Office files with macros, built on the spot; nothing in them does anything."""

import struct
import zlib
from uuid import UUID

from gateway.demo.vbaproject import compress, vba_project
from gateway.scan.api import Artifact
from gateway.scan.formats.office.compound import CompoundFile
from gateway.scan.formats.office.compoundwriter import compound_file
from gateway.scan.formats.office.vba import decompress
from gateway.scan.identity import identify


def artifact(data: bytes, *names: str, declared_type: str = "") -> Artifact:
    """``data`` as a file of a message, of the kinds that its content says."""
    lineage = ("message", names[0] if names else "unnamed")
    return Artifact(data, lineage, names, declared_type, identify(data, declared_type))


def project(source: str, module: str = "ThisDocument") -> bytes:
    """A ``vbaProject.bin`` with one module."""
    return vba_project({module: "\r\n".join([*source.splitlines(), ""])})


def compiled_project(
    source: str,
    compiled_lines: int,
    *,
    strings: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    listed: tuple[str, ...] = (),
) -> bytes:
    """A ``vbaProject.bin`` whose module has a compiled form of so many lines before its source.

    The last line says ``strings`` and refers to ``names``; the list of names has ``listed`` too.
    """
    opened = CompoundFile(project(source))
    streams = {"/".join(entry.path): opened.read(entry, entry.size) for entry in opened.entries}
    numbers = [2 * (0x107 + place) for place in range(2, 2 + len(names))]
    line = b"".join(b"\xb9\0" + _padded(one.encode("cp1252")) for one in strings)
    line += b"".join(struct.pack("<HH", 0x20, number) for number in numbers)
    entries = bytes(12 * (compiled_lines - 1)) if compiled_lines else b""
    entries += struct.pack("<4xH2xI", len(line), 0) if compiled_lines else b""
    table = b"\xfe\xca\x01\0" + struct.pack("<H", compiled_lines) + entries + bytes(10)
    cache = b"\x01" + bytes(300) + table + line
    directory = decompress(streams["VBA/dir"])
    place = b"\x31\0\x04\0\0\0"
    moved = directory.replace(place + bytes(4), place + struct.pack("<I", len(cache)))
    streams["VBA/dir"] = compress(moved)
    streams["VBA/ThisDocument"] = cache + streams["VBA/ThisDocument"]
    rows = b"".join(
        bytes([len(one), 0]) + one.encode("cp1252") + bytes(4)
        for one in ("Word", "VBA", *names, *listed)
    )
    streams["VBA/_VBA_PROJECT"] = b"\xcc\x61\xb2\0\0\x03\0\xff" + bytes(40) + rows
    return compound_file(streams)


def _padded(text: bytes) -> bytes:
    return struct.pack("<H", len(text)) + text + bytes(len(text) % 2)


def presentation(storage: bytes, *, deflated: bool = True) -> bytes:
    """A PowerPoint 97 file around a macro project ([MS-PPT] 2.10.34 and 2.10.35)."""
    body = struct.pack("<I", len(storage)) + zlib.compress(storage) if deflated else storage
    record = struct.pack("<HHI", 0x10 if deflated else 0, 0x1011, len(body)) + body
    return compound_file({"PowerPoint Document": b"\x0f\0\xe8\x03\0\0\0\0" + record})


def workbook(
    sheet: str,
    *,
    kind: int = 0,
    visibility: int = 0,
    stream: str = "Workbook",
    name: str = "",
    formulas: tuple[bytes, ...] = (),
    begins_as: int | None = None,
) -> bytes:
    """An Excel 97 file (or Excel 5, by its ``stream``) with one sheet; kind 1 holds macros.

    A ``name`` such as "\\x01" (Auto_Open) starts them; ``formulas`` are compiled.
    """
    is_old = stream == "Book"
    stored = sheet.encode("ascii" if sheet.isascii() else "utf-16-le")
    flags = b"" if is_old else bytes([not sheet.isascii()])
    tail = bytes([visibility, kind, len(sheet)]) + flags + stored
    records = [(0x0809, b"\0\x06\x05\0")]
    if name:
        head = struct.pack("<HBBHHHBBBB", 0x20, 0, len(name), 0, 0, 0, 0, 0, 0, 0)
        records.append((0x0018, head + (b"" if is_old else b"\0") + name.encode("latin-1")))
    end = [(0x0085, bytes(4) + tail), (0x000A, b"")]
    start = len(_records([*records, *end]))
    end[0] = (0x0085, struct.pack("<I", start) + tail)
    cells = [(0x0006, bytes(20) + struct.pack("<H", len(one)) + one) for one in formulas]
    begins = begins_as if begins_as is not None else 0x40 if kind == 1 else 0x10
    sheet_records = [(0x0809, bytes([0, 6, begins, 0])), *cells, (0x000A, b"")]
    return compound_file({stream: _records([*records, *end]) + _records(sheet_records)})


def _records(records: list[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<HH", code, len(body)) + body for code, body in records)


def macro_call(number: int, *arguments: str, wide: bool = False) -> bytes:
    """A compiled formula that calls a function with strings; ``wide`` as Excel 2007 stores it."""
    pieces = b"".join(_text_token(text, wide=wide) for text in arguments)
    return pieces + struct.pack("<BBH", 0x42, len(arguments), number)


def _text_token(text: str, *, wide: bool) -> bytes:
    if wide:
        return b"\x17" + struct.pack("<H", len(text)) + text.encode("utf-16-le")
    return b"\x17" + bytes([len(text), 0]) + text.encode("latin-1")


def binary_sheet(*formulas: bytes) -> bytes:
    """A part of a binary workbook with a formula in each cell ([MS-XLSB] 2.4.691)."""
    cells = [bytes(8) + bytes(8) + bytes(2) + struct.pack("<I", len(one)) + one for one in formulas]
    return (
        b"\x81\x01\x00" + b"".join(bytes([9, len(cell)]) + cell for cell in cells) + b"\x82\x01\x00"
    )


def supported_workbook(path: str) -> bytes:
    """An Excel 97 file whose formulas ask another book or program, by its coded ``path``."""
    book = struct.pack("<HH", 1, len(path)) + b"\x01" + path.encode("utf-16-le")
    records = [(0x0809, b"\0\x06\x05\0"), (0x01AE, book), (0x000A, b"")]
    return compound_file({"Workbook": _records(records)})


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
