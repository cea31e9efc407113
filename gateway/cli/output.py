"""Standard output that knows when its reader has seen enough, and ends the program quietly then.

The usual way is an exception that runs through everything that prints: libraries turn it into
messages, task groups into tracebacks, and each of them into an exit code of its own.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

NOBODY_READS = 141
"""As a shell says it of a program that SIGPIPE ended: 128 + 13."""


class _Output(io.TextIOWrapper):
    """Writes until nobody reads any more."""

    def write(self, text: str, /) -> int:
        """Write, or end the program."""
        try:
            return super().write(text)
        except BrokenPipeError:
            self._end()

    def flush(self) -> None:
        """Flush, or end the program."""
        try:
            super().flush()
        except BrokenPipeError:
            self._end()

    def _end(self) -> NoReturn:
        # What is still buffered must go somewhere when the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        raise SystemExit(NOBODY_READS)


@contextmanager
def watched() -> Iterator[None]:
    """Watch standard output for as long as the ``with`` block lasts."""
    plain = sys.stdout
    if not isinstance(plain, io.TextIOWrapper):
        yield
        return
    encoding, is_direct = plain.encoding, plain.line_buffering
    sys.stdout = _Output(plain.detach(), encoding, "backslashreplace", line_buffering=is_direct)
    # The plain one has let go of its descriptor: whoever asks it how wide the terminal is gets 80.
    sys.__stdout__ = sys.stdout  # type: ignore[misc]
    try:
        yield
    finally:
        sys.stdout.flush()
