"""Folders whose entries survive a loss of power."""

import os
from collections.abc import Callable
from pathlib import Path

INDEX = "index.sqlite"
MESSAGES = "messages"
"""What a lockbox's folder has in it."""


def sync_folder(folder: Path, sync: Callable[[int], None] = os.fsync) -> None:
    """Bring the names in ``folder`` to the disk: the fsync of a file does not include its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make ``folder`` for its owner only, if it is not there, and whatever it lies in."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def make_file(path: Path) -> None:
    """Make an empty file that only its owner can read, if it is not there."""
    if path.exists():
        return
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    sync_folder(path.parent)
