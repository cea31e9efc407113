"""One message in an anonymous memory file: never on disk, and handed to a worker by descriptor."""

import fcntl
import hashlib
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from gateway.newlines import Survey

_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class Spool:
    """The bytes of one message as its reader sees them: CRLF line ends, dot-stuffing undone.

    Written in chunks, then sealed: from then on nobody can change it, a worker that holds the
    descriptor included. Close it, or use it as a context manager.
    """

    def __init__(self) -> None:
        self._descriptor = os.memfd_create("message", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._digest = hashlib.sha256()
        self._mapped: mmap.mmap | None = None
        self.size = 0
        self.survey = Survey()
        """Of its line ends: counted as it is written, not in one go when it is to be sent."""

    def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Append ``chunk``. Raises OSError when memory is short."""
        view = memoryview(chunk)
        while view:
            written = os.write(self._descriptor, view)
            self._digest.update(view[:written])
            self.size += written
            view = view[written:]
        self.survey.add(bytes(chunk))

    def seal(self) -> None:
        """Freeze the bytes: nobody can change them from here on."""
        fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, _SEALS)

    @property
    def sha256(self) -> str:
        """Digest of what was written so far, as hexadecimal text."""
        return self._digest.hexdigest()

    def fileno(self) -> int:
        """The descriptor; it stays this spool's own."""
        return self._descriptor

    @contextmanager
    def view(self) -> Iterator[memoryview]:
        """The bytes, mapped read-only for as long as the ``with`` block lasts."""
        with memoryview(self._map() if self.size else b"") as view:
            yield view

    def _map(self) -> mmap.mmap:
        # To map and to unmap costs more than to read a small message, so it is done once.
        # MAP_PRIVATE, because a shared mapping would keep the file from being sealed.
        if self._mapped is None or len(self._mapped) != self.size:
            self._mapped = mmap.mmap(
                self._descriptor, self.size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ
            )
        return self._mapped

    def close(self) -> None:
        """Give the memory back; nobody may be looking at it any more."""
        if self._mapped is not None:
            self._mapped.close()
            self._mapped = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
