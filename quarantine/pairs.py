"""The profile ``sealed``: a public key that seals, and a private one elsewhere that opens.

A data key is wrapped as age does it: an ephemeral X25519 key for each, HKDF-SHA256 over the shared
secret, AES-256-GCM under the result. The nonce may be constant because no key is used twice.

Both halves carry a second secret, for search tokens and the audit: the gateway can make and find
tokens with it, and can read nothing.
"""

import os
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quarantine.errors import SealedError
from quarantine.keys import ID_BYTES, KEY_BYTES, derived, does_not_open

_NONCE = bytes(12)


class PublicKey:
    """The half of the gateway: it wraps, derives, and unwraps nothing."""

    can_read = False

    def __init__(self, public: bytes, shared: bytes) -> None:
        self.id = derived(public, "public key id", ID_BYTES).hex()
        self._public = public
        self._shared = shared

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes for another part of the program, the same for both halves."""
        return derived(self._shared, f"for {purpose}", KEY_BYTES)

    def wrap(self, data_key: bytes, label: str) -> bytes:
        """Encrypt ``data_key`` so that only the private key opens it, under the same ``label``."""
        ephemeral = X25519PrivateKey.generate()
        sent = ephemeral.public_key().public_bytes_raw()
        agreed = ephemeral.exchange(X25519PublicKey.from_public_bytes(self._public))
        cipher = _cipher(agreed, sent, self._public)
        return sent + cipher.encrypt(_NONCE, data_key, label.encode())

    def unwrap(self, wrapped: bytes, label: str) -> NoReturn:  # noqa: ARG002 - as WrappingKey says
        """Raise SealedError."""
        raise SealedError(
            f"{label} opens only with the private key of {self.id}: work where that key is, "
            "and name its file in quarantine.reading_key_file"
        )


class PrivateKey:
    """The half of the administrator: it does what the other half does, and reads."""

    can_read = True

    def __init__(self, private: bytes, shared: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(private)
        self._public = self._private.public_key().public_bytes_raw()
        self.public_half = PublicKey(self._public, shared)
        self.id = self.public_half.id

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes for another part of the program, the same for both halves."""
        return self.public_half.derive(purpose)

    def wrap(self, data_key: bytes, label: str) -> bytes:
        """Encrypt ``data_key``. It opens again under the same ``label`` only."""
        return self.public_half.wrap(data_key, label)

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """The data key. Raises IntegrityError if it is for another key or another label."""
        sent, sealed = wrapped[:KEY_BYTES], wrapped[KEY_BYTES:]
        try:
            agreed = self._private.exchange(X25519PublicKey.from_public_bytes(sent))
            return _cipher(agreed, sent, self._public).decrypt(_NONCE, sealed, label.encode())
        except (InvalidTag, ValueError) as error:
            raise does_not_open(label, self.id) from error


def new_pair() -> tuple[bytes, bytes]:
    """The secrets of a new pair: the private key, and what both halves share."""
    return X25519PrivateKey.generate().private_bytes_raw(), os.urandom(KEY_BYTES)


def _cipher(agreed: bytes, sent: bytes, public: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, sent + public, b"lazaretto wrap 1").derive(agreed))
