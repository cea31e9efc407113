"""Opens the lockbox in a folder: the one place that chooses files and SQLite."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from quarantine.ballast import Ballast
from quarantine.durable import INDEX, MESSAGES, check_owner, make_file, make_folder
from quarantine.errors import StoreError
from quarantine.files import FileBlobs, Step, no_stop
from quarantine.keys import WrappingKey
from quarantine.lockbox import RESERVE_BYTES, Lockbox
from quarantine.sqlite import SQLiteIndex

_HEAD = "audit.head"
_BALLAST = "ballast"
_BALLAST_SHARE = 4
"""The ballast takes one part in so many of what has to stay free."""


def open_lockbox(
    folder: Path,
    key: WrappingKey,
    *,
    older_keys: Sequence[WrappingKey] = (),
    reserve_bytes: int = RESERVE_BYTES,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    origin: str = "",
    step: Step = no_stop,
) -> Lockbox:
    """The lockbox in ``folder``, made when it is not there.

    Several processes may have one folder open at a time. ``older_keys`` still open what was
    sealed before ``key`` came.
    """
    blobs, index = folder / MESSAGES, folder / INDEX
    check_owner(folder)
    try:
        make_folder(blobs)
        make_file(index)
        # A new index would make an orphan of every message that is held here.
        has_messages = any(blobs.iterdir())
    except OSError as error:
        raise StoreError(
            f"cannot keep items in {folder}: {error.filename or blobs}: {error.strerror}"
        ) from error
    with ExitStack() as undo:
        rows = SQLiteIndex(index, may_be_new=not has_messages)
        undo.callback(rows.close)
        box = Lockbox(
            FileBlobs(blobs, step=step),
            rows,
            key=key,
            older_keys=older_keys,
            reserve_bytes=reserve_bytes,
            clock=clock,
            origin=origin,
            ballast=Ballast(folder / _BALLAST, reserve_bytes // _BALLAST_SHARE),
            head_file=folder / _HEAD,
            step=step,
        )
        undo.pop_all()
    return box
