"""A file of lines in which whoever writes at the same moment shares one fsync.

1. One thread writes. What it was given first, it writes first.
2. After a write that failed nobody knows what the disk holds: the file is not appended to again,
   but written anew from memory, and takes the place of the old one when it is whole.
"""

import asyncio
import errno
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

Snapshot = Callable[[], Iterable[bytes]]


@dataclass(slots=True)
class _Batch:
    """Lines that go to disk together. ``written`` is set once they are on their way."""

    lines: list[bytes] = field(default_factory=list)
    written: asyncio.Future[None] | None = None


class DurableLines:
    """Lines that survive a crash. ``snapshot`` gives the lines that a new file begins with.

    Each line ends in a newline and has no other. The file is written anew when it has grown to
    ``spare_lines`` more than twice what the last snapshot had.
    """

    def __init__(self, path: Path, snapshot: Snapshot, *, spare_lines: int = 10_000) -> None:
        self._path = path
        self._snapshot = snapshot
        self._spare_lines = spare_lines
        self._turn = asyncio.Lock()
        self._batch = _Batch()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="durable-lines")
        self._descriptor = -1
        self._is_doubtful = True
        self._lines = 0
        self._most_lines = 0

    def read(self) -> list[bytes]:
        """The lines that are there; a last one without its newline was never finished."""
        try:
            octets = self._path.read_bytes()
        except FileNotFoundError:
            return []
        return octets.split(b"\n")[:-1]

    async def append(self, line: bytes) -> None:
        """Write a line; it is on disk when this returns. Raises OSError."""
        batch = self._batch
        batch.lines.append(line)
        async with self._turn:
            if batch.written is None:
                self._batch = _Batch()
                batch.written = self._write(batch.lines)
            # A caller that is cancelled leaves the others of its batch their result.
            await asyncio.shield(batch.written)

    def note(self, line: bytes) -> None:
        """Write a line soon. A power cut may lose it, and a failure shows at the next append."""
        self._lines += 1
        self._writer.submit(self._extend, line, must_last=False)

    async def close(self) -> None:
        """Wait for what is on its way, and close the file."""
        async with self._turn:
            await asyncio.to_thread(self._writer.shutdown)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, lines: list[bytes]) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        self._lines += len(lines)
        if self._is_doubtful or self._lines > self._most_lines:
            lines = list(self._snapshot())
            self._lines = len(lines)
            self._most_lines = 2 * self._lines + self._spare_lines
            return loop.run_in_executor(self._writer, self._replace, b"".join(lines))
        return loop.run_in_executor(self._writer, self._extend, b"".join(lines))

    # What the thread does.

    def _extend(self, octets: bytes, *, must_last: bool = True) -> None:
        if self._is_doubtful:
            raise OSError(errno.EIO, "an earlier write failed", str(self._path))
        self._is_doubtful = True
        _write_all(self._descriptor, octets)
        if must_last:
            os.fdatasync(self._descriptor)
        self._is_doubtful = False

    def _replace(self, octets: bytes) -> None:
        self._is_doubtful = True
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _write_all(descriptor, octets)
            os.fsync(descriptor)
            fresh.replace(self._path)
            _sync_directory(self._path.parent)
        except OSError:
            os.close(descriptor)
            raise
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = descriptor
        self._is_doubtful = False


def _write_all(descriptor: int, octets: bytes) -> None:
    view = memoryview(octets)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
