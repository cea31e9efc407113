"""The master key: a file that only its owner can read, and the wrapping of data keys under it."""

import base64
import binascii
import os
import stat
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from quarantine.durable import sync_folder
from quarantine.errors import IntegrityError, KeyFileError

KEY_BYTES = 32
_NONCE_BYTES = 12
_HEADING = "lazaretto-master-key-1"


class WrappingKey(Protocol):
    """A key that protects data keys.

    Whoever can only ``wrap`` can hold mail and not read it: a key pair whose private half lives
    elsewhere fits here as well.
    """

    @property
    def id(self) -> str:
        """Short public name of the key, kept beside all that is wrapped under it."""
        ...

    def wrap(self, data_key: bytes, label: str) -> bytes:
        """Encrypt ``data_key``. It opens again under the same ``label`` only."""
        ...

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """The data key. Raises IntegrityError if it is for another key or another label."""
        ...


class MasterKey:
    """The profile ``local``: one secret both wraps and unwraps, by AES-256-GCM."""

    def __init__(self, secret: bytes) -> None:
        # The secret itself encrypts nothing: each use has a key of its own derived from it.
        self.id = _derive(secret, "id", 5).hex()
        self._secret = secret
        self._cipher = AESGCM(_derive(secret, "wrap", KEY_BYTES))

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes for another part of the program, the same at every start."""
        return _derive(self._secret, f"for {purpose}", 32)

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
            raise IntegrityError(
                f"the key of {label} does not open under master key {self.id}: "
                "the index was changed, or the key belongs to another lockbox"
            ) from error


def new_data_key() -> bytes:
    """A fresh key, for one item or one note only."""
    return os.urandom(KEY_BYTES)


def create_key(path: Path) -> MasterKey:
    """Make a master key and write it to ``path``, readable by its owner only; never overwrites."""
    secret = os.urandom(KEY_BYTES)
    key = MasterKey(secret)
    line = f"{_HEADING}:{key.id}:{base64.b64encode(secret).decode()}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise KeyFileError(
            f"{path} exists already and is left as it is: to make a new key, name another file"
        ) from error
    except OSError as error:
        raise KeyFileError(f"cannot make the key file {path}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return key


def load_key(path: Path) -> MasterKey:
    """Read the master key in ``path``. Raises KeyFileError with the reason if it is not safe."""
    try:
        with path.open("rb") as file:
            _check_owner_only(path, os.fstat(file.fileno()))
            content = file.read(4096)
    except FileNotFoundError as error:
        raise KeyFileError(
            f"there is no key file {path}: bring it back from its safe place, "
            "or make a new one if this lockbox is new"
        ) from error
    except OSError as error:
        raise KeyFileError(f"cannot read the key file {path}: {error.strerror}") from error
    return _parse(path, content)


def _check_owner_only(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(f"{path} is not a file, so it cannot be the key file")
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise KeyFileError(
            f"the key file {path} has mode {mode:04o}, so others than its owner can get at it: "
            f"run 'chmod 600 {path}', and think about who may have read it"
        )


def _parse(path: Path, content: bytes) -> MasterKey:
    try:
        heading, key_id, encoded = content.decode("ascii").strip().split(":")
        secret = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise KeyFileError(
            f"{path} is not a key file: one line '{_HEADING}:ID:SECRET' is expected"
        ) from error
    if heading != _HEADING:
        raise KeyFileError(f"{path} is a key file of another kind: '{_HEADING}' is expected")
    if len(secret) != KEY_BYTES:
        raise KeyFileError(
            f"the key in {path} has {len(secret)} bytes and not {KEY_BYTES}: the file was cut, "
            "so bring it back from its safe place"
        )
    key = MasterKey(secret)
    if key.id != key_id:
        raise KeyFileError(
            f"the key in {path} calls itself {key_id} and is {key.id}: the file was changed, "
            "so bring it back from its safe place"
        )
    return key


def _derive(secret: bytes, purpose: str, length: int) -> bytes:
    return HKDFExpand(SHA256(), length, f"lazaretto {purpose} 1".encode()).derive(secret)
