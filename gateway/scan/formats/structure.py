"""What the structure of a file shows where a signature at a fixed place does not."""

import re
import struct

from gateway.scan.formats.archives import ziprecords
from gateway.scan.formats.text import textlook

_NAMES_LOOKED_AT = 4096
_INSTALLER_CLASS = bytes.fromhex("100c0000000000c000000000000046")
_CMS = re.compile(
    rb"\x30([\x00-\x80]|\x81.|\x82..|\x83...|\x84....)"
    rb"\x06(\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01)",
    re.DOTALL,
)
_SKIPPABLE = b"\x50\x2a\x4d\x18"
_MOST_SKIPPED = 1_000
_BOOT_MARK = b"\x55\xaa"


def is_program(data: bytes) -> bool:
    """A DOS or Windows program: the header is sane, or the letters are no text."""
    if data[:2] not in {b"MZ", b"ZM"} or len(data) < 28:
        return False
    if len(data) >= 64:
        (header,) = struct.unpack_from("<I", data, 60)
        if data[header : header + 2] in {b"PE", b"NE", b"LE", b"LX"}:
            return True
    return not textlook.is_text(data[:64])


def is_bitmap(data: bytes) -> bool:
    """A Windows bitmap: two letters, and four zeros where nothing else is allowed."""
    return data[:2] == b"BM" and len(data) >= 26 and data[6:10] == bytes(4)


def is_universal_binary(data: bytes) -> bool:
    """Mach-O for several architectures: few are listed where a class file has its version."""
    return data.startswith(b"\xca\xfe\xba\xbe") and int.from_bytes(data[4:8]) < 40


def is_java_class(data: bytes) -> bool:
    """A class file; versions begin at 45."""
    return data.startswith(b"\xca\xfe\xba\xbe") and int.from_bytes(data[4:8]) >= 40


def is_tar(data: bytes) -> bool:
    """The checksum of the first header is right: the only test that every tar passes."""
    if len(data) < 512 or not data[0]:
        return False
    stated = re.match(rb"[ \0]*([0-7]{1,7})[ \0]", data[148:157])
    if stated is None:
        return False
    return int(stated[1], 8) == sum(data[:148]) + 8 * 0x20 + sum(data[156:512])


def is_bzip2(data: bytes) -> bool:
    """A block, or the end of an empty file, follows the letters."""
    letters = data[:3] == b"BZh" and data[3:4].isdigit()
    return letters and data[4:10] in {b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"}


def is_skippable_zstd(data: bytes) -> bool:
    """Frames that decoders skip, and a real one after them (RFC 8878, 3.1.2)."""
    return _behind_skipped(data) in {b"\x28\xb5\x2f\xfd", _SKIPPABLE}


def is_skippable_lz4(data: bytes) -> bool:
    """The same before LZ4, which shares these frames."""
    return _behind_skipped(data) == b"\x04\x22\x4d\x18"


def _behind_skipped(data: bytes) -> bytes:
    """The four bytes behind frames that decoders skip; those of one more where there are many."""
    position = 0
    for _ in range(_MOST_SKIPPED):
        if data[position + 1 : position + 4] != _SKIPPABLE[1:] or data[position] & 0xF0 != 0x50:
            return data[position : position + 4] if position else b""
        position += 8 + int.from_bytes(data[position + 4 : position + 8], "little")
    return _SKIPPABLE


def is_lzma_alone(data: bytes) -> bool:
    """The old .lzma: usual properties, a sane dictionary, a sane or unknown length, a zero."""
    if len(data) < 14 or data[0] != 0x5D or data[13] != 0:
        return False
    dictionary = int.from_bytes(data[1:5], "little")
    length = int.from_bytes(data[5:13], "little")
    return dictionary.bit_count() <= 2 and (length == (1 << 64) - 1 or length < 1 << 40)


def is_arj(data: bytes) -> bool:
    """The header size is in its range."""
    return data[:2] == b"\x60\xea" and 30 <= int.from_bytes(data[2:4], "little") <= 2600


def is_lzh(data: bytes) -> bool:
    """The method stands at its place."""
    return re.match(rb"-(lh[0-9dx]|lz[s45]|pm[012])-", data[2:7]) is not None


def is_cms(data: bytes) -> bool:
    """A sequence that begins with an object identifier of PKCS #7: S/MIME content."""
    return _CMS.match(data) is not None


def is_udf(data: bytes) -> bool:
    """The volume recognition sequence names UDF (ECMA-167, 2/9.1)."""
    return re.search(rb"NSR0[23]\x01", data[0x8000:0x10000]) is not None


def is_fat(data: bytes) -> bool:
    """A boot sector that names FAT."""
    if data[510:512] != _BOOT_MARK or data[:1] not in {b"\xeb", b"\xe9"}:
        return False
    return b"FAT" in data[54:62] or b"FAT32" in data[82:90]


def is_other_disk(data: bytes) -> bool:
    """A partition table, or the superblock of ext."""
    if data[1080:1082] == b"\x53\xef" and len(data) % 1024 == 0:
        return True
    if data[510:512] != _BOOT_MARK or len(data) % 512 or is_fat(data):
        return False
    statuses = data[446:510:16]
    return set(statuses) <= {0x00, 0x80} and any(data[450:510:16])


def is_fixed_vhd(data: bytes) -> bool:
    """A disk of fixed size has its only header at the end."""
    return data[-512:-504] == b"conectix"


def is_dmg(data: bytes) -> bool:
    """The trailer of an Apple disk image."""
    return data[-512:-508] == b"koly"


def is_installer(data: bytes) -> bool:
    """The root storage of a compound file carries the class of Windows Installer."""
    if len(data) < 512:
        return False
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in {9, 12}:
        return False
    (sector,) = struct.unpack_from("<I", data, 48)
    at = ((sector + 1) << shift) + 80
    class_id = data[at : at + 16]
    return class_id[:1] in {b"\x82", b"\x84", b"\x86"} and class_id[1:] == _INSTALLER_CLASS


def zip_names(data: bytes) -> frozenset[str]:
    """Names in a ZIP file, as a case-blind reader sees them; the first few thousand."""
    directory = ziprecords.last_directory(data)
    entries = (
        ziprecords.local_entries(data)
        if directory is None
        else ziprecords.central_entries(data, directory)
    )
    names = (entry.name for _, entry in zip(range(_NAMES_LOOKED_AT), entries, strict=False))
    return frozenset(name.decode("latin-1").lower().replace("\\", "/") for name in names)


def states_open_document(data: bytes) -> bool:
    """The first member is called mimetype and says so (ODF 1.2, part 3, 3.3)."""
    first = ziprecords.local_entry(data, 0)
    if first is None or first.name != b"mimetype":
        return False
    stated = data[first.body : first.body + 64]
    return stated.startswith((b"application/vnd.oasis.opendocument", b"application/vnd.sun.xml"))
