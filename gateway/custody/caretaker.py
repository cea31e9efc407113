"""The parts around the quarantine while the gateway runs, as the settings say."""

from gateway.allowances.book import AllowanceBook
from gateway.allowances.leniency import Leniency
from gateway.config import Settings
from gateway.custody.holding import Patience
from gateway.custody.lockboxes import retention
from gateway.custody.upkeep import Upkeep
from gateway.notices.alarm import Alarm
from gateway.smtp.outbound import NextHop
from gateway.telemetry.events import Events
from quarantine import Lockbox


def patience(settings: Settings) -> Patience:
    """How long held messages may wait until somebody looks at them."""
    asked = settings.quarantine
    by_recipient = {named.lower(): seconds for named, seconds in asked.look_within_for.items()}
    return Patience(asked.look_within.seconds(), by_recipient)


def leniency(settings: Settings, events: Events) -> Leniency:
    """Who applies the exceptions."""
    return Leniency(AllowanceBook(settings.actions.allowances), settings.actions.authority, events)


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
