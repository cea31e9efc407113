"""What only one process may do at a time in a folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quarantine.errors import LockedError, StoreError

_LONGEST_PID = 20


@contextmanager
def only_one(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock ``name`` of ``folder`` for as long as the ``with`` block lasts.

    Raises LockedError with the number of the process that has it. The kernel lets go of it when
    that process ends, however it ends.
    """
    path = folder / f"{name}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"cannot lock {folder}: {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(descriptor, _LONGEST_PID, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise LockedError(f"{folder} is locked by pid {pid or 'unknown'} ({name})") from None
    try:
        with contextlib.suppress(OSError):  # a full disk: the lock holds without the number
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)
