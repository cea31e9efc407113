"""Seals bytes of any length under a data key: compressed, then encrypted in chunks.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) over AES-256-GCM, as age
and Tink use it. The nonce of a chunk is

    7 random bytes | number of the chunk, 4 bytes | 1 if it is the last chunk, else 0

so that a chunk that was changed, moved, repeated, cut off or appended does not open. The label goes
into every chunk as associated data: what was sealed as one thing does not open as another.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quarantine.errors import IntegrityError
from quarantine.keys import KeyRing, WrappingKey, new_data_key

CHUNK_BYTES = 64 * 1024
_INFLATED_BYTES = 1 << 20
_TAG_BYTES = 16
_PREFIX_BYTES = 7
_MAGIC = b"LZB1"
# Mail is base64 for the most part: higher levels cost more time and save nothing.
_ZLIB_LEVEL = 1
_ADVICE = "the bytes on disk are not those that were put there, so restore it from a backup"


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A short text under a key of its own, which is wrapped under the key ``key_id``."""

    key_id: str
    wrapped_key: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


def seal(key: bytes, label: str, plain: bytes | memoryview) -> Iterator[bytes]:
    """Compress and encrypt ``plain``, piece by piece."""
    cipher, prefix = AESGCM(key), os.urandom(_PREFIX_BYTES)
    yield _MAGIC + prefix
    for number, (chunk, is_last) in enumerate(_chunks(_compressed(plain))):
        yield cipher.encrypt(_nonce(prefix, number, is_last=is_last), chunk, label.encode())


def unseal(key: bytes, label: str, sealed: BinaryIO) -> Iterator[bytes]:
    """What was sealed, piece by piece. Raises IntegrityError at the first piece that is wrong.

    Only when the iterator has ended is it sure that nothing is missing.
    """
    header = sealed.read(len(_MAGIC) + _PREFIX_BYTES)
    if not header.startswith(_MAGIC) or len(header) < len(_MAGIC) + _PREFIX_BYTES:
        raise IntegrityError(f"{label} does not begin as it must: {_ADVICE}")
    cipher, prefix, inflate = AESGCM(key), header[len(_MAGIC) :], zlib.decompressobj()
    for number, (chunk, is_last) in enumerate(_sealed_chunks(sealed)):
        try:
            opened = cipher.decrypt(_nonce(prefix, number, is_last=is_last), chunk, label.encode())
            yield from _inflated(inflate, opened)
        except (InvalidTag, zlib.error) as error:
            raise IntegrityError(f"{label} is damaged in chunk {number}: {_ADVICE}") from error


def seal_note(key: WrappingKey, label: str, text: str) -> SealedNote:
    """Seal a short text by itself: it stays readable when the item that it is about is gone."""
    data_key = new_data_key()
    sealed = b"".join(seal(data_key, label, text.encode()))
    return SealedNote(key.id, key.wrap(data_key, label), sealed)


def unseal_note(ring: KeyRing, label: str, note: SealedNote) -> str:
    """The text of a note."""
    data_key = ring.unwrap(note.wrapped_key, label, note.key_id)
    return b"".join(unseal(data_key, label, BytesIO(note.sealed))).decode()


def _inflated(inflate: "zlib._Decompress", deflated: bytes) -> Iterator[bytes]:
    """A piece at a time: 64 KiB of zeros become 64 MiB, which nobody needs at once."""
    while deflated:
        yield inflate.decompress(deflated, _INFLATED_BYTES)
        deflated = inflate.unconsumed_tail


def reseal_note(ring: KeyRing, label: str, note: SealedNote) -> SealedNote:
    """The same note under the current key of the ring; its text is not opened."""
    data_key = ring.unwrap(note.wrapped_key, label, note.key_id)
    return replace(note, key_id=ring.current.id, wrapped_key=ring.current.wrap(data_key, label))


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, is_last)


def _compressed(plain: bytes | memoryview) -> Iterator[bytes]:
    deflate, view = zlib.compressobj(_ZLIB_LEVEL), memoryview(plain)
    for start in range(0, len(view), CHUNK_BYTES):
        yield deflate.compress(view[start : start + CHUNK_BYTES])
    yield deflate.flush()


def _chunks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in chunks of one size, each with whether it is the last."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES]), False
            del waiting[:CHUNK_BYTES]
    yield bytes(waiting), True


def _sealed_chunks(sealed: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    chunk = sealed.read(CHUNK_BYTES + _TAG_BYTES)
    while following := sealed.read(CHUNK_BYTES + _TAG_BYTES):
        yield chunk, False
        chunk = following
    yield chunk, True
