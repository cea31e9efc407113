"""The head of the audit in a file beside the index: it notices that the end of the index was lost.

A help, no promise: nothing fails because it cannot be written, and whoever can write to the folder
can write to it. It is for an index that was restored from an old copy, or lost its log.
"""

import os
from contextlib import suppress
from pathlib import Path

from quarantine.audit import Head
from quarantine.store import Index

_BYTES = 100


class HeadFile:
    """The file ``path`` about ``index``; without a path nothing is remembered."""

    def __init__(self, path: Path | None, index: Index) -> None:
        self._path = path
        self._index = index
        self._may_write: bool | None = None

    def read(self) -> Head | None:
        """What was written last, by whichever program."""
        if self._path is not None:
            with suppress(OSError):
                return read_head(self._path.read_text("ascii", "replace"))
        return None

    def write(self, head: Head) -> None:
        """Remember it; but what the index has lost stays remembered, until a person decides."""
        if self._path is None:
            return
        if self._may_write is None:
            self._may_write = not self.has_lost_its_end()
        if self._may_write:
            with suppress(OSError):
                _overwrite(self._path, f"{head}\n".encode("ascii").ljust(_BYTES))

    def has_lost_its_end(self) -> bool:
        """True if the index has no longer what was its last record."""
        head = self.read()
        return head is not None and not self._has(head)

    def proves_the_end(self) -> bool:
        """True if the index surely has every record that it ever had, as far as we were told."""
        if self._path is None:
            return True
        head = self.read()
        return self._has(head) if head else not self._index.tip().number

    def _has(self, head: Head) -> bool:
        found = self._index.audit(head.number - 1, 1)
        return any((one.number, (one.mac or b"").hex()) == (head.number, head.mac) for one in found)


def read_head(text: str) -> Head | None:
    """A head as `Head` spells it; None for anything else."""
    number, _, mac = text.strip().partition(":")
    if not number.isdecimal() or len(mac) != 64:
        return None
    return Head(int(number), mac)


def _overwrite(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.pwrite(descriptor, content, 0)
    finally:
        os.close(descriptor)
