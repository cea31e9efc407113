"""Folders whose entries survive a loss of power."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path

from quarantine.errors import StoreError

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


def check_owner(folder: Path) -> None:
    """Keep root out of a folder of somebody else's: he could not open what root makes there."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    owner = nearest.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise StoreError(
            f"{nearest} belongs to {_name(owner)}: work as that user (sudo -u {_name(owner)} "
            "lazaretto ...), or the gateway could not open what you make there"
        )


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"


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
