"""What one message may cost: every byte, second, level and file is paid for here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.model import Reason
from gateway.scan.stream import Stream

_CHUNK = 1 << 20
_MIB = 1 << 20
_COPIES = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may cost. Over any of them is a gap, with the place."""

    file_bytes: int = 64 * _MIB
    """One expanded file."""
    message_bytes: int = 256 * _MIB
    """All expanded files of a message together."""
    ratio: int = 200
    """Expanded bytes per byte of the message, once ``ratio_floor_bytes`` are spent."""
    ratio_floor_bytes: int = 32 * _MIB
    """Below this much, any ratio is honest: an empty image compresses a thousandfold."""
    depth: int = 10
    files: int = 2_000
    seconds: float = 45.0
    """After this no new file is begun."""
    engine_seconds: float = 20.0
    """One extractor or analyzer at one file."""
    findings: int = 500
    """Of each level, and gaps; more tell an administrator nothing new."""

    def unpacked(self, message_bytes: int) -> int:
        """What may be read of a message of so many bytes, by its ratio."""
        return max(self.ratio * message_bytes, self.ratio_floor_bytes)

    def with_copies(self, message_bytes: int) -> int:
        """The same when copies are reckoned and not read: they cost only whoever unpacks all."""
        return max(self.ratio * message_bytes, _COPIES * self.ratio_floor_bytes)


class ExhaustedError(Exception):
    """The budget is spent for this file or for the whole message."""

    def __init__(self, reason: Reason, detail: str, *, is_final: bool) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.is_final = is_final
        """True when nothing more may be read of this message."""


class Budget:
    """Pays for one message. ``clock`` gives monotonic seconds."""

    def __init__(self, limits: Limits, message_bytes: int, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._step_deadline = self._deadline
        self._bytes_left = limits.message_bytes
        self._ratio_left = limits.unpacked(message_bytes)
        self._files_left = limits.files

    def read(self, stream: Stream, depth: int) -> Iterator[bytes]:
        """Read one member in chunks. Raises ExhaustedError as soon as it costs too much."""
        self._begin(depth)
        size = 0
        while chunk := stream.read(min(_CHUNK, self._room(size) + 1)):
            size += len(chunk)
            self._spend(len(chunk), size)
            yield chunk

    def begin_step(self) -> None:
        """One extractor or analyzer starts at one file."""
        self._step_deadline = self._clock() + self._limits.engine_seconds

    def check_time(self) -> None:
        """Raise ExhaustedError when the time of this message, or of this step, is spent."""
        now = self._clock()
        if now > self._deadline:
            raise ExhaustedError(
                Reason.TOO_SLOW, f"more than {self._limits.seconds:g} s", is_final=True
            )
        if now > self._step_deadline:
            detail = f"more than {self._limits.engine_seconds:g} s at one file"
            raise ExhaustedError(Reason.TOO_SLOW, detail, is_final=False)

    def _begin(self, depth: int) -> None:
        self.check_time()
        if depth > self._limits.depth:
            detail = f"more than {self._limits.depth} levels"
            raise ExhaustedError(Reason.TOO_DEEP, detail, is_final=False)
        if self._files_left <= 0:
            detail = f"more than {self._limits.files} files"
            raise ExhaustedError(Reason.TOO_MANY, detail, is_final=True)
        self._files_left -= 1

    def _room(self, size: int) -> int:
        return max(0, min(self._limits.file_bytes - size, self._bytes_left, self._ratio_left))

    def _spend(self, count: int, size: int) -> None:
        self._bytes_left -= count
        self._ratio_left -= count
        if size > self._limits.file_bytes:
            detail = f"more than {self._limits.file_bytes // _MIB} MiB in one file"
            raise ExhaustedError(Reason.TOO_BIG, detail, is_final=False)
        if self._bytes_left < 0:
            detail = f"more than {self._limits.message_bytes // _MIB} MiB in one message"
            raise ExhaustedError(Reason.TOO_BIG, detail, is_final=True)
        if self._ratio_left < 0:
            detail = f"more than {self._limits.ratio} times the size of the message"
            raise ExhaustedError(Reason.EXPANDS, detail, is_final=True)
        self.check_time()
