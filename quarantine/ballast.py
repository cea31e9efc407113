"""A file that takes up room, so that there is some to give back when the disk is full.

Deleting and recording need a little room too. Without ballast a disk that something else has
filled could not even be tidied up.
"""

import os
from pathlib import Path


class Ballast:
    """``size`` bytes in the file ``path``, or nothing at all if ``size`` is 0."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    @property
    def is_there(self) -> bool:
        """True while there is room to give back."""
        return self._path.exists()

    def fill(self, free_bytes: int) -> None:
        """Take the room, if twice as much is free. Without it everything works but the last."""
        if not self._size or self.is_there or free_bytes < 2 * self._size:
            return
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            self._path.unlink()
        finally:
            os.close(descriptor)

    def drop(self) -> bool:
        """Give the room back; True if there was any."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True
