"""Opens OpenDocument files with a password (ODF 1.2, part 3, 4.8): each file inside has a lock.

To a reader of ZIP they are ordinary members, with bytes that mean nothing.
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.inflate import Inflated

MANIFEST = "META-INF/manifest.xml"
MOST_BYTES = 1 << 20
"""Of a manifest that are read."""
_USUAL_ROUNDS = 100_000
_ENTRY = re.compile(rb"<(?:\w{1,20}:)?file-entry\s")
_LOCKED = re.compile(rb"<(?:\w{1,20}:)?encryption-data[\s>]")
_ELEMENT = re.compile(
    rb"<(?:\w{1,20}:)?(algorithm|key-derivation|start-key-generation)\s([^<>]{1,2048})>"
)
_ATTRIBUTE = re.compile(rb'(?:\w{1,20}:)?([\w-]{1,60})\s{0,9}=\s{0,9}"([^"<>]{0,2048})"')
_CIPHERS = (b"#aes256-cbc", b"#aes192-cbc", b"#aes128-cbc")


@dataclass(frozen=True, slots=True)
class Lock:
    """How one file inside is locked."""

    path: str
    vector: bytes
    salt: bytes
    rounds: int
    key_bytes: int
    start_hash: str

    @property
    def most_tries(self) -> int:
        """Fewer than ten when its maker made each try dear."""
        return 10 * _USUAL_ROUNDS // max(self.rounds, _USUAL_ROUNDS)

    def opens(self, packed: bytes, password: str) -> bool:
        """Whether ``packed`` makes sense with ``password``: what is under the lock is deflated."""
        decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            decoder.decompress(self._plain(packed, password), MOST_BYTES)
        except (zlib.error, ValueError):
            return False
        return decoder.eof or bool(decoder.unconsumed_tail)

    def opened(self, packed: bytes, password: str) -> Inflated:
        """The file, as a stream."""
        plain = self._plain(packed, password)
        return Inflated(plain, inflate.once(inflate.deflate))

    def _plain(self, packed: bytes, password: str) -> bytes:
        start = hashlib.new(self.start_hash, password.encode(), usedforsecurity=False).digest()
        key = hashlib.pbkdf2_hmac("sha1", start, self.salt, self.rounds, self.key_bytes)
        whole = packed[: len(packed) // 16 * 16]
        return Cipher(algorithms.AES(key), modes.CBC(self.vector)).decryptor().update(whole)


def count(manifest: bytes) -> int:
    """How many of the files that the manifest lists are encrypted."""
    return len(_LOCKED.findall(manifest))


def locks(manifest: bytes) -> Iterator[Lock]:
    """The locks that we know how to open; what has another one is not among them."""
    for entry in _ENTRY.split(manifest)[1:]:
        if _LOCKED.search(entry):
            try:
                yield _lock(entry)
            except (KeyError, ValueError):
                continue


def _lock(entry: bytes) -> Lock:
    head = dict(_ATTRIBUTE.findall(entry.partition(b">")[0]))
    parts = {name: dict(_ATTRIBUTE.findall(text)) for name, text in _ELEMENT.findall(entry)}
    derivation, algorithm = parts[b"key-derivation"], parts[b"algorithm"]
    if not algorithm[b"algorithm-name"].endswith(_CIPHERS):
        raise ValueError("another cipher")
    if not derivation[b"key-derivation-name"].endswith((b"PBKDF2", b"pbkdf2")):
        raise ValueError("another way to the key")
    start = parts.get(b"start-key-generation", {}).get(b"start-key-generation-name", b"SHA1")
    key_bytes, vector = int(derivation[b"key-size"]), _bytes(algorithm[b"initialisation-vector"])
    if key_bytes not in {16, 24, 32} or len(vector) != 16:
        raise ValueError("a key or a vector of another length")
    return Lock(
        path=head[b"full-path"].decode("utf-8", "replace"),
        vector=vector,
        salt=_bytes(derivation[b"salt"]),
        rounds=max(1, int(derivation[b"iteration-count"])),
        key_bytes=key_bytes,
        start_hash="sha256" if b"256" in start else "sha1",
    )


def _bytes(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
