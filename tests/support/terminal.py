"""A program on a terminal of its own, typed at and read as a person does."""

import os
import pty
import select
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_SECONDS = 40.0


@dataclass(frozen=True)
class Terminal:
    """The other side of a terminal."""

    descriptor: int

    def type(self, text: str, *, until: str) -> str:
        """Type, and give all that is shown until this is; or what was shown when time is over."""
        os.write(self.descriptor, text.encode())
        shown, end = "", time.monotonic() + _SECONDS
        while until not in shown and time.monotonic() < end:
            if select.select([self.descriptor], [], [], 0.2)[0]:
                shown += os.read(self.descriptor, 65536).decode("utf-8", "replace")
        return shown


@contextmanager
def terminal(command: list[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a program on a new terminal for as long as the block lasts."""
    number, descriptor = pty.fork()
    if number == 0:
        os.execvpe(command[0], command, environment)
    try:
        yield Terminal(descriptor)
    finally:
        os.close(descriptor)
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
