"""Sealed bytes as files in a folder, written so that a crash at any moment leaves all or nothing.

Rule 1. A file gets its name only when its bytes are on the disk: write, fsync, rename, fsync of the
folder. A reader never sees half a file.
Rule 2. An error of fsync is final. The kernel may have dropped the bytes and told us once; a second
fsync would say that all is well. The folder takes nothing more until the program starts anew.
Rule 3. A writer holds a lock on its unfinished file, so that another process can tell what a crash
left behind from what is being written now.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quarantine.durable import sync_folder
from quarantine.errors import LockedError, MissingError, NoRoomError, StoreError

Step = Callable[[str], None]
"""Called with the name of each step that has been taken: tests end the process there."""

_UNFINISHED = ".tmp"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def no_stop(_: str) -> None:
    """The step that changes nothing: what runs outside of tests."""


class FileBlobs:
    """Keeps sealed bytes in files. ``sync`` brings a descriptor's bytes to the disk."""

    def __init__(
        self, folder: Path, *, sync: Callable[[int], None] = os.fsync, step: Step = no_stop
    ) -> None:
        self._folder = folder
        self._sync = sync
        self._step = step
        self._trouble = ""

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep the bytes; when this returns they survive a loss of power."""
        if self._trouble:
            raise StoreError(self._trouble)
        unfinished = self._folder / (name + _UNFINISHED)
        try:
            self._write(unfinished, chunks)
            self._step("blob named")
            sync_folder(self._folder, self._synced)
            self._step("folder synced")
        except OSError as error:
            _forget(unfinished)
            raise self._translated(error) from error
        except BaseException:
            _forget(unfinished)
            raise

    def open(self, name: str) -> BinaryIO:
        """The bytes, to be read and closed. Raises MissingError if they are not there."""
        path = self._folder / name
        try:
            return path.open("rb")
        except FileNotFoundError as error:
            raise MissingError(
                f"the message of item {name} is missing: there is no file {path}, "
                "so restore it from a backup"
            ) from error
        except OSError as error:
            raise self._translated(error) from error

    def remove(self, name: str) -> None:
        """Forget the bytes for good. It is no error if they are gone already."""
        try:
            (self._folder / name).unlink(missing_ok=True)
            sync_folder(self._folder, self._synced)
        except OSError as error:
            raise self._translated(error) from error

    def ages(self) -> Iterator[tuple[str, float]]:
        """The name of everything that is kept, and its age in seconds."""
        now = time.time()
        for path in self._paths():
            with contextlib.suppress(FileNotFoundError):  # removed since the folder was read
                if path.suffix != _UNFINISHED:
                    yield path.name, now - path.stat().st_mtime

    def clear_unfinished(self) -> int:
        """Remove what a crash left half written, and say how many; living writers stay."""
        return sum(_remove_abandoned(p) for p in self._paths() if p.suffix == _UNFINISHED)

    def free_bytes(self) -> int:
        """How much more fits; 0 when there is space and no inode for another file."""
        try:
            status = os.statvfs(self._folder)
        except OSError as error:
            raise self._translated(error) from error
        # Some file systems make inodes as they are needed, and count none.
        if status.f_files and not status.f_favail:
            return 0
        return status.f_bavail * status.f_frsize

    @contextmanager
    def claim(self, name: str) -> Iterator[None]:
        """Hold a lock on the file, which the kernel gives back when this process ends."""
        with self.open(name) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LockedError(f"another process works with item {name}") from error
            yield

    def _write(self, unfinished: Path, chunks: Iterable[bytes]) -> None:
        with os.fdopen(_create_locked(unfinished), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            self._step("blob written")
            self._synced(file.fileno())
            self._step("blob synced")
            # Before the file is closed: from then on it could pass for abandoned.
            unfinished.rename(unfinished.with_suffix(""))

    def _synced(self, descriptor: int) -> None:
        try:
            self._sync(descriptor)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                self._trouble = (
                    f"the disk failed to keep what was written to {self._folder} "
                    f"({error.strerror}): look at the disk and the kernel's log, then start the "
                    "program anew"
                )
            raise

    def _translated(self, error: OSError) -> NoRoomError | StoreError:
        if error.errno in _NO_ROOM:
            return NoRoomError(f"the disk of {self._folder} is full ({error.strerror}): make room")
        return StoreError(self._trouble or f"cannot keep items in {self._folder}: {error.strerror}")

    def _paths(self) -> Iterator[Path]:
        try:
            yield from self._folder.iterdir()
        except OSError as error:
            raise self._translated(error) from error


def _create_locked(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    while True:
        descriptor = os.open(path, flags, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Another process may have cleared the file away before we had the lock: make it again.
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)


def _remove_abandoned(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False  # its writer lives, or has just finished
    return True


def _forget(unfinished: Path) -> None:
    # What cannot be removed now is removed at the next start; the first error is the one to tell.
    with contextlib.suppress(OSError):
        unfinished.unlink()
