"""Opens Office documents with a password: the one place that imports msoffcrypto.

Only its arithmetic is used. Its readers of files go through olefile, which can be driven to 20 s
and 2.5 GB, and they write temporary files: the streams come from our own reader.
Sources: [MS-OFFCRYPTO] 2.3.4 for packages, 2.3.5 and 2.3.6 for workbooks from before 2007.
"""

import base64
import binascii
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

# msoffcrypto asks for it at its first use, and then a worker opens no files any more.
import cryptography.hazmat.backends.openssl.backend  # noqa: F401
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.ecma376_standard import ECMA376Standard
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

from gateway.scan.formats.archives.inflate import DamagedError

_MOST_INFO = 64 << 10
_FIRST_SEGMENT = 8 + 4096
_ZIP = b"PK\x03\x04"
_USUAL_ROUNDS = 100_000
_HASHES = frozenset({"SHA1", "SHA256", "SHA384", "SHA512"})
_AGILE, _STANDARD = {(4, 4)}, {(2, 2), (3, 2), (4, 2)}
_ELEMENT = re.compile(rb"<(?:\w{1,20}:)?(keyData|encryptedKey)\s([^<>]{1,8192})>")
_ATTRIBUTE = re.compile(rb'(\w{1,40})\s{0,9}=\s{0,9}"([^"]{0,4096})"')
_MOST_WORKBOOK = 6 << 20
"""What fits into the compound file that is made of it."""
_WORKBOOK_BLOCK = 1024
_IN_CLEAR = frozenset({0x0809, 0x002F, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138})
"""Records that are never encrypted: BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRD..."""
_FILEPASS, _SHEET = 0x002F, 0x0085
_RC4_BASIC, _RC4_CRYPTOAPI = {(1, 1)}, {(2, 2), (3, 2), (4, 2)}


@dataclass(frozen=True, slots=True)
class Lock:
    """How one document is locked."""

    opens: Callable[[str], bool]
    """Whether it opens with a password."""
    plain: Callable[[str], bytes]
    """The document without its lock, given the right password."""
    most_tries: int
    """How many passwords may be tried: fewer when its maker made each of them dear."""


def lock_of_package(info: bytes, package: bytes) -> Lock | None:
    """The lock of an OOXML file, from its two streams; None if it is of no kind that we know."""
    version = _version(info, 0)
    try:
        if version in _AGILE:
            return _agile(info[8:_MOST_INFO], package)
        if version in _STANDARD:
            return _standard(info, package)
    except (KeyError, ValueError, struct.error):
        return None
    return None


def lock_of_workbook(stream: bytes) -> Lock | None:
    """The lock of the stream of an old workbook; None if it is of no kind that we know."""
    if len(stream) > _MOST_WORKBOOK:
        return None
    at = next((at for at, record, _ in _records(stream[:4096]) if record == _FILEPASS), -1)
    try:
        return _rc4(stream, at + 4) if at >= 0 else None
    except (ValueError, struct.error):
        return None


def _version(data: bytes, at: int) -> tuple[int, ...]:
    return struct.unpack_from("<HH", data, at) if at + 4 <= len(data) else ()


def _agile(description: bytes, package: bytes) -> Lock | None:
    found = {tag: dict(_ATTRIBUTE.findall(text)) for tag, text in _ELEMENT.findall(description)}
    data, key = found[b"keyData"], found[b"encryptedKey"]
    rounds, bits = int(key[b"spinCount"]), int(key[b"keyBits"])
    hashes = (key[b"hashAlgorithm"].decode(), data[b"hashAlgorithm"].decode())
    salt, data_salt = _bytes(key[b"saltValue"]), _bytes(data[b"saltValue"])
    wrapped = _bytes(key[b"encryptedKeyValue"])
    if not _HASHES.issuperset(hashes) or rounds < 0 or bits not in {128, 192, 256}:
        return None

    def decrypt(password: str, packed: bytes) -> bytes:
        args = (password, salt, hashes[0], wrapped, rounds, bits)
        secret = ECMA376Agile.makekey_from_password(*args)
        return bytes(ECMA376Agile.decrypt(secret, data_salt, hashes[1], BytesIO(packed)))

    return _lock(decrypt, package, 10 * _USUAL_ROUNDS // max(rounds, _USUAL_ROUNDS))


def _standard(info: bytes, package: bytes) -> Lock:
    (header_size,) = struct.unpack_from("<I", info, 8)
    algorithm, hash_, bits, provider = struct.unpack_from("<4I", info, 20)
    at = 12 + header_size
    salt_size, salt = struct.unpack_from("<I16s", info, at)

    def decrypt(password: str, packed: bytes) -> bytes:
        args = (password, algorithm, hash_, provider, bits, salt_size, salt)
        secret = ECMA376Standard.makekey_from_password(*args)
        whole = packed[: len(packed) - (len(packed) - 8) % 16]
        return bytes(ECMA376Standard.decrypt(secret, BytesIO(whole)))

    return _lock(decrypt, package, 10)


def _lock(decrypt: Callable[[str, bytes], bytes], package: bytes, most_tries: int) -> Lock:
    """A package is a ZIP file, so its first bytes tell the right password.

    msoffcrypto's own test fails wherever a hash is padded, as it is for all files of Office 2010.
    """

    def opens(password: str) -> bool:
        try:
            return decrypt(password, package[:_FIRST_SEGMENT]).startswith(_ZIP)
        except (ValueError, struct.error):
            # A salt or a key of a length that the cipher does not take.
            return False

    def plain(password: str) -> bytes:
        try:
            return decrypt(password, package)
        except (ValueError, struct.error) as error:
            raise DamagedError(f"the locked document: {error}") from error

    return Lock(opens, plain, most_tries)


def _rc4(stream: bytes, at: int) -> Lock | None:
    kind, *version = struct.unpack_from("<HHH", stream, at)
    body = at + 6
    if kind == 1 and tuple(version) in _RC4_BASIC:
        salt, check, check_hash = struct.unpack_from("<16s16s16s", stream, body)
        return Lock(
            lambda password: bool(DocumentRC4.verifypw(password, salt, check, check_hash)),
            lambda password: _workbook(
                stream,
                DocumentRC4.decrypt(password, salt, BytesIO(stream), _WORKBOOK_BLOCK).read(),
            ),
            500,
        )
    if kind == 1 and tuple(version) in _RC4_CRYPTOAPI:
        (header_size,) = struct.unpack_from("<I", stream, body + 4)
        bits = struct.unpack_from("<I", stream, body + 24)[0] or 40
        verifier = body + 8 + header_size
        salt, check, _, check_hash = struct.unpack_from("<16s16sI20s", stream, verifier + 4)
        if bits not in range(40, 129, 8):
            return None
        args = (salt, bits)
        return Lock(
            lambda password: bool(
                DocumentRC4CryptoAPI.verifypw(password, *args, check, check_hash)
            ),
            lambda password: _workbook(
                stream,
                DocumentRC4CryptoAPI.decrypt(
                    password, *args, BytesIO(stream), _WORKBOOK_BLOCK
                ).read(),
            ),
            500,
        )
    return None


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each record begins, its number and its length."""
    at = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        yield at, record, length
        at += 4 + length


def _workbook(stream: bytes, decrypted: bytes) -> bytes:
    """The records in clear: their heads, and some of them whole, are never encrypted."""
    plain = bytearray(decrypted)
    for at, record, length in _records(stream):
        kept = 4 + (length if record in _IN_CLEAR else 4 if record == _SHEET else 0)
        plain[at : at + kept] = stream[at : at + kept]
        if record == _FILEPASS:
            # Without its number no reader takes the workbook for a locked one.
            plain[at : at + 4 + length] = bytes(2) + stream[at + 2 : at + 4] + bytes(length)
    return bytes(plain[: len(stream)])


def _bytes(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
