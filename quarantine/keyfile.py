"""Key files: one line of text that only its owner can read.

lazaretto-master-key-1:ID:BASE64     the profile ``local``
lazaretto-public-key-1:ID:BASE64     the profile ``sealed``: for the gateway
lazaretto-private-key-1:ID:BASE64    its other half: for the administrator, elsewhere
"""

import base64
import binascii
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from quarantine.durable import sync_folder
from quarantine.errors import KeyFileError
from quarantine.keys import KEY_BYTES, MasterKey, WrappingKey, new_data_key
from quarantine.pairs import PrivateKey, PublicKey, new_pair

_MASTER = "lazaretto-master-key-1"
_PUBLIC = "lazaretto-public-key-1"
_PRIVATE = "lazaretto-private-key-1"
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class _Kind:
    secret_bytes: int
    make: Callable[[bytes], WrappingKey]


_KINDS: Mapping[str, _Kind] = {
    _MASTER: _Kind(KEY_BYTES, MasterKey),
    _PUBLIC: _Kind(2 * KEY_BYTES, lambda both: PublicKey(both[:KEY_BYTES], both[KEY_BYTES:])),
    _PRIVATE: _Kind(2 * KEY_BYTES, lambda both: PrivateKey(both[:KEY_BYTES], both[KEY_BYTES:])),
}


def create_key(path: Path) -> MasterKey:
    """Make a master key and write it to ``path``, readable by its owner only; never overwrites."""
    secret = new_data_key()
    key = MasterKey(secret)
    _write(path, _MASTER, key.id, secret)
    return key


def create_key_pair(public: Path, private: Path) -> PrivateKey:
    """Make a pair of keys: ``public`` is for the gateway, ``private`` for where mail is read."""
    secret, shared = new_pair()
    key = PrivateKey(secret, shared)
    # First the one without which nothing could be read.
    _write(private, _PRIVATE, key.id, secret + shared)
    raw = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    _write(public, _PUBLIC, key.id, raw + shared)
    return key


def load_key(path: Path) -> WrappingKey:
    """Read the key in ``path``. Raises KeyFileError with the reason if it is not safe."""
    try:
        with path.open("rb") as file:
            _check_owner_only(path, os.fstat(file.fileno()))
            content = file.read(_LONGEST)
    except FileNotFoundError as error:
        raise KeyFileError(
            f"there is no key file {path}: bring it back from its safe place, "
            "or make a new one if this lockbox is new"
        ) from error
    except OSError as error:
        raise KeyFileError(f"cannot read the key file {path}: {error.strerror}") from error
    return _parse(path, content)


def _write(path: Path, heading: str, key_id: str, secret: bytes) -> None:
    line = f"{heading}:{key_id}:{base64.b64encode(secret).decode()}\n"
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


def _check_owner_only(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(f"{path} is not a file, so it cannot be the key file")
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise KeyFileError(
            f"the key file {path} has mode {mode:04o}, so others than its owner can get at it: "
            f"run 'chmod 600 {path}', and think about who may have read it"
        )


def _parse(path: Path, content: bytes) -> WrappingKey:
    try:
        heading, key_id, encoded = content.decode("ascii").strip().split(":")
        secret = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise KeyFileError(
            f"{path} is not a key file: one line '{_MASTER}:ID:SECRET' is expected"
        ) from error
    kind = _KINDS.get(heading)
    if kind is None:
        raise KeyFileError(f"{path} is a key file of another kind: '{_MASTER}' is expected")
    if len(secret) != kind.secret_bytes:
        raise KeyFileError(
            f"the key in {path} has {len(secret)} bytes and not {kind.secret_bytes}: the file was "
            "cut, so bring it back from its safe place"
        )
    key = kind.make(secret)
    if key.id != key_id:
        raise KeyFileError(
            f"the key in {path} calls itself {key_id} and is {key.id}: the file was changed, "
            "so bring it back from its safe place"
        )
    return key
