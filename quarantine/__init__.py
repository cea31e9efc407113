"""A lockbox: holds items encrypted on disk, and knows nothing of who puts them there."""

from quarantine.audit import Head, Verdict
from quarantine.errors import (
    AmbiguousIdError,
    BusyError,
    ClockError,
    IntegrityError,
    KeyFileError,
    LockboxError,
    LockedError,
    NoRoomError,
    NotFoundError,
    SealedError,
    SecondPersonError,
    StateError,
    StoreError,
)
from quarantine.exclusive import only_one
from quarantine.headfile import read_head
from quarantine.item import (
    Delivery,
    Details,
    Field,
    Item,
    NewItem,
    Problem,
    Query,
    Record,
    Sort,
    State,
)
from quarantine.keyfile import create_key, create_key_pair, load_key
from quarantine.keys import WrappingKey
from quarantine.lockbox import Lockbox
from quarantine.opening import open_lockbox

__all__ = [
    "AmbiguousIdError",
    "BusyError",
    "ClockError",
    "Delivery",
    "Details",
    "Field",
    "Head",
    "IntegrityError",
    "Item",
    "KeyFileError",
    "Lockbox",
    "LockboxError",
    "LockedError",
    "NewItem",
    "NoRoomError",
    "NotFoundError",
    "Problem",
    "Query",
    "Record",
    "SealedError",
    "SecondPersonError",
    "Sort",
    "State",
    "StateError",
    "StoreError",
    "Verdict",
    "WrappingKey",
    "create_key",
    "create_key_pair",
    "load_key",
    "only_one",
    "open_lockbox",
    "read_head",
]
