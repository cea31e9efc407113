"""Notices that workers die of message after message: then more is wrong than one message."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_FEWEST_DEATHS = 5
"""Fewer are chance, or one hostile sender: a message kills two workers at most."""
_LAST_MESSAGES = 10
_WINDOW_SECONDS = 60.0
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many deaths are borne."""

    share: float = 0.2
    """Of the messages of the last minute. Of the last ten messages it is always one half."""
    probation_seconds: float = 3600.0
    """Rules that are not older than this are to blame; older ones have proved themselves."""


@dataclass(frozen=True, slots=True)
class Count:
    """Too many ``deaths`` among so many ``messages``; ``are_rules_new`` says what to blame."""

    deaths: int
    messages: int
    are_rules_new: bool


class Breaker:
    """Counts messages and deaths under one set of rules. ``clock`` gives monotonic seconds."""

    def __init__(
        self, tolerance: Tolerance, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tolerance = tolerance
        self._clock = clock
        self._judged: deque[tuple[float, bool]] = deque(maxlen=_KEPT)
        self._probation_end = clock()

    def renew(self) -> None:
        """New rules judge from here on."""
        self._judged.clear()
        self._probation_end = self._clock() + self._tolerance.probation_seconds

    def note(self, *, died: bool) -> Count | None:
        """One more message was judged. A count when that was one death too many.

        After that it is counted from nothing again.
        """
        now = self._clock()
        self._judged.append((now, died))
        if not died:
            return None
        last = [dead for _, dead in self._judged][-_LAST_MESSAGES:]
        recent = [dead for at, dead in self._judged if at > now - _WINDOW_SECONDS]
        for judged, share in ((last, 0.5), (recent, self._tolerance.share)):
            if sum(judged) >= max(_FEWEST_DEATHS, share * len(judged)):
                self._judged.clear()
                return Count(sum(judged), len(judged), now < self._probation_end)
        return None
