"""Whether a password may open an entry of a ZIP file, told by the bytes that stand before it.

The old encryption (APPNOTE 6.1) has one byte for it, WinZip's AES two: a yes is likely, a no sure.
"""

import hashlib
import zlib
from collections.abc import Iterator

from gateway.scan.formats.archives.ziprecords import Entry, extra_field

AES = 99
_AES_FIELD = 0x9901
_SALT_BYTES = {1: 8, 2: 12, 3: 16}
_HEADER = 12
_ROUNDS = 1000


def may_open(data: bytes, entry: Entry, password: str) -> bool:
    """True if ``password`` agrees with what stands before the packed bytes."""
    return any(_agrees(data, entry, spelling) for spelling in _spellings(password))


def _agrees(data: bytes, entry: Entry, password: bytes) -> bool:
    if entry.method == AES:
        return _agrees_with_aes(data, entry, password)
    head = data[entry.body : entry.body + _HEADER]
    if len(head) < _HEADER:
        return False
    # 6.1.6: the last byte is that of the checksum, or of the time where the checksum comes later.
    time = data[entry.header + 11 : entry.header + 12]
    return _last_byte(head, password) in {entry.crc >> 24, *time}


def _agrees_with_aes(data: bytes, entry: Entry, password: bytes) -> bool:
    field = extra_field(entry.extra, _AES_FIELD)
    strength = field[4] if len(field) > 4 else 3
    salt_bytes = _SALT_BYTES.get(strength, 16)
    salt = data[entry.body : entry.body + salt_bytes]
    check = data[entry.body + salt_bytes : entry.body + salt_bytes + 2]
    key = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 4 * salt_bytes + 2)
    return key[-2:] == check


def _spellings(password: str) -> Iterator[bytes]:
    yield password.encode("utf-8", "replace")
    if not password.isascii():
        yield from {password.encode(page, "replace") for page in ("cp850", "cp1252")}


def _last_byte(head: bytes, password: bytes) -> int:
    """Decrypt the header of the old encryption, and give its last byte (6.1.5)."""
    keys = (0x12345678, 0x23456789, 0x34567890)
    for byte in password:
        keys = _turned(keys, byte)
    plain = 0
    for byte in head:
        mixed = keys[2] | 2
        plain = byte ^ (mixed * (mixed ^ 1) >> 8 & 0xFF)
        keys = _turned(keys, plain)
    return plain


def _turned(keys: tuple[int, int, int], byte: int) -> tuple[int, int, int]:
    first = _crc(keys[0], byte)
    second = ((keys[1] + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    return first, second, _crc(keys[2], second >> 24)


def _crc(value: int, byte: int) -> int:
    # zlib turns all bits before and after; the keys want neither.
    return zlib.crc32(bytes((byte,)), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
