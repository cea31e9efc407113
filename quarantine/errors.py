"""What can go wrong with a lockbox; each message says what, where and what to do about it."""

from collections.abc import Sequence


class LockboxError(Exception):
    """Any trouble with a lockbox: catch this one to catch them all."""


class KeyFileError(LockboxError):
    """A key file is missing, unsafe, damaged, or for another lockbox."""


class SealedError(LockboxError):
    """This key can only seal: what is held opens with the private key, which lies elsewhere."""


class IntegrityError(LockboxError):
    """What is on disk is not what was put there: a changed, cut, swapped or missing file."""


class MissingError(IntegrityError):
    """The file of a message is not there at all."""


class StateError(LockboxError):
    """The item is in a state that does not allow what was asked."""


class SecondPersonError(StateError):
    """Somebody else has to approve of this first."""


class NotFoundError(LockboxError):
    """No item has this id."""


class AmbiguousIdError(LockboxError):
    """Several items have ids that begin like this. ``matches`` names the newest few of them."""

    def __init__(self, message: str, matches: Sequence[str]) -> None:
        super().__init__(message)
        self.matches = tuple(matches)


class ClockError(LockboxError):
    """The clock has jumped, so nobody knows how old anything is. Nothing was purged."""


class LockedError(LockboxError):
    """Another process does what only one may do at a time."""


class NoRoomError(LockboxError):
    """The disk is too full to hold more. Nothing was held; try again when there is room."""


class StoreError(LockboxError):
    """The disk or the index failed. Whether anything was held is not known, so say no."""


class BusyError(StoreError):
    """Another process keeps the index locked. Nothing was held."""
