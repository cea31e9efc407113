"""What the budget reads from, and nothing else does."""

from typing import Protocol


class Stream(Protocol):
    """Bytes that come as they are asked for; every binary file is one."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes, b"" at the end."""
