"""Follows the scan inside a worker: writes the logbook, and cuts a step that takes too long.

Rule 1. Python code that takes too long is cut where it is: a tick every second looks at the clock.
Rule 2. Native code cannot be cut. When no tick has passed for so much processor time, the kernel
    ends the worker, and the logbook says where it was.
"""

import signal
from collections.abc import Callable
from types import FrameType

from gateway.model import Finding, Gap, Lineage, Listed
from gateway.scan.budget import ExhaustedError
from gateway.scan.watch import OverdueError
from gateway.workers.logbook import Entry, Logbook, Step
from gateway.workers.tidy import tidy_finding, tidy_gap, tidy_lineage, tidy_listed

_TICK_SECONDS = 1.0
_GRACE_SECONDS = 5.0
"""How much longer native code may go on, which cannot be cut but only killed."""
DEADLY_SIGNAL = signal.SIGPROF


class Lookout:
    """The watch that a worker keeps. Made before the worker is confined."""

    def __init__(self, logbook: Logbook, engine_seconds: float) -> None:
        self._logbook = logbook
        self._native_seconds = engine_seconds + _GRACE_SECONDS
        self._check_time: Callable[[], None] | None = None
        self._is_stepping = False
        signal.signal(DEADLY_SIGNAL, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, self._tick)
        signal.siginterrupt(signal.SIGALRM, False)

    def open(self, nonce: str) -> None:
        """From here on it is the message of ``nonce`` that is looked at."""
        self._logbook.open(nonce)
        self._wind()
        signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)

    def close(self) -> None:
        """The scan is over, however it ended."""
        self._is_stepping = False
        self._check_time = None
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)

    def begins(self, check_time: Callable[[], None]) -> None:
        """See Watch, as for the others."""
        self._check_time = check_time

    def steps(self, what: str, lineage: Lineage) -> None:
        """Write down where it goes on; from here on it may be cut."""
        self._logbook.step(Step(what, tidy_lineage(lineage)))
        self._is_stepping = True

    def rests(self) -> None:
        """It must not be cut any more."""
        self._is_stepping = False

    def lists(self, listed: Listed) -> None:
        """Write it down."""
        self._logbook.enter(Entry(listed=tidy_listed(listed)))

    def sees(self, seen: Finding | Gap) -> None:
        """Write it down."""
        if isinstance(seen, Finding):
            self._logbook.enter(Entry(finding=tidy_finding(seen)))
        else:
            self._logbook.enter(Entry(gap=tidy_gap(seen)))

    def _wind(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._native_seconds)

    def _tick(self, _signal: int, _frame: FrameType | None) -> None:
        """Python still runs. Raises OverdueError into a step that has had its time."""
        self._wind()
        if self._check_time is None or not self._is_stepping:
            return
        try:
            self._check_time()
        except ExhaustedError as spent:
            raise OverdueError(spent) from None
