"""Builds the rarer containers: winmail.dat, OneNote sections, ActiveMime, medical messages."""

import base64
import struct
import zlib

from gateway.scan.formats.compoundwriter import compound_file

HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c09002062"
    "7705b06c647d0a800fa0"
)
"""Compressed rich text: the first example of [MS-OXRTFCP], section 3.1."""
HELLO_PLAIN = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
REPEATED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
"""The second one: what is written is read again while it is written."""
REPEATED_PLAIN = b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    body = b"".join(
        b"\x02"
        + struct.pack("<II", identity, len(data))
        + data
        + struct.pack("<H", sum(data) & 0xFFFF)
        for identity, data in attributes
    )
    return b"\x78\x9f\x3e\x22\x01\x00" + body


def tnef_attachment(title: str, data: bytes, *properties: bytes) -> list[tuple[int, bytes]]:
    """The records of one attachment."""
    listed = struct.pack("<I", len(properties)) + b"".join(properties)
    return [
        (0x00069002, bytes(14)),
        (0x00018010, title.encode("cp1252") + b"\0"),
        *([(0x0006800F, data)] if data else []),
        *([(0x00069005, listed)] if properties else []),
    ]


def mapi(tag: int, kind: int, data: bytes) -> bytes:
    """A property with one value of a length of its own."""
    head = struct.pack("<HHII", kind, tag, 1, len(data))
    return head + data + bytes(-len(data) % 4)


def named_mapi(name: str, data: bytes) -> bytes:
    """A property that has a name instead of a number."""
    spelled = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<HH", 31, 0x8001) + bytes(16) + struct.pack("<II", 1, len(spelled))
    value = struct.pack("<II", 1, len(data)) + data + bytes(-len(data) % 4)
    return head + spelled + bytes(-len(spelled) % 4) + value


def onenote(files: dict[str, bytes]) -> bytes:
    """A section with files attached to it; a name of "" is a picture's."""
    out = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(1008)
    for name, data in files.items():
        out += name.encode("utf-16-le") + bytes(10)
        out += bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
        out += struct.pack("<QIQ", len(data), 0, 0) + data + bytes(24)
    return out


def onenote_of_the_web(data: bytes) -> bytes:
    """The packaging that OneNote on the web writes: files have no mark."""
    head = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(32)
    head += bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7") + bytes(500)
    return head + data + bytes(100)


def activemime(data: bytes) -> bytes:
    return b"ActiveMime\0\0\x01\xf0".ljust(0x32, b"\0") + zlib.compress(data)


def outlook_item(properties: dict[str, bytes], named: dict[str, bytes] | None = None) -> bytes:
    streams = {f"__substg1.0_{tag}": data for tag, data in properties.items()}
    for tag, data in (named or {}).items():
        streams[f"__nameid_version1.0/__substg1.0_{tag}"] = data
    return compound_file(streams)


def hl7(data: bytes, kind: str = "application^pdf") -> bytes:
    letters = base64.b64encode(data).decode()
    return (
        "MSH|^~\\&|LAB|HOSP|EHR|HOSP|20260301||ORU^R01|1|P|2.5\r"
        f"PID|1||ID1||TEST^LEA\rOBX|1|ED|DOC||^{kind}^Base64^{letters}||||||F\r"
    ).encode()


def cda(data: bytes, media_type: str = "application/pdf", *, width: int = 76) -> bytes:
    letters = base64.b64encode(data).decode()
    lines = "\r\n      ".join(letters[at : at + width] for at in range(0, len(letters), width))
    return (
        '<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        f'<text mediaType="{media_type}" representation="B64">{lines}</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    ).encode()


def fhir(data: bytes, media_type: str, title: str) -> bytes:
    letters = base64.b64encode(data).decode().replace("/", "\\/")
    return (
        '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "DocumentReference", '
        f'"content": [{{"attachment": {{"contentType": "{media_type}", "title": "{title}", '
        f'"data": "{letters}"}}}}]}}}}]}}'
    ).encode()
