"""The parts around the quarantine, and the words to recipients, as the settings say."""

from gateway.allowances.book import AllowanceBook
from gateway.allowances.leniency import Leniency
from gateway.config import Settings
from gateway.custody.holding import Patience
from gateway.custody.lockboxes import retention
from gateway.custody.upkeep import Upkeep
from gateway.notices.alarm import Alarm
from gateway.notices.held import Notices
from gateway.notices.withheld import StandIns
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


def notices(settings: Settings) -> Notices | None:
    """Who tells recipients of messages that are held whole; None for nobody."""
    asked = settings.notices
    if not asked.recipients:
        return None
    return Notices(asked.language, asked.sender, asked.person)


def stand_ins(settings: Settings) -> StandIns:
    """Who tells them of files that are withheld."""
    return StandIns(settings.notices.language, settings.notices.person)
