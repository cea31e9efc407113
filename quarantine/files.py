"""Sealed bytes as files in a folder, written so that a crash at any moment leaves all or nothing.

Rule 1. A file gets its name only when its bytes are on the disk and its row is in the index: write,
fsync, fsync of the folder, the row, rename. A reader never sees half a file, and a file that has
its name was an item once: it is never removed because no row knows it.
Rule 2. An error of fsync is final. The kernel may have dropped the bytes and told us once; a second
fsync would say that all is well. The folder takes nothing more until the program starts anew.
Rule 3. A writer holds a lock on its unfinished file, so that another process can tell what a crash
left behind from what is being written now. What an error left behind in this life of the program is
settled in the next one: only then the index is sure of what it has.
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
        self._began = time.time()

    @contextmanager
    def put(self, name: str, chunks: Iterable[bytes]) -> Iterator[None]:
        """Keep the bytes: on the disk when the block begins, with their name when it ends."""
        if self._trouble:
            raise StoreError(self._trouble)
        unfinished = self._unfinished(name)
        with self._created(unfinished) as file:
            try:
                self._write(file, chunks)
            except OSError as error:
                _forget(unfinished)
                raise self._translated(error) from error
            except BaseException:
                _forget(unfinished)
                raise
            yield
            # They have a row: what gets no name now gets it at the next start.
            with contextlib.suppress(OSError):
                unfinished.rename(self._folder / name)
            # Before the file is closed: from then on it could pass for abandoned.
            self._step("blob named")

    def open(self, name: str) -> BinaryIO:
        """The bytes, to be read and closed. Raises MissingError if they are not there."""
        path = self._folder / name
        # The last one again: it may have got its name between our two looks.
        for place in (path, self._unfinished(name), path):
            try:
                return place.open("rb")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise self._translated(error) from error
        raise MissingError(
            f"the message of item {name} is missing: there is no file {path}, "
            "so restore it from a backup"
        )

    def remove(self, name: str) -> None:
        """Forget the bytes for good. It is no error if they are gone already."""
        try:
            (self._folder / name).unlink(missing_ok=True)
            self._unfinished(name).unlink(missing_ok=True)
            sync_folder(self._folder, self._synced)
        except OSError as error:
            raise self._translated(error) from error

    def ages(self) -> Iterator[tuple[str, float]]:
        """The name of everything that has its name, and its age in seconds."""
        now = time.time()
        for path in self._paths():
            with contextlib.suppress(FileNotFoundError):  # removed since the folder was read
                if path.suffix != _UNFINISHED:
                    yield path.name, now - path.stat().st_mtime

    def settle(self, belongs: Callable[[str], bool]) -> int:
        """Give what a crash left unfinished its name if it ``belongs``, else remove it."""
        left = [path for path in self._paths() if path.suffix == _UNFINISHED]
        return sum(self._settle(path, belongs) for path in left)

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

    def _unfinished(self, name: str) -> Path:
        return self._folder / (name + _UNFINISHED)

    def _created(self, unfinished: Path) -> BinaryIO:
        try:
            return os.fdopen(_create_locked(unfinished), "wb")
        except OSError as error:
            raise self._translated(error) from error

    def _write(self, file: BinaryIO, chunks: Iterable[bytes]) -> None:
        file.writelines(chunks)
        file.flush()
        self._step("blob written")
        self._synced(file.fileno())
        self._step("blob synced")
        sync_folder(self._folder, self._synced)
        self._step("folder synced")

    def _settle(self, unfinished: Path, belongs: Callable[[str], bool]) -> bool:
        """True if it was removed."""
        try:
            with unfinished.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                named = unfinished.with_suffix("")
                # Of two with one name the first is the item: the other one's row was refused.
                if belongs(unfinished.stem) and not named.exists():
                    unfinished.rename(named)
                    return False
                if os.fstat(file.fileno()).st_mtime >= self._began:
                    return False
                unfinished.unlink()
        except (BlockingIOError, FileNotFoundError):
            return False  # its writer lives, or has just finished
        except OSError as error:
            raise self._translated(error) from error
        return True

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


def _forget(unfinished: Path) -> None:
    # What cannot be removed now is removed at the next start; the first error is the one to tell.
    with contextlib.suppress(OSError):
        unfinished.unlink()
