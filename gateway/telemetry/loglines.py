"""Writes the log from a thread of its own: a slow reader costs lines, and never time."""

import os
import queue
import threading
from collections.abc import Callable
from typing import Self

CAPACITY = 10_000
"""So many lines wait for a slow reader: a few MiB."""
_CLOSING_SECONDS = 2.0


class LogLines:
    """What structlog prints to. ``dropped`` is called for each line that nobody will read.

    It writes to a descriptor: a thread that is stuck in a stream would hold its lock, and Python
    could not end. Use it as a context manager: what waits in the end gets a moment to leave.
    """

    def __init__(
        self, descriptor: int, *, dropped: Callable[[], object], capacity: int = CAPACITY
    ) -> None:
        self._descriptor = descriptor
        self._dropped = dropped
        self._lines: queue.Queue[str | None] = queue.Queue(capacity)
        # A daemon: a reader that never reads cannot keep the process from ending.
        self._writer = threading.Thread(target=self._write_on, name="log", daemon=True)

    def write(self, line: str) -> int:
        """Have a line written soon, or drop it when too many wait."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped()
        return len(line)

    def flush(self) -> None:
        """Nothing: the thread flushes what it writes."""

    def isatty(self) -> bool:
        """True when a person reads along."""
        return os.isatty(self._descriptor)

    def __enter__(self) -> Self:
        self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._lines.put(None, timeout=_CLOSING_SECONDS)
        except queue.Full:
            return
        self._writer.join(_CLOSING_SECONDS)

    def _write_on(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line.encode("utf-8", "backslashreplace"))
            except OSError:  # a full disk, or a reader that is gone
                self._dropped()

    def _write(self, octets: bytes) -> None:
        view = memoryview(octets)
        while view:
            view = view[os.write(self._descriptor, view) :]
