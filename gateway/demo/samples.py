"""Harmless files that look like what a hospital receives, made at run time: nothing lies in git.

None of them can do anything, opened or not: the macro's call stands behind ``If False``, the
program has no section and no code, the virus is the test string that scanners agreed on.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gateway.demo.vbaproject import vba_project

_LONG_AGO = (2024, 1, 1, 0, 0, 0)
_NOTHING: Mapping[str, bytes] = {}


def laboratory_pdf() -> bytes:
    """One page with a result, as a laboratory sends it."""
    text = (
        b"BT /F1 14 Tf 60 760 Td (Laboratoire de biologie) Tj 0 -30 Td "
        b"(Glyc\\351mie \\340 jeun : 0,95 g/l) Tj 0 -20 Td (H\\351moglobine : 13,8 g/dl) Tj ET"
    )
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )


def docm_with_autorun_macro() -> bytes:
    """A Word document whose macro runs when it is opened, and would start a program."""
    return word_document(
        {
            "ThisDocument": (
                "Private Sub Document_Open()\r\n"
                '    MsgBox "Lazaretto test document: nothing happens here."\r\n'
                '    If False Then Shell "calc.exe", vbHide\r\n'
                "End Sub\r\n"
            )
        }
    )


def word_document(modules: Mapping[str, str], media: Mapping[str, bytes] = _NOTHING) -> bytes:
    """A Word document of one line; with ``modules`` (source by name), one with macros.

    ``media`` are more files inside, by name.
    """
    kind = "macroEnabled.main" if modules else "document.main"
    maker = "ms-word.document" if modules else "openxmlformats-officedocument.wordprocessingml"
    main = f"application/vnd.{maker}.{kind}+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    macros = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    members = {
        "[Content_Types].xml": _content_types(main),
        "_rels/.rels": _relationships(office, "word/document.xml"),
        "word/document.xml": _WORD_TEXT,
    }
    if modules:
        members["word/_rels/document.xml.rels"] = _relationships(macros, "vbaProject.bin")
        members["word/vbaProject.bin"] = vba_project(modules)
    return zip_of({**members, **media})


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """A zip with ``members`` by name."""
    archive = BytesIO()
    with ZipFile(archive, "w") as opened:
        for name, data in members.items():
            opened.writestr(ZipInfo(name, _LONG_AGO), data, ZIP_DEFLATED)
    return archive.getvalue()


def encrypted_zip(name: str, data: bytes, password: bytes) -> bytes:
    """A zip with one file under the traditional encryption (APPNOTE.TXT 6.1), always the same."""
    crc = zlib.crc32(data)
    # 6.1.6: twelve bytes go first, and the last of them lets a reader check the password.
    body = bytes(_traditionally(bytes(11) + bytes([crc >> 24]) + data, password))
    stored, encrypted, date = 0, 1, 0x5821
    sizes = (crc, len(body), len(data), len(name), 0)
    record = struct.pack("<HHHHHIIIHH", 20, encrypted, stored, 0, date, *sizes)
    local = b"PK\3\4" + record + name.encode() + body
    central = b"PK\1\2" + struct.pack("<H", 20) + record + bytes(14) + name.encode()
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def dicom_image() -> bytes:
    """An image of eight by eight grey pixels with an empty preamble (PS3.10 7.1)."""
    syntax = b"1.2.840.10008.1.2.1\0"
    storage = b"1.2.840.10008.5.1.4.1.1.7\0"
    meta = b"".join(
        (
            _element(0x0002, 0x0001, b"OB", b"\0\1"),
            _element(0x0002, 0x0002, b"UI", storage),
            _element(0x0002, 0x0003, b"UI", b"2.25.1\0\0"),
            _element(0x0002, 0x0010, b"UI", syntax),
        )
    )
    image = b"".join(
        (
            _element(0x0008, 0x0016, b"UI", storage),
            _element(0x0008, 0x0060, b"CS", b"OT"),
            _element(0x0010, 0x0010, b"PN", b"TEST^PATIENT"),
            _element(0x0028, 0x0002, b"US", b"\1\0"),
            _element(0x0028, 0x0004, b"CS", b"MONOCHROME2 "),
            _element(0x0028, 0x0010, b"US", b"\x08\0"),
            _element(0x0028, 0x0011, b"US", b"\x08\0"),
            _element(0x0028, 0x0100, b"US", b"\x08\0"),
            _element(0x7FE0, 0x0010, b"OB", bytes(range(0, 256, 4))),
        )
    )
    length = _element(0x0002, 0x0000, b"UL", struct.pack("<I", len(meta)))
    return bytes(128) + b"DICM" + length + meta + image


def windows_program() -> bytes:
    """The headers of a Windows program without a section: nothing to run, and Windows says so."""
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    i386, optional_bytes, is_executable = 0x014C, 224, 0x0102
    coff = struct.pack("<HHIIIHH", i386, 0, 0, 0, 0, optional_bytes, is_executable)
    optional = struct.pack("<H", 0x010B) + bytes(optional_bytes - 2)
    return dos + b"PE\0\0" + coff + optional


def eicar() -> bytes:
    """The anti-malware test string, put together here so that no scanner stops at this file."""
    left, right = r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    return (left + right).encode()


def _pdf(*objects: bytes) -> bytes:
    pdf = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(pdf) + b"startxref\n%d\n%%%%EOF\n" % table


_WORD_TEXT = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document '
    b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    b"<w:t>Planning du bloc</w:t></w:r></w:p></w:body></w:document>"
)


def _content_types(main: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    ).encode()


def _relationships(kind: str, target: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    ).encode()


def _traditionally(data: bytes, password: bytes) -> Iterator[int]:
    """Encrypt ``data`` by the three keys of APPNOTE.TXT 6.1.5."""
    keys = [0x12345678, 0x23456789, 0x34567890]
    for byte in password:
        _turn(keys, byte)
    for byte in data:
        mask = (keys[2] | 2) & 0xFFFF
        yield byte ^ (mask * (mask ^ 1) >> 8 & 0xFF)
        _turn(keys, byte)


def _turn(keys: list[int], byte: int) -> None:
    keys[0] = _crc32(keys[0], byte)
    keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    keys[2] = _crc32(keys[2], keys[1] >> 24)


def _crc32(crc: int, byte: int) -> int:
    """One step of CRC-32 without the inversions that zlib puts around it."""
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    """One data element, explicit VR little endian (PS3.5 7.1.2)."""
    long = kind in {b"OB", b"OW", b"UN"}
    length = struct.pack("<HI", 0, len(value)) if long else struct.pack("<H", len(value))
    return struct.pack("<HH", group, number) + kind + length + value
