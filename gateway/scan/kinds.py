"""What a file is, decided by its content: its name is evidence, never an answer."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds that some extractor or analyzer tells apart; everything else is TEXT or DATA."""

    EMPTY = "empty"
    DATA = "data"
    TEXT = "text"
    # mail
    MESSAGE = "message"
    TNEF = "tnef"
    SMIME = "smime"
    PGP = "pgp"
    # archives and compressed files
    ZIP = "zip"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZMA = "lzma"
    ZSTD = "zstd"
    COMPRESS = "compress"
    LZIP = "lzip"
    TAR = "tar"
    CPIO = "cpio"
    AR = "ar"
    SEVENZIP = "7z"
    RAR = "rar"
    CAB = "cab"
    ARJ = "arj"
    LZH = "lzh"
    ACE = "ace"
    ALZ = "alz"
    EGG = "egg"
    ZOO = "zoo"
    ZPAQ = "zpaq"
    RPM = "rpm"
    XAR = "xar"
    # disk images
    ISO = "iso"
    UDF = "udf"
    FAT = "fat"
    WIM = "wim"
    VHD = "vhd"
    VHDX = "vhdx"
    VMDK = "vmdk"
    DMG = "dmg"
    # documents
    OLE = "ole"
    OOXML = "ooxml"
    ODF = "odf"
    MSI = "msi"
    CHM = "chm"
    ONENOTE = "onenote"
    PDF = "pdf"
    RTF = "rtf"
    HTML = "html"
    XML = "xml"
    SVG = "svg"
    # programs and shortcuts
    PE = "pe"
    ELF = "elf"
    MACHO = "macho"
    JAVA_CLASS = "java-class"
    JAR = "jar"
    LNK = "lnk"
    SCRIPT = "script"
    # images and medicine
    IMAGE = "image"
    AUDIO_VIDEO = "audio-video"
    FONT = "font"
    DICOM = "dicom"
    HL7 = "hl7"


def identify(data: bytes, declared_type: str) -> tuple[Kind, ...]:
    """Say what ``data`` is: the main kind first, more than one for a polyglot, never none."""
    raise NotImplementedError
