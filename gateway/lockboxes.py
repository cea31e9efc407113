"""Opens the quarantine as the settings say, and keeps it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from gateway.config import Settings
from gateway.events import Events
from gateway.failpoints import reach
from gateway.holding import Patience
from gateway.notices.alarm import Alarm
from gateway.smtp.outbound import NextHop
from gateway.upkeep import Upkeep
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


def patience(settings: Settings) -> Patience:
    """How long held messages may wait until somebody looks at them."""
    asked = settings.quarantine
    by_recipient = {named.lower(): seconds for named, seconds in asked.look_within_for.items()}
    return Patience(asked.look_within.seconds(), by_recipient)


def retention(settings: Settings) -> dict[str, timedelta]:
    """How long each class is kept."""
    seconds = settings.quarantine.retention.seconds()
    return {kind: timedelta(seconds=count) for kind, count in seconds.items()}


def upkeep(settings: Settings, held: Lockbox, next_hop: NextHop, events: Events) -> Upkeep:
    """Who looks after the quarantine while the gateway runs."""
    notices = settings.notices
    return Upkeep(
        held,
        next_hop,
        events,
        retention(settings),
        Alarm(notices.language, notices.sender),
        settings.quarantine.alarm_mail,
    )
