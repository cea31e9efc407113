"""Who looks after the quarantine while the gateway runs, as the settings say."""

from gateway.config import Settings
from gateway.events import Events
from gateway.holding import Patience
from gateway.lockboxes import retention
from gateway.notices.alarm import Alarm
from gateway.smtp.outbound import NextHop
from gateway.upkeep import Upkeep
from quarantine import Lockbox


def patience(settings: Settings) -> Patience:
    """How long held messages may wait until somebody looks at them."""
    asked = settings.quarantine
    by_recipient = {named.lower(): seconds for named, seconds in asked.look_within_for.items()}
    return Patience(asked.look_within.seconds(), by_recipient)


def upkeep(settings: Settings, held: Lockbox, next_hop: NextHop, events: Events) -> Upkeep:
    """Who raises alarms, purges, and says how the audit ends."""
    notices = settings.notices
    return Upkeep(
        held,
        next_hop,
        events,
        retention(settings),
        Alarm(notices.language, notices.sender),
        settings.quarantine.alarm_mail,
    )
