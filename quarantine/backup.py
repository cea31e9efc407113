"""Backs a lockbox up while it is in use, and brings it back.

A backup is a folder of the same shape: an index as of one moment, and every message that it knows.
It is as sealed as the original, and holds no key. Messages are copied before and after the index:
one that came meanwhile is in both, and one that the index does not know does no harm.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from quarantine.durable import INDEX, MESSAGES, check_owner, make_folder, sync_folder
from quarantine.errors import IntegrityError, StoreError
from quarantine.parts import Parts
from quarantine.store import Blobs

_CHUNK = 1 << 20


def back_up(parts: Parts, target: Path) -> int:
    """Write a backup into ``target``, an empty or a new folder; give the number of messages."""
    _make_empty(target)
    messages = target / MESSAGES
    try:
        make_folder(messages)
        names = _copy(parts.blobs, messages, set())
        parts.index.copy_to(target / INDEX)
        # What the copy knows has its name by now, whatever its writer died of.
        parts.settle()
        names |= _copy(parts.blobs, messages, names)
        sync_folder(messages)
        sync_folder(target)
    except OSError as error:
        raise StoreError(
            f"cannot write the backup: {error.filename or target}: {error.strerror}"
        ) from error
    return len(names)


def restore(source: Path, folder: Path) -> int:
    """Bring the backup in ``source`` back into ``folder``, an empty or a new one.

    Gives the number of messages. Open it and run ``fsck`` before it is used.
    """
    if not (source / INDEX).is_file() or not (source / MESSAGES).is_dir():
        raise IntegrityError(f"{source} is no backup: {INDEX} and {MESSAGES} are expected there")
    check_owner(folder)
    _make_empty(folder)
    try:
        make_folder(folder / MESSAGES)
        names = sorted(path.name for path in (source / MESSAGES).iterdir())
        for name in names:
            _copy_file(source / MESSAGES / name, folder / MESSAGES / name)
        sync_folder(folder / MESSAGES)
        # Last: a folder with messages and without an index is not opened.
        _copy_file(source / INDEX, folder / INDEX)
        sync_folder(folder)
    except OSError as error:
        raise StoreError(f"cannot restore: {error.filename or folder}: {error.strerror}") from error
    return len(names)


def _make_empty(folder: Path) -> None:
    try:
        make_folder(folder)
        if any(folder.iterdir()):
            raise StoreError(f"{folder} is not empty: give an empty or a new folder")
    except OSError as error:
        raise StoreError(f"cannot use {folder}: {error.strerror}") from error


def _copy(blobs: Blobs, messages: Path, known: set[str]) -> set[str]:
    names = {name for name, _ in blobs.ages()} - known
    for name in names:
        try:
            stream = blobs.open(name)
        except IntegrityError:
            continue  # deleted since it was listed
        with stream:
            _write(messages / name, iter(lambda: stream.read(_CHUNK), b""))  # noqa: B023
    return names


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as stream:
        _write(target, iter(lambda: stream.read(_CHUNK), b""))


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
