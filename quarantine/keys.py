"""Keys that protect data keys, and the ring of those that this lockbox knows.

Two profiles. ``local``: one secret both wraps and unwraps (`MasterKey`). ``sealed``: who holds the
public key can only wrap, and the private key lies elsewhere (`pairs.py`).
"""

import os
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from quarantine.errors import IntegrityError

KEY_BYTES = 32
ID_BYTES = 5
_NONCE_BYTES = 12


class WrappingKey(Protocol):
    """A key that protects data keys. Whoever can only ``wrap`` can hold mail and not read it."""

    @property
    def id(self) -> str:
        """Short public name of the key, kept beside all that is wrapped under it."""
        ...

    @property
    def can_read(self) -> bool:
        """True if it unwraps too."""
        ...

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes for another use, the same at every start."""
        ...

    def wrap(self, data_key: bytes, label: str) -> bytes:
        """Encrypt ``data_key``. It opens again under the same ``label`` only."""
        ...

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """The data key. Raises IntegrityError if it is for another key or another label.

        Raises SealedError if this key can only wrap.
        """
        ...


class MasterKey:
    """The profile ``local``: one secret both wraps and unwraps, by AES-256-GCM."""

    can_read = True

    def __init__(self, secret: bytes) -> None:
        # The secret itself encrypts nothing: each use has a key of its own derived from it.
        self.id = derived(secret, "id", ID_BYTES).hex()
        self._secret = secret
        self._cipher = AESGCM(derived(secret, "wrap", KEY_BYTES))

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes for another part of the program, the same at every start."""
        return derived(self._secret, f"for {purpose}", KEY_BYTES)

    def wrap(self, data_key: bytes, label: str) -> bytes:
        """Encrypt ``data_key``. It opens again under the same ``label`` only."""
        # NIST SP 800-38D 8.3: random nonces are good for 2^32 items under one master key.
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data_key, label.encode())

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """The data key. Raises IntegrityError if it is for another key or another label."""
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, label.encode())
        except (InvalidTag, ValueError) as error:
            raise does_not_open(label, self.id) from error


class KeyRing:
    """The key that seals what is new, and older ones that may still be needed to read."""

    def __init__(self, current: WrappingKey, older: Sequence[WrappingKey] = ()) -> None:
        self.current = current
        self._by_id = {key.id: key for key in (*reversed(older), current)}

    @property
    def all(self) -> tuple[WrappingKey, ...]:
        """Every key, the current one first."""
        others = (key for key in self._by_id.values() if key.id != self.current.id)
        return (self.current, *others)

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._by_id

    def unwrap(self, wrapped: bytes, label: str, key_id: str) -> bytes:
        """The data key that was wrapped under the key ``key_id``."""
        key = self._by_id.get(key_id)
        if key is None:
            raise IntegrityError(
                f"the key of {label} is under master key {key_id}, and this one is "
                f"{self.current.id}: open it with the key file of {key_id}"
            )
        return key.unwrap(wrapped, label)


def new_data_key() -> bytes:
    """A fresh key, for one item or one note only."""
    return os.urandom(KEY_BYTES)


def derived(secret: bytes, purpose: str, length: int) -> bytes:
    """A key for one purpose, which tells nothing of ``secret`` or of those for other purposes."""
    return HKDFExpand(SHA256(), length, f"lazaretto {purpose} 1".encode()).derive(secret)


def does_not_open(label: str, key_id: str) -> IntegrityError:
    """What to say of a wrapped key that the key ``key_id`` does not open."""
    return IntegrityError(
        f"the key of {label} does not open under master key {key_id}: "
        "the index was changed, or the key belongs to another lockbox"
    )
