"""Opens the quarantine as the settings say. Commands start fast because this imports little."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from gateway.config import Settings
from gateway.failpoints import reach
from quarantine import Lockbox, WrappingKey, load_key, open_lockbox


@contextmanager
def lockbox(settings: Settings) -> Iterator[Lockbox]:
    """Open the quarantine. Raises LockboxError when the key or the folder is not usable."""
    asked = settings.quarantine
    with open_lockbox(
        asked.folder,
        load_key(asked.reading_key_file or asked.key_file),
        older_keys=[load_key(file) for file in asked.older_key_files],
        reserve_bytes=asked.disk_floor,
        step=reach,
    ) as opened:
        yield opened


def gateway_key(settings: Settings) -> WrappingKey:
    """The key whose secrets the gateway shares with its commands."""
    return load_key(settings.quarantine.key_file)


def retention(settings: Settings) -> dict[str, timedelta]:
    """How long each class is kept."""
    seconds = settings.quarantine.retention.seconds()
    return {kind: timedelta(seconds=count) for kind, count in seconds.items()}
