"""What kinds of files are called by people who have no use for their short names."""

from collections.abc import Iterable

from gateway.scan.kinds import Kind

_NAMES = {
    Kind.PE: "a Windows program",
    Kind.ELF: "a Linux program",
    Kind.MACHO: "a macOS program",
    Kind.JAVA_CLASS: "a Java program",
    Kind.JAR: "a Java program",
    Kind.MSI: "a Windows installer",
    Kind.LNK: "a Windows shortcut",
    Kind.SCRIPT: "a script",
    Kind.CHM: "a Windows help file",
    Kind.HTML: "a web page",
    Kind.SVG: "a drawing (SVG)",
    Kind.IMAGE: "a picture",
    Kind.AUDIO_VIDEO: "a sound or a film",
    Kind.DICOM: "a medical image (DICOM)",
    Kind.HL7: "a laboratory message (HL7)",
    Kind.OLE: "an older Office file",
    Kind.OOXML: "an Office file",
    Kind.ODF: "an OpenDocument file",
    Kind.RTF: "rich text",
    Kind.PDF: "a PDF",
    Kind.ZIP: "a ZIP archive",
    Kind.MESSAGE: "a mail",
    Kind.TEXT: "text",
    Kind.EMPTY: "empty",
    Kind.DATA: "of no known kind",
}


def in_words(kinds: Iterable[Kind]) -> str:
    """``a Windows program and a PDF``; other kinds by their short names."""
    return " and ".join(_NAMES.get(kind, kind.value) for kind in kinds)
