"""How many clients are connected, and which one is too many."""

import resource
from collections import Counter

from gateway.smtp import replies
from gateway.smtp.inbound.settings import SessionLimits
from gateway.smtp.replies import Reply

_OF_THE_HOUSE = 64
"""File descriptors that are neither a client's nor a message's."""
_OF_A_SESSION = 3
"""The client, the next hop, the message."""


class Admission:
    """Counts sessions from ``enter`` to ``leave``; fewer than asked when descriptors are short."""

    def __init__(self, limits: SessionLimits) -> None:
        affordable = (_descriptors() - self.backlog) // _OF_A_SESSION
        self._connections = min(limits.connections, max(1, affordable))
        self._refusal = replies.TOO_MANY_CONNECTIONS
        if self._connections < limits.connections:
            self._refusal = replies.NO_DESCRIPTORS
        self._per_client = limits.connections_per_client
        self._clients: Counter[str] = Counter()

    @property
    def backlog(self) -> int:
        """How many clients asyncio may accept at once, before the first of them is counted."""
        return min(128, max(1, _descriptors() // 4))

    def enter(self, client: str) -> Reply | None:
        """Count one session of ``client``; a Reply says why it must end at once."""
        self._clients[client] += 1
        if self._clients.total() > self._connections:
            return self._refusal
        if self._clients[client] > self._per_client:
            return replies.TOO_MANY_FROM_CLIENT
        return None

    def leave(self, client: str) -> None:
        """One session of ``client`` has ended."""
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]


def _descriptors() -> int:
    """What there is for sessions. A process without file descriptors accepts in a busy loop."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (1 << 30 if soft == resource.RLIM_INFINITY else soft) - _OF_THE_HOUSE
