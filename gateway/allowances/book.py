"""The file of the exceptions: written by commands, read by the gateway whenever it has changed."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.allowances.allowance import Allowance
from gateway.trouble import Trouble

_MOST_BYTES = 1 << 20


class BookError(Trouble):
    """The file cannot be used. The text says why."""


@dataclass(slots=True)
class AllowanceBook:
    """The exceptions in the file ``path``; none while there is no such file."""

    path: Path
    _seen: tuple[int, int] = (0, 0)
    _known: tuple[Allowance, ...] = field(default=())

    def all(self) -> tuple[Allowance, ...]:
        """Every exception, the expired ones too. Raises BookError; then nothing is allowed."""
        try:
            status = self.path.stat()
            seen = (status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._known = self._read(status)
                self._seen = seen
        except FileNotFoundError:
            self._known = ()
        except OSError as error:
            raise BookError(f"{self.path}: {error.strerror}") from error
        return self._known

    def add(self, make: Callable[[int], Allowance]) -> Allowance:
        """Write down what ``make`` makes of the next number."""
        known = self.all()
        added = make(max((one.number for one in known), default=0) + 1)
        self._write((*known, added))
        return added

    def end(self, number: int, now: datetime) -> Allowance:
        """End an exception now; that there was one stays known."""
        known = self.all()
        ended = next((one for one in known if one.number == number), None)
        if ended is None:
            raise BookError(f"there is no exception {number}: see lazaretto quarantine allowances")
        changed = replace(ended, until=min(ended.until, now))
        self._write(tuple(changed if one is ended else one for one in known))
        return changed

    def _read(self, status: os.stat_result) -> tuple[Allowance, ...]:
        if status.st_mode & 0o022:
            raise BookError(f"{self.path}: others may write to it: chmod 600 {self.path}")
        if status.st_size > _MOST_BYTES:
            raise BookError(f"{self.path}: larger than {_MOST_BYTES} bytes")
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=tuple[Allowance, ...])
        except msgspec.MsgspecError as error:
            raise BookError(f"{self.path}: {error}: restore it, or remove it") from error

    def _write(self, allowances: tuple[Allowance, ...]) -> None:
        """All or nothing: whoever reads meanwhile sees the old ones or the new ones."""
        unfinished = self.path.with_suffix(".tmp")
        content = msgspec.json.format(msgspec.json.encode(allowances), indent=1)
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            unfinished.rename(self.path)
        except OSError as error:
            raise BookError(f"{self.path}: {error.strerror}") from error
