"""A lockbox: holds items encrypted on disk, and knows nothing of who puts them there."""

from quarantine.errors import (
    AmbiguousIdError,
    IntegrityError,
    KeyFileError,
    LockboxError,
    NoRoomError,
    NotFoundError,
    StateError,
    StoreError,
)
from quarantine.item import Details, Item, NewItem, Problem, Query, State
from quarantine.keys import create_key, load_key
from quarantine.lockbox import Lockbox, open_lockbox

__all__ = [
    "AmbiguousIdError",
    "Details",
    "IntegrityError",
    "Item",
    "KeyFileError",
    "Lockbox",
    "LockboxError",
    "NewItem",
    "NoRoomError",
    "NotFoundError",
    "Problem",
    "Query",
    "State",
    "StateError",
    "StoreError",
    "create_key",
    "load_key",
    "open_lockbox",
]
