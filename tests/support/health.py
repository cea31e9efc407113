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
