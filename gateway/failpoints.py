"""Moments at which a test stops the gateway or makes it fail; nothing happens at them otherwise.

1. Nothing arms them but a program that calls ``arm``, and this package has none: no setting, no
   argument and no variable of the environment can. The program that does is among the tests.
2. Every moment that the code reaches stands in ``POINTS``, and every name there is reached.
"""

from collections.abc import Callable, Mapping

POINTS: Mapping[str, str] = {
    "client connected": "before the greeting",
    "part received": "in the middle of a message",
    "message received": "after the final dot, before anything was done about it",
    "worker asked": "a worker has the message and looks at it",
    "verdict reached": "before the message goes to the next hop or into the quarantine",
    "blob written": "the quarantine has written the message, and not yet synced it",
    "blob synced": "before its folder is synced",
    "folder synced": "before the index knows of the message",
    "row committed": "the index has the message, and its file no name yet",
    "blob named": "the quarantine has the message, and the client no answer",
    "recipient accepted": "the next hop knows sender and recipient",
    "part sent": "in the middle of the message to the next hop",
    "original held": "a copy of a withheld message has left but for its final dot",
    "dot sent": "the next hop has the message and has not answered",
    "next hop answered": "before the journal knows of the answer",
    "copy recorded": "the quarantine knows who has a copy, and the journal does not",
    "answer due": "the journal knows, and the client has no answer",
    "answer sent": "before the client has said another word",
    # The upkeep of the quarantine.
    "end recorded": "an item is to be deleted, and all of it is still there",
    "blob removed": "its message is gone, its key and documents are not",
    "key wiped": "its key is gone too",
    "items reindexed": "some items are found by their words, and others not yet",
    "items rewrapped": "some items are under the new key, and others not",
    "notes rewrapped": "the same, of what was written about them",
}
"""Each moment, and what it means to stop there: in the order in which a message meets them."""

_armed: dict[str, Callable[[], None]] = {}


def reach(point: str) -> None:
    """Do what a test has asked for at this moment."""
    if act := _armed.get(point):
        act()


def arm(point: str, act: Callable[[], None]) -> None:
    """From now on call ``act`` at this moment. Only for tests: Rule 1."""
    if point not in POINTS:
        raise ValueError(f"no such moment: {point}")
    _armed[point] = act


def disarm() -> None:
    """Let nothing happen anywhere."""
    _armed.clear()
