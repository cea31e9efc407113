"""Medical files as hospitals send them, with made-up patients."""

import struct

_LONG = {b"OB", b"OW", b"SQ", b"UN", b"UT"}
EXPLICIT, IMPLICIT, BIG_ENDIAN = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.2",
)
DEFLATED = "1.2.840.10008.1.2.1.99"


def element(group: int, number: int, kind: bytes, value: bytes, syntax: str = EXPLICIT) -> bytes:
    value += b"\0" * (len(value) % 2)
    order = ">" if syntax == BIG_ENDIAN else "<"
    tag = struct.pack(f"{order}HH", group, number)
    if syntax == IMPLICIT:
        return tag + struct.pack("<I", len(value)) + value
    if kind in _LONG:
        return tag + kind + bytes(2) + struct.pack(f"{order}I", len(value)) + value
    return tag + kind + struct.pack(f"{order}H", len(value)) + value


def undefined(group: int, number: int, kind: bytes, *items: bytes) -> bytes:
    """A sequence that is ended by a mark, of items that are ended by marks."""
    head = struct.pack("<HH", group, number) + kind + bytes(2) + b"\xff" * 4
    start, stop = b"\xfe\xff\x00\xe0\xff\xff\xff\xff", b"\xfe\xff\x0d\xe0\0\0\0\0"
    body = b"".join(start + item + stop for item in items)
    return head + body + b"\xfe\xff\xdd\xe0\0\0\0\0"


def image(
    *elements: bytes, preamble: bytes = b"", syntax: str = EXPLICIT, behind: bytes = b""
) -> bytes:
    """A DICOM file with a name and pixels; ``elements`` stand between the two."""
    meta = element(2, 0x10, b"UI", syntax.encode())
    meta = element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta
    body = element(0x10, 0x10, b"PN", b"DUPONT^MARIE", syntax) + b"".join(elements)
    body += element(0x7FE0, 0x10, b"OW", bytes(256), syntax)
    return preamble.ljust(128, b"\0") + b"DICM" + meta + body + behind


def document_in_image(data: bytes, kind: str) -> bytes:
    """A DICOM file around a document (encapsulated storage)."""
    return image(element(0x42, 0x11, b"OB", data), element(0x42, 0x12, b"LO", kind.encode()))


def package(
    extra: dict[str, bytes] | None = None, *, listed: tuple[str, ...] = ("DOC0001.XML",)
) -> dict[str, bytes]:
    """The files of an IHE XDM package; ``listed`` is what its metadata names."""
    uris = "".join(
        f'<rim:Slot name="URI"><rim:Value>{name}</rim:Value></rim:Slot>' for name in listed
    )
    return {
        "INDEX.HTM": b'<html><body><a href="IHE_XDM/SUBSET01/DOC0001.XML">lettre</a></body></html>',
        "README.TXT": b"Export du dossier patient",
        "IHE_XDM/SUBSET01/METADATA.XML": f"<lcm:SubmitObjectsRequest>{uris}</x>".encode(),
        "IHE_XDM/SUBSET01/DOC0001.XML": CDA.encode(),
        "IHE_XDM/SUBSET01/CDA.XSL": SHEET.encode(),
        **(extra or {}),
    }


CDA = (
    '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="CDA.XSL"?>'
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu</title><component>'
    "<structuredBody><section><text><table><tr><td>Examen sans particularité</td></tr></table>"
    '<linkHtml href="#a">voir</linkHtml></text></section></structuredBody></component>'
    "</ClinicalDocument>"
)
SHEET = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/"><html><body><xsl:apply-templates/></body></html></xsl:template>'
    "</xsl:stylesheet>"
)
HPRIM_HEAD = (
    "0000129610\r\nDUPONT\r\nMARIE\r\n1 RUE DE LA PAIX\r\n\r\n75001 PARIS\r\n01/01/1950\r\n"
    "1234567890123 75\r\n    506232\r\n22/05/2026\r\n         C Laboratoire      \r\n"
    "     MED. DUVAL PIERRE      \r\n"
)
HPRIM = HPRIM_HEAD + (
    "\r\nBiologie médicale : résultats du prélèvement\r\n****LAB****\r\n"
    "TEX|    Glycémie à jeun    5,2 mmol/l\r\n"
    "RES|Glycemie|GLY|A|N|5.2|mmol/l|4.0|6.1||||F|\r\n****FIN****\r\n****FINFICHIER****\r\n"
)
"""HPRIM Médecins: twelve lines, a letter, results, marks."""
HPRIM_SEGMENTS = (
    "H|~^\\&|URG062.HPR||133002782~LABO||ORU|||MARURG~Urgences||P|H2.2~C|202605221528\r\n"
    "P|1|01|02||DUPONT~MARIE||19500101|F\r\nOBR|1||~001|GLY~Glycémie~L\r\n"
    "OBX|1|NM|GLY~Glycémie~L||5.2|mmol/l|4.0-6.1|N|||F\r\nL|1\r\n"
)
"""HPRIM Santé."""
HL7 = (
    "MSH|^~\\&|LAB|HOSP|EHR|HOSP|20260301||ORU^R01|1|P|2.5\r"
    "PID|1||ID1||TEST^LEA\rOBX|1|NM|GLY^Glucose||5.2|mmol/l|4.0-6.1|N|||F\r"
)
FHIR = (
    '{"resourceType": "Patient", "name": [{"family": "Dupont"}], "photo": [{"contentType": '
    '"image/jpeg", "url": "https://hopital.example/photo/1"}]}'
)
