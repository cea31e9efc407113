"""How many clients are connected, and which one is too many."""

import resource
from collections import Counter

from gateway.smtp import replies
from gateway.smtp.inbound.settings import SessionLimits
from gateway.smtp.replies import Reply

_DESCRIPTORS_OF_A_SESSION = 3
"""The client, the next hop, the message."""
_DESCRIPTORS_OF_THE_HOUSE = 64


class Admission:
    """Counts sessions from ``enter`` to ``leave``."""

    def __init__(self, limits: SessionLimits) -> None:
        self._connections = min(limits.connections, _affordable())
        self._per_client = limits.connections_per_client
        self._clients: Counter[str] = Counter()

    def enter(self, client: str) -> Reply | None:
        """Count one session of ``client``; a Reply says why it must end at once."""
        self._clients[client] += 1
        if self._clients.total() > self._connections:
            return replies.TOO_MANY_CONNECTIONS
        if self._clients[client] > self._per_client:
            return replies.TOO_MANY_FROM_CLIENT
        return None

    def leave(self, client: str) -> None:
        """One session of ``client`` has ended."""
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]


def _affordable() -> int:
    """Sessions for which there are file descriptors. Running out of them stops the whole house."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return 1 << 30
    return max(1, (descriptors - _DESCRIPTORS_OF_THE_HOUSE) // _DESCRIPTORS_OF_A_SESSION)
