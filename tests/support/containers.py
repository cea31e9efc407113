"""Builds the rarer containers: winmail.dat, OneNote sections, ActiveMime, medical messages."""

import base64
import hashlib
import io
import struct
import zipfile
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.scan.formats.office.compoundwriter import compound_file

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


def onenote_page(*, text: str = "", **values: str) -> bytes:
    """A set of properties as pages are made of: ``file``, ``source``, ``picture``, ``text``."""
    numbers = {"file": 0x1C001D9C, "source": 0x1C001D9D, "picture": 0x1C001DD7}
    known = [(numbers[key], value) for key, value in values.items()]
    known += [(0x1C001C22, text)] if text else []
    # A truth and a size stand before them, as in real sets.
    listed = [0x88001C0C, 0x14001C12, *(number for number, _ in known)]
    stored = [(value + "\0").encode("utf-16-le") for _, value in known]
    body = struct.pack("<I", 7) + b"".join(struct.pack("<I", len(one)) + one for one in stored)
    return struct.pack("<H", len(listed)) + b"".join(struct.pack("<I", n) for n in listed) + body


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


def locked_document(
    inside: dict[str, bytes], password: str, *, rounds: int = 100, cipher: str = "aes256-cbc"
) -> bytes:
    """An OpenDocument file as LibreOffice locks it."""
    salt, vector = bytes(range(16)), bytes(range(16, 32))
    start = hashlib.sha256(password.encode()).digest()
    key = hashlib.pbkdf2_hmac("sha1", start, salt, rounds, 32)
    buffer, entries = io.BytesIO(), ""
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, data in inside.items():
            packer = zlib.compressobj(wbits=-15)
            packed = packer.compress(data) + packer.flush()
            packed += bytes((16 - len(packed) % 16,)) * (16 - len(packed) % 16)
            encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
            archive.writestr(name, encryptor.update(packed))
            entries += _locked_entry(name, cipher, vector, salt, rounds)
        manifest = f'<manifest:manifest xmlns:manifest="x">{entries}</manifest:manifest>'
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


def _locked_entry(name: str, cipher: str, vector: bytes, salt: bytes, rounds: int) -> str:
    return (
        f'<manifest:file-entry manifest:full-path="{name}"><manifest:encryption-data>'
        f'<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#{cipher}" '
        f'manifest:initialisation-vector="{base64.b64encode(vector).decode()}"/>'
        f'<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32" '
        f'manifest:iteration-count="{rounds}" manifest:salt="{base64.b64encode(salt).decode()}"/>'
        '<manifest:start-key-generation manifest:start-key-generation-name="x#sha256"/>'
        "</manifest:encryption-data></manifest:file-entry>"
    )
