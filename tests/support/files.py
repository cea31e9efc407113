"""Builds the containers that tests look into: harmless bytes in honest and in odd wrappings."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field

import pybit7z
import zstandard

TEXT = b"Compte rendu: examen sans particularit\xc3\xa9.\r\n" * 20
END_OF_CHAIN, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zipped_deep(levels: int, data: bytes = TEXT) -> bytes:
    for level in range(levels):
        data = zipped({f"{level}.zip": data}, zipfile.ZIP_STORED)
    return data


@dataclass
class Record:
    """One entry of a ZIP file whose records may contradict each other."""

    name: bytes
    data: bytes
    method: int = 0
    packed: bytes | None = None
    central_name: bytes | None = None
    central_method: int | None = None
    central_size: int | None = None
    local_flags: int = 0
    central_flags: int = 0
    crc: int | None = None
    body: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.body = self.data if self.packed is None else self.packed
        self.crc = zlib.crc32(self.data) if self.crc is None else self.crc

    def local(self) -> bytes:
        sizes = (self.crc, len(self.body), len(self.data), len(self.name), 0)
        head = struct.pack("<HHHHHIIIHH", 20, self.local_flags, self.method, 0, 0, *sizes)
        return b"PK\x03\x04" + head + self.name + self.body

    def central(self, offset: int) -> bytes:
        name = self.name if self.central_name is None else self.central_name
        method = self.method if self.central_method is None else self.central_method
        size = len(self.body) if self.central_size is None else self.central_size
        head = struct.pack(
            "<HHHHHHIIIHHHHHII",
            *(20, 20, self.central_flags, method, 0, 0, self.crc, size, len(self.data)),
            *(len(name), 0, 0, 0, 0, 0, offset),
        )
        return b"PK\x01\x02" + head + name


def zipped_by_hand(records: list[Record], offsets: list[int] | None = None) -> bytes:
    """Records one after the other; ``offsets`` makes the directory point elsewhere."""
    out, places = b"", []
    for record in records:
        places.append(len(out))
        out += record.local()
    directory = b"".join(
        record.central(offset) for record, offset in zip(records, offsets or places, strict=True)
    )
    counts = (0, 0, len(records), len(records), len(directory), len(out), 0)
    return out + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", *counts)


def encrypted_zip() -> bytes:
    return zipped_by_hand([Record(b"secret.txt", TEXT, local_flags=1, central_flags=1)])


def overlapping_zip(count: int) -> bytes:
    """Many directory entries for one body."""
    packed = raw_deflate(bytes(1 << 20))
    one = Record(b"zeros.bin", bytes(1 << 20), method=8, packed=packed)
    many = [Record(b"%d.bin" % n, one.data, method=8, packed=packed) for n in range(count)]
    out = one.local()
    directory = b"".join(record.central(0) for record in many)
    counts = (0, 0, count, count, len(directory), len(out), 0)
    return out + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", *counts)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def last_volume(archive: bytes, cut: int) -> bytes:
    """What is left of a ZIP file when its first ``cut`` bytes are a volume of their own."""
    tail = bytearray(archive[cut:])
    directory = tail.find(b"PK\x01\x02")
    place = directory
    while (place := tail.find(b"PK\x01\x02", place)) >= 0:
        (offset,) = struct.unpack_from("<I", tail, place + 42)
        is_here = offset >= cut
        struct.pack_into("<H", tail, place + 34, is_here)
        struct.pack_into("<I", tail, place + 42, offset - cut if is_here else offset)
        place += 4
    end = tail.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", tail, end + 4, 1, 1)
    struct.pack_into("<I", tail, end + 16, directory)
    return bytes(tail)


def tarred(files: dict[str, bytes], tar_format: int = tarfile.GNU_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tarred_special() -> bytes:
    """Links and devices, which hold nothing, around one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "../../etc/passwd"
            archive.addfile(info)
        device = tarfile.TarInfo("device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
        info = tarfile.TarInfo("../../up.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    return buffer.getvalue()


def lzipped(data: bytes) -> bytes:
    """A member of an lzip file, made from what lzma writes: header, body, three checks."""
    alone = lzma.compress(
        data,
        lzma.FORMAT_ALONE,
        filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}],
    )
    head, body = b"LZIP\x01\x10", alone[13:]
    size = len(head) + len(body) + 20
    return head + body + struct.pack("<IQQ", zlib.crc32(data), len(data), size)


def compressed_by_lzw(data: bytes) -> bytes:
    """What the Unix program compress writes."""
    table = {bytes((byte,)): byte for byte in range(256)}
    codes = []
    last = b""
    for at in range(len(data)):
        longer = last + data[at : at + 1]
        if longer in table:
            last = longer
            continue
        codes.append(table[last])
        if len(table) < (1 << 16) - 1:
            table[longer] = len(table) + 1
        last = data[at : at + 1]
    codes.append(table[last])
    return b"\x1f\x9d\x90" + _written(codes)


def _written(codes: list[int]) -> bytes:
    """Codes in groups of eight; where their width changes, the group is filled up."""
    out, group, width = bytearray(), 0, 9
    used = 0
    for number, code in enumerate(codes):
        group |= code << (used * width)
        used += 1
        # After this code the reader has 257 + number entries; one more than fits needs a bit more.
        is_wider = width < 16 and 257 + number >= 1 << width
        if used == 8 or is_wider or number == len(codes) - 1:
            length = width if is_wider or used == 8 else (used * width + 7) // 8
            out += group.to_bytes(length, "little")
            group = used = 0
        width += is_wider
    return bytes(out)


COMPRESSED = {
    "gz": gzip.compress(TEXT, mtime=0),
    "bz2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "lzma": lzma.compress(TEXT, lzma.FORMAT_ALONE),
    "lz": lzipped(TEXT),
    "zst": zstandard.compress(TEXT),
    "Z": compressed_by_lzw(TEXT),
}


def with_another_password(archive: bytes, files: dict[str, bytes], password: str) -> bytes:
    """A 7z with files added that have a password of their own."""
    library = pybit7z.Bit7zLibrary(pybit7z.default_lib7zip())
    writer = pybit7z.BitArchiveWriter(library, archive, pybit7z.FormatSevenZip)
    writer.set_password(password)
    for name, data in files.items():
        writer.add_file(data, name)
    return bytes(writer.compress_to())


def sevenzipped(
    files: dict[str, bytes], *, password: str = "", hide_names: bool = False, solid: bool = True
) -> bytes:
    library = pybit7z.Bit7zLibrary(pybit7z.default_lib7zip())
    writer = pybit7z.BitArchiveWriter(library, pybit7z.FormatSevenZip)
    writer.set_solid_mode(solid)
    writer.set_threads_count(1)
    writer.set_compression_level(pybit7z.BitCompressionLevel.Fast)
    if password:
        scope = pybit7z._core.EncryptionScope
        writer.set_password(password, scope.DataAndHeaders if hide_names else scope.DataOnly)
    for name, data in files.items():
        writer.add_file(data, name)
    return bytes(writer.compress_to())


def sevenzipped_as_zip(
    files: dict[str, bytes], method: str = "Deflate", *, password: str = "", cipher: str = ""
) -> bytes:
    """A ZIP file with a method or a lock that only 7-Zip writes."""
    library = pybit7z.Bit7zLibrary(pybit7z.default_lib7zip())
    writer = pybit7z.BitArchiveWriter(library, pybit7z.FormatZip)
    writer.set_compression_method(pybit7z._core.BitCompressionMethod.__members__[method])
    if cipher:
        writer.set_format_property("em", pybit7z._core.BitPropVariant(cipher))
    if password:
        writer.set_password(password)
    for name, data in files.items():
        writer.add_file(data, name)
    return bytes(writer.compress_to())


def compound(streams: dict[str, bytes], class_id: bytes = bytes(16)) -> bytes:
    """A compound file with its streams in the root, each of them in sectors of its own."""
    sectors: list[bytes] = []
    links: list[int] = []

    def add(data: bytes) -> int:
        count = max(1, -(-len(data) // 512))
        first = len(sectors)
        padded = data.ljust(count * 512, b"\0")
        sectors.extend(padded[at * 512 : at * 512 + 512] for at in range(count))
        links.extend([*range(first + 1, first + count), END_OF_CHAIN])
        return first

    # Short streams would go to the mini stream; longer ones keep this builder short.
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    starts = {name: add(data) for name, data in padded.items()}
    child = 1 if streams else FREE
    records = [_record("Root Entry", 5, child=child, class_id=class_id)]
    for number, (name, data) in enumerate(padded.items(), start=1):
        right = number + 1 if number < len(padded) else FREE
        records.append(_record(name, 2, right=right, start=starts[name], size=len(data)))
    directory = add(b"".join(records))
    table_at = len(sectors)
    links.append(TABLE)
    table = struct.pack("<128I", *links, *[FREE] * (128 - len(links)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        directory,
        0,
        4096,
        *(END_OF_CHAIN, 0, END_OF_CHAIN, 0),
    )
    return head + struct.pack("<109I", table_at, *[FREE] * 108) + b"".join(sectors) + table


def compound_with_short_stream(name: str, data: bytes) -> bytes:
    """A compound file with one stream in the mini stream: data, short table, directory, table."""
    root = _record("Root Entry", 5, child=1, start=0, size=64)
    directory = (root + _record(name, 2, start=0, size=len(data))).ljust(512, b"\0")
    short_table = struct.pack("<128I", END_OF_CHAIN, *[FREE] * 127)
    ends = [END_OF_CHAIN, END_OF_CHAIN, END_OF_CHAIN, TABLE]
    table = struct.pack("<128I", *ends, *[FREE] * 124)
    numbers = (0, 1, 2, 0, 4096, 1, 1, END_OF_CHAIN, 0)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x9I", 0x3E, 3, 0xFFFE, 9, 6, *numbers)
    head += struct.pack("<109I", 3, *[FREE] * 108)
    return head + data.ljust(512, b"\0") + short_table + directory + table


def _record(
    name: str,
    kind: int,
    *,
    right: int = FREE,
    child: int = FREE,
    start: int = END_OF_CHAIN,
    size: int = 0,
    class_id: bytes = bytes(16),
) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(encoded), kind, 1, FREE, right, child
    )
    return head + class_id + bytes(20) + struct.pack("<IQ", start, size)


def ole_package(name: str, data: bytes) -> bytes:
    """The stream in which Office keeps an embedded file."""
    names = b"\x02\x00" + name.encode() + b"\0" + b"C:\\Temp\\" + name.encode() + b"\0"
    path = b"C:\\Temp\\" + name.encode() + b"\0"
    body = names + b"\0\0\x03\0" + struct.pack("<I", len(path)) + path
    body += struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body


def slide_object(data: bytes) -> bytes:
    """A packed object among the records of a PowerPoint file, behind a record of another kind."""
    packed = zlib.compress(data)
    head = struct.pack("<HHII", 0x10, 0x1011, len(packed) + 4, len(data))
    return struct.pack("<HHI", 0x0F, 0x03E8, 4) + bytes(4) + head + packed


def ole1_object(data: bytes, class_name: bytes = b"Word.Document.8\0") -> bytes:
    """An embedded object in the wrapping of OLE 1.0."""
    head = struct.pack("<III", 0x501, 2, len(class_name)) + class_name + bytes(8)
    return head + struct.pack("<I", len(data)) + data


def rich_text(data: bytes, class_name: bytes = b"Word.Document.8\0") -> bytes:
    """A rich text file with an embedded object."""
    return rich_text_of(ole1_object(data, class_name).hex())


def rich_text_of(digits: str) -> bytes:
    """A rich text file with ``digits`` where an object stands."""
    head = b"{\\rtf1 {\\object\\objemb{\\*\\objdata "
    return head + digits.encode() + b"}{\\result x}}\\par}"


def docx() -> bytes:
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": b"<Relationships/>",
            "word/document.xml": b"<w:document>" + TEXT + b"</w:document>",
        }
    )


def odt() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office:document-content/>")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
    return buffer.getvalue()


def jar() -> bytes:
    return zipped({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "A.class": b"\xca\xfe"})


def program() -> bytes:
    """The head of a Windows program: it starts nothing."""
    return (b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0").ljust(512, b"\0")


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def gif() -> bytes:
    return b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def dicom(preamble: bytes = b"") -> bytes:
    return preamble.ljust(128, b"\0") + b"DICM" + b"\x02\x00\x00\x00UL\x04\x00" + bytes(32)


def iso(short: dict[str, bytes] | None = None, joliet: dict[str, bytes] | None = None) -> bytes:
    """A disc image with a primary volume and, if asked for, one with long names of its own."""
    volumes = [(1, short or {}, "latin-1", b"")]
    if joliet is not None:
        volumes.append((2, joliet, "utf-16-be", b"%/E"))
    sector = 16 + len(volumes) + 1
    descriptors, body = b"", b""
    for kind, listed, encoding, escape in volumes:
        folder_at, sector = sector, sector + 1
        records = _iso_record(b"\0", folder_at, 2048, 2) + _iso_record(b"\1", folder_at, 2048, 2)
        contents = b""
        for name, data in listed.items():
            stored = (name + ";1").encode(encoding)
            records += _iso_record(stored, sector, len(data), 0)
            contents += data.ljust(-(-len(data) // 2048) * 2048, b"\0")
            sector += -(-len(data) // 2048)
        body += records.ljust(2048, b"\0") + contents
        descriptor = (bytes((kind,)) + b"CD001\x01").ljust(88, b"\0") + escape.ljust(68, b"\0")
        descriptors += (descriptor + _iso_record(b"\0", folder_at, 2048, 2)).ljust(2048, b"\0")
    return bytes(16 * 2048) + descriptors + b"\xffCD001\x01".ljust(2048, b"\0") + body


def _iso_record(name: bytes, sector: int, size: int, flags: int) -> bytes:
    length = 33 + len(name) + (33 + len(name)) % 2
    places = struct.pack("<I", sector) + struct.pack(">I", sector)
    sizes = struct.pack("<I", size) + struct.pack(">I", size)
    head = struct.pack("BB", length, 0) + places + sizes + bytes(7) + bytes((flags,)) + bytes(6)
    return (head + bytes((len(name),)) + name).ljust(length, b"\0")
