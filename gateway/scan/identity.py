"""What a file is, decided by its content: its name is evidence, never an answer.

The look goes from the surest to the vaguest: signatures at fixed places, records at the end,
what the text says of itself, and libmagic for the rest.
libmagic knows one kind for a file; a polyglot is two, so our own look comes first.
"""

import re
from collections.abc import Callable, Iterator

from gateway.scan.formats import libmagic, structure
from gateway.scan.formats.archives import ziprecords
from gateway.scan.formats.text import textlook
from gateway.scan.kinds import OLE_STREAM, Kind

_SIGNATURES: tuple[tuple[Kind, int, bytes], ...] = (
    # kind, offset, bytes
    (Kind.ZIP, 0, b"PK\x03\x04"),
    (Kind.ZIP, 0, b"PK\x05\x06"),
    (Kind.ZIP, 0, b"PK\x07\x08PK"),
    (Kind.ZIP, 0, b"PK00PK"),
    (Kind.GZIP, 0, b"\x1f\x8b"),
    (Kind.XZ, 0, b"\xfd7zXZ\x00"),
    (Kind.LZIP, 0, b"LZIP\x01"),
    (Kind.ZSTD, 0, b"\x28\xb5\x2f\xfd"),
    (Kind.LZ4, 0, b"\x04\x22\x4d\x18"),
    (Kind.LZ4, 0, b"\x02\x21\x4c\x18"),
    (Kind.SNAPPY, 0, b"\xff\x06\x00\x00sNaPpY"),
    (Kind.COMPRESS, 0, b"\x1f\x9d"),
    (Kind.SZDD, 0, b"SZDD\x88\xf0\x27\x33"),
    (Kind.CPIO, 0, b"070701"),
    (Kind.CPIO, 0, b"070702"),
    (Kind.CPIO, 0, b"070707"),
    (Kind.CPIO, 0, b"\xc7\x71"),
    (Kind.CPIO, 0, b"\x71\xc7"),
    (Kind.AR, 0, b"!<arch>\n"),
    (Kind.SEVENZIP, 0, b"7z\xbc\xaf\x27\x1c"),
    (Kind.RAR, 0, b"Rar!\x1a\x07"),
    (Kind.RAR, 0, b"RE~^"),
    (Kind.CAB, 0, b"MSCF\x00\x00\x00\x00"),
    (Kind.CAB, 0, b"ISc("),
    (Kind.ACE, 7, b"**ACE**"),
    (Kind.ALZ, 0, b"ALZ\x01"),
    (Kind.EGG, 0, b"EGGA"),
    (Kind.ZOO, 20, b"\xdc\xa7\xc4\xfd"),
    (Kind.ZPAQ, 0, b"7kSt\xa0\x31\x83\xd3"),
    (Kind.ZPAQ, 0, b"zPQ"),
    (Kind.RARE_ARCHIVE, 0, b"!BDN"),
    (Kind.RARE_ARCHIVE, 0, b"SIT!"),
    (Kind.RARE_ARCHIVE, 0, b"StuffIt"),
    (Kind.RARE_ARCHIVE, 0, b"ArC\x01"),
    (Kind.RARE_ARCHIVE, 0, b"DAA\x00"),
    (Kind.RARE_ARCHIVE, 0, b"GBI\x00"),
    (Kind.RARE_ARCHIVE, 0, b"CISO\x00"),
    (Kind.RARE_ARCHIVE, 0, b"UHA\x06"),
    (Kind.RARE_ARCHIVE, 0, b"BH\x05\x07"),
    (Kind.RARE_ARCHIVE, 7, b"-sqx-"),
    (Kind.RARE_ARCHIVE, 0, b"LRZI\x00"),
    (Kind.RARE_ARCHIVE, 0, b"\x89LZO\x00\r\n\x1a\n"),
    (Kind.VAULT, 0, b"encrcdsa"),
    (Kind.VAULT, 0, b"LUKS\xba\xbe"),
    (Kind.VAULT, 3, b"-FVE-FS-"),
    (Kind.VAULT, 0, b"Salted__"),
    (Kind.VAULT, 0, b"age-encryption.org/v1"),
    (Kind.VAULT, 0, bytes.fromhex("c0b9072e4f93f146a015792ca1d9e821")),
    (Kind.VAULT, 0, b"AES\x02\x00"),
    (Kind.VAULT, 0, bytes.fromhex("03d9a29a67fb4bb5")),
    (Kind.RPM, 0, b"\xed\xab\xee\xdb"),
    (Kind.XAR, 0, b"xar!"),
    (Kind.ISO, 0x8001, b"CD001"),
    (Kind.WIM, 0, b"MSWIM\x00\x00\x00"),
    (Kind.VHD, 0, b"conectix"),
    (Kind.VHDX, 0, b"vhdxfile"),
    (Kind.VMDK, 0, b"KDMV"),
    (Kind.VMDK, 0, b"COWD"),
    (Kind.VMDK, 0, b"# Disk DescriptorFile"),
    (Kind.DISK, 0, b"QFI\xfb"),
    (Kind.DISK, 0x40, b"\x7f\x10\xda\xbe"),
    (Kind.DISK, 0, b"hsqs"),
    (Kind.DISK, 0, b"\x45\x3d\xcd\x28"),
    (Kind.DISK, 3, b"NTFS    "),
    (Kind.DISK, 512, b"EFI PART"),
    (Kind.OLE, 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    (Kind.CHM, 0, b"ITSF"),
    (Kind.ONENOTE, 0, bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")),
    (Kind.ONENOTE, 0, bytes.fromhex("a12fff43d9ef764c9ee210ea5722765f")),
    (Kind.PDF, 0, b"%PDF-"),
    (Kind.RTF, 0, b"{\\rt"),
    (Kind.ACTIVEMIME, 0, b"ActiveMime"),
    (Kind.TNEF, 0, b"\x78\x9f\x3e\x22"),
    (Kind.ELF, 0, b"\x7fELF"),
    (Kind.MACHO, 0, b"\xfe\xed\xfa\xce"),
    (Kind.MACHO, 0, b"\xfe\xed\xfa\xcf"),
    (Kind.MACHO, 0, b"\xce\xfa\xed\xfe"),
    (Kind.MACHO, 0, b"\xcf\xfa\xed\xfe"),
    (Kind.LNK, 0, bytes.fromhex("4c0000000114020000000000c000000000000046")),
    (Kind.DICOM, 128, b"DICM"),
    (Kind.IMAGE, 0, b"\x89PNG\r\n\x1a\n"),
    (Kind.IMAGE, 0, b"GIF87a"),
    (Kind.IMAGE, 0, b"GIF89a"),
    (Kind.IMAGE, 0, b"\xff\xd8\xff"),
    (Kind.IMAGE, 0, b"II*\x00"),
    (Kind.IMAGE, 0, b"MM\x00*"),
    (Kind.IMAGE, 8, b"WEBPVP8"),
    (Kind.AUDIO_VIDEO, 0, b"OggS\x00"),
    (Kind.AUDIO_VIDEO, 0, b"ID3"),
    (Kind.AUDIO_VIDEO, 0, b"\x1a\x45\xdf\xa3"),
    (Kind.FONT, 0, b"wOFF"),
    (Kind.FONT, 0, b"wOF2"),
    (Kind.FONT, 0, b"OTTO\x00"),
)
"""What stands at a fixed place."""
_FURTHER_IN = tuple(signature for signature in _SIGNATURES if signature[1])
_AT_THE_HEAD = {
    first: tuple(one for one in _SIGNATURES if one[2][:1] == first and not one[1])
    for first in {magic[:1] for _, at, magic in _SIGNATURES if not at}
}
"""The same, so that most need not be compared."""

_STRUCTURES: tuple[tuple[Kind, Callable[[bytes], bool]], ...] = (
    (Kind.IMAGE, structure.is_bitmap),
    (Kind.MACHO, structure.is_universal_binary),
    (Kind.JAVA_CLASS, structure.is_java_class),
    (Kind.TAR, structure.is_tar),
    (Kind.BZIP2, structure.is_bzip2),
    (Kind.ZSTD, structure.is_skippable_zstd),
    (Kind.LZ4, structure.is_skippable_lz4),
    (Kind.LZMA, structure.is_lzma_alone),
    (Kind.ARJ, structure.is_arj),
    (Kind.LZH, structure.is_lzh),
    (Kind.SMIME, structure.is_cms),
    (Kind.UDF, structure.is_udf),
    (Kind.FAT, structure.is_fat),
    (Kind.DISK, structure.is_other_disk),
    (Kind.VHD, structure.is_fixed_vhd),
    (Kind.DMG, structure.is_dmg),
)
"""What has no signature at a fixed place, or none that is sure."""

_IS_PART_OF = {
    # A slide image that both kinds of viewer open has a TIFF header in its preamble.
    Kind.DICOM: frozenset({Kind.IMAGE}),
    # A disk of fixed size begins as the disk inside it; a disc image may boot as a disk does.
    Kind.VHD: frozenset({Kind.FAT, Kind.DISK}),
    Kind.DMG: frozenset({Kind.FAT, Kind.DISK}),
    Kind.ISO: frozenset({Kind.DISK}),
}
"""Signatures that an honest file of a kind may carry besides its own."""

_BY_MIME_TYPE = {
    "application/x-lzma": Kind.LZMA,
    "application/x-lzh-compressed": Kind.LZH,
    "application/x-lharc": Kind.LZH,
    "application/x-arj": Kind.ARJ,
    "application/x-ace-compressed": Kind.ACE,
    "application/x-tar": Kind.TAR,
    "application/x-gtar": Kind.TAR,
    "application/x-cpio": Kind.CPIO,
    "application/x-iso9660-image": Kind.ISO,
    "application/vnd.ms-tnef": Kind.TNEF,
    "application/vnd.ms-opentype": Kind.FONT,
    "application/vnd.ms-fontobject": Kind.FONT,
    "application/x-font-ttf": Kind.FONT,
    "application/pgp-encrypted": Kind.PGP,
    "application/x-mach-binary": Kind.MACHO,
    "application/x-java-applet": Kind.JAVA_CLASS,
    "application/x-qemu-disk": Kind.DISK,
    "application/x-virtualbox-vdi": Kind.DISK,
}
_BY_MIME_FAMILY = {
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO_VIDEO,
    "video": Kind.AUDIO_VIDEO,
    "font": Kind.FONT,
}
_BY_TEXT = {
    textlook.Look.MESSAGE: Kind.MESSAGE,
    textlook.Look.RTF: Kind.RTF,
    textlook.Look.SVG: Kind.SVG,
    textlook.Look.HTML: Kind.HTML,
    textlook.Look.XML: Kind.XML,
    textlook.Look.SCRIPT: Kind.SCRIPT,
    textlook.Look.PGP: Kind.PGP,
    textlook.Look.SMIME: Kind.SMIME,
    textlook.Look.HL7: Kind.HL7,
    textlook.Look.HPRIM: Kind.HPRIM,
    textlook.Look.PLAIN: Kind.TEXT,
}

_MAIL_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
_CRYPTO_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_VAGUE = frozenset({Kind.DATA, Kind.TEXT})

# Inside these another archive may lie unpacked and in full: it is their member, not a second face.
_CARRIERS = frozenset(
    {Kind.MESSAGE, Kind.TAR, Kind.CPIO, Kind.AR, Kind.RPM, Kind.XAR, Kind.ISO, Kind.UDF, Kind.FAT}
    | {Kind.WIM, Kind.VHD, Kind.VHDX, Kind.VMDK, Kind.DMG, Kind.DISK, Kind.OLE, Kind.MSI}
    | {Kind.ZIP, Kind.OOXML, Kind.ODF, Kind.JAR, Kind.SEVENZIP, Kind.RAR, Kind.CAB, Kind.LZH}
    | {Kind.ARJ, Kind.ACE, Kind.ZOO, Kind.CHM, Kind.ONENOTE, Kind.TNEF, Kind.DICOM, Kind.SMIME}
)
_EMBEDDED = ((Kind.RAR, b"Rar!\x1a\x07"), (Kind.SEVENZIP, b"7z\xbc\xaf\x27\x1c\x00"))
_EMBEDDED_WITHIN = 2 << 20
_PAGE = re.compile(rb"(?i)<(?:script|html|iframe|!doctype html)[\s>]")
_PAGE_WITHIN = 1 << 20
_PDF_HEADER = re.compile(rb"%PDF-[12]\.")

_HONEST_PAIRS: tuple[frozenset[Kind], ...] = (
    frozenset({Kind.PE, Kind.ZIP}),  # self-extracting archives and installers
    frozenset({Kind.PE, Kind.RAR}),
    frozenset({Kind.PE, Kind.SEVENZIP}),
    frozenset({Kind.PE, Kind.JAR}),
    frozenset({Kind.ISO, Kind.UDF}),  # bridge discs
    frozenset({Kind.SCRIPT, Kind.ZIP}),  # Python's zipapp
    frozenset({Kind.HL7, Kind.HTML}),  # results that are written as a page
    frozenset({Kind.HPRIM, Kind.HTML}),
    frozenset({Kind.HL7, Kind.PDF}),  # one stands in hexadecimal or as it is
    frozenset({Kind.HPRIM, Kind.PDF}),
)

_PACKS_AS_IT_IS = frozenset(
    {Kind.GZIP, Kind.XZ, Kind.LZIP, Kind.ZSTD, Kind.LZ4, Kind.SNAPPY, Kind.COMPRESS, Kind.ALZ}
)
"""What does not get smaller lies in these unchanged: the second face is what they hold."""
_PACKED = frozenset({Kind.ZIP, Kind.OOXML, Kind.ODF, Kind.JAR, Kind.RAR, Kind.SEVENZIP, Kind.PDF})


def identify(data: bytes, declared_type: str) -> tuple[Kind, ...]:
    """Say what ``data`` is: the main kind first, more than one for a polyglot, never none.

    The declared type decides only where content cannot: whether text is mail, HTML or a key.
    """
    if not data:
        return (Kind.EMPTY,)
    kinds = dict.fromkeys(_by_signature(data))
    if not kinds:
        kinds[_by_content(data, declared_type)] = None
    if declared_type in _MAIL_TYPES:
        kinds[Kind.MESSAGE] = None
    if declared_type != OLE_STREAM:
        kinds.update(dict.fromkeys(_second_faces(data, next(iter(kinds)))))
    return _without_vague(tuple(kinds))


def is_polyglot(kinds: tuple[Kind, ...]) -> bool:
    """Whether a file has more faces than an honest file of these kinds has."""
    if kinds[:1] and kinds[0] in _PACKS_AS_IT_IS and _PACKED.issuperset(kinds[1:]):
        return False
    return len(kinds) > 1 and frozenset(kinds) not in _HONEST_PAIRS


def _without_vague(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    return tuple(kind for kind in kinds if kind not in _VAGUE) or kinds


def _by_signature(data: bytes) -> Iterator[Kind]:
    """Every kind whose signature is there, those at the head first."""
    found = [Kind.PE] if structure.is_program(data) else []
    possible = (*_AT_THE_HEAD.get(data[:1], ()), *_FURTHER_IN)
    found += [kind for kind, at, magic in possible if data.startswith(magic, at)]
    found += [kind for kind, shows in _STRUCTURES if shows(data)]
    hidden = frozenset[Kind]().union(*(_IS_PART_OF.get(kind, frozenset()) for kind in found))
    found = [kind for kind in found if kind not in hidden]
    for kind in found:
        yield from _closer(data, kind)


def _closer(data: bytes, kind: Kind) -> Iterator[Kind]:
    """Look closer at the kinds that stand for a family."""
    match kind:
        case Kind.ZIP:
            yield from _zip_kinds(data)
        case Kind.OLE:
            yield Kind.MSI if structure.is_installer(data) else Kind.OLE
        case Kind.ZPAQ | Kind.FONT | Kind.AUDIO_VIDEO | Kind.EGG:
            if not textlook.is_text(data[:64]):
                yield kind
        case _:
            yield kind


def _by_content(data: bytes, declared_type: str) -> Kind:
    """The kind of a file that has no signature that we know."""
    look = textlook.look(data, declared_type)
    if look is not None:
        # libmagic knows no more of a text that matters here, and takes milliseconds over it.
        return _BY_TEXT[look]
    mime_type = libmagic.mime_type(data)
    known = _BY_MIME_TYPE.get(mime_type)
    if known is not None:
        return known
    if declared_type in _CRYPTO_TYPES:
        return Kind.SMIME
    if declared_type == OLE_STREAM:
        return Kind.DATA
    kind = _BY_MIME_FAMILY.get(mime_type.partition("/")[0], Kind.DATA)
    # A browser that opens a file by its name shows the page behind any rubbish.
    is_page = kind is Kind.DATA and _PAGE.search(data, 0, _PAGE_WITHIN)
    return Kind.HTML if is_page else kind


def _second_faces(data: bytes, main: Kind) -> Iterator[Kind]:
    """What another program than the one for ``main`` would find in the same bytes."""
    directory = ziprecords.last_directory(data)
    if directory is not None and main not in _CARRIERS:
        yield from _zip_kinds(data)
    if main in _CARRIERS:
        return
    head = data[:_EMBEDDED_WITHIN]
    for kind, magic in _EMBEDDED:
        if magic in head:
            yield kind
    # Readers take a header anywhere in the first 1,024 bytes (ISO 32000-1, appendix H.3.4.1).
    if _PDF_HEADER.search(data, 0, 1024):
        yield Kind.PDF
    # A browser that opens one by its name shows the page in it.
    if main in {Kind.HL7, Kind.HPRIM} and _PAGE.search(data, 0, _PAGE_WITHIN):
        yield Kind.HTML


def _zip_kinds(data: bytes) -> Iterator[Kind]:
    """What the names of its members make of a ZIP file."""
    names = structure.zip_names(data)
    is_package = "[content_types].xml" in names
    is_open_document = structure.states_open_document(data)
    if is_package:
        yield Kind.OOXML
    if is_open_document:
        yield Kind.ODF
    if "meta-inf/manifest.mf" in names or any(name.endswith(".class") for name in names):
        yield Kind.JAR
    elif not is_package and not is_open_document:
        yield Kind.ZIP
