"""A message that has been judged, what acting on it needs, and the steps that acts share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.cleaning import Copy
from gateway.custody import records
from gateway.custody.holding import Patience, searchable
from gateway.failpoints import reach
from gateway.model import Action, Envelope, Report, Verdict
from gateway.notices.held import Notices
from gateway.notices.withheld import StandIns
from gateway.repeats.once import Once
from gateway.smtp import replies
from gateway.smtp.marks import Marks
from gateway.smtp.outbound import (
    BeforeDot,
    InDoubtError,
    NextHop,
    NextHopError,
    RefusedError,
    Transaction,
)
from gateway.smtp.replies import Reply
from gateway.smtp.trace import trace
from gateway.spool import Spool
from gateway.telemetry.events import Events
from quarantine import Lockbox, LockboxError, NewItem, NoRoomError


@dataclass(frozen=True, slots=True)
class Means:
    """What acting needs."""

    next_hop: NextHop
    lockbox: Lockbox
    notices: Notices | None
    """None when recipients of held mail are not told."""
    events: Events
    once: Once
    hostname: str
    marks: Marks
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    patience: Patience = field(default_factory=Patience)
    stand_ins: StandIns = field(default_factory=StandIns)


@dataclass(frozen=True, slots=True)
class Case:
    """A message that has been judged, and the transaction with the next hop that waits for it."""

    message: Spool
    identifier: str
    key: str
    """What a repetition of it would have in common with it."""
    envelope: Envelope
    report: Report
    verdict: Verdict
    transaction: Transaction
    deadline: asyncio.Timeout
    """Until when acting may begin; what has begun is brought to its end."""
    copy: Copy | None = None
    """What its recipients get of a message that is withheld; None when it is held whole."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: the reply, and its place in the quarantine if it has one."""

    reply: Reply
    item: str = ""


async def send(case: Case, means: Means, message: Spool, before_dot: BeforeDot) -> Reply:
    """Send the message of the case, or its copy, under our trace headers."""
    headers = trace(
        case.envelope,
        case.verdict,
        case.report.pack,
        hostname=means.hostname,
        identifier=case.identifier,
        mark=means.marks.passed(case.identifier),
        now=means.now(),
        withheld=f"{case.copy.item}; files={case.copy.files}" if case.copy else "",
    )
    try:
        reply = await case.transaction.send(headers, message, before_dot=before_dot)
    except RefusedError as refused:
        return refused.reply
    except NextHopError:
        return replies.NEXT_HOP_DOWN
    except InDoubtError as error:
        means.once.doubt(case.identifier)
        means.events.failed(case.identifier, "relay", error)
        return replies.IN_DOUBT
    except NoRoomError as error:
        means.events.failed(case.identifier, "hold", error)
        return replies.NO_ROOM
    except (LockboxError, OSError) as error:
        # It may be held all the same: the retry will ask.
        means.once.doubt(case.identifier)
        stage = "journal" if isinstance(error, OSError) else "hold"
        means.events.failed(case.identifier, stage, error)
        return replies.INTERNAL
    reach("next hop answered")
    return reply


async def begin(case: Case, means: Means, item: str = "", *, has_copy: bool = False) -> None:
    """Pass the point of no return: from here on nothing is cut off half way."""
    case.deadline.reschedule(None)
    await means.once.begin(case.identifier, case.key, item, has_copy=has_copy)


def new_item(case: Case, means: Means) -> NewItem:
    """What the quarantine is to hold; without a copy that is all that becomes of it."""
    pack = case.report.pack
    return NewItem(
        message=case.message,
        envelope=records.encode(case.envelope),
        report=records.encode(case.report),
        kind=case.verdict.kind.word,
        action=(case.verdict.action if case.copy else Action.QUARANTINE).word,
        reasons=case.verdict.reasons,
        pack=f"{pack.name} {pack.version}",
        summary={
            "sender": case.envelope.sender,
            "recipients": ", ".join(entry.address for entry in case.envelope.recipients),
            "subject": case.report.heading.subject,
        },
        searchable=searchable(case.envelope, case.report),
        look_by=means.patience.look_by(case.verdict.kind.word, case.envelope, means.now()),
    )
