"""What is done with a message that has been judged: one function for each action, in one table.

Rule 1. A positive reply is given only after the next hop, or the quarantine, has the message.
Rule 2. A message goes to the next hop or to the quarantine: never to both, never to neither.
Rule 3. Whatever goes wrong on our side is a 4xx, and the sender keeps the message.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.custody import records
from gateway.custody.holding import Patience, searchable
from gateway.failpoints import reach
from gateway.model import Action, Envelope, Report, Verdict
from gateway.notices.held import Notices
from gateway.repeats.once import Once
from gateway.smtp import replies
from gateway.smtp.marks import Marks
from gateway.smtp.outbound import (
    InDoubtError,
    NextHop,
    NextHopError,
    RefusedError,
    Transaction,
)
from gateway.smtp.replies import Reply
from gateway.smtp.submission import submit
from gateway.smtp.trace import trace
from gateway.spool import Spool
from gateway.telemetry.events import Events
from quarantine import Lockbox, LockboxError, NewItem, NoRoomError

_NOTICE_SECONDS = 10.0
"""The sender waits for its answer meanwhile."""


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: the reply, and its place in the quarantine if it has one."""

    reply: Reply
    item: str = ""


async def act(case: Case, means: Means) -> Outcome:
    """Do what the verdict asks for. The reply is true when it is given.

    A transaction that was not sent is left open.
    """
    try:
        return await _ACTS[case.verdict.action](case, means)
    except BaseException:
        means.once.doubt(case.identifier)
        raise


async def deliver(case: Case, means: Means) -> Outcome:
    """Send the original bytes under our trace headers; the next hop's answer is ours."""
    headers = trace(
        case.envelope,
        case.verdict,
        case.report.pack,
        hostname=means.hostname,
        identifier=case.identifier,
        mark=means.marks.passed(case.identifier),
        now=means.now(),
    )
    reply = await _send(case, means, headers)
    reach("next hop answered")
    if reply is not replies.IN_DOUBT:
        await means.once.end(case.identifier, reply)
    return Outcome(reply)


async def hold(case: Case, means: Means) -> Outcome:
    """Put the message into the quarantine; the sender learns nothing."""
    outcome = await _put_away(case, means)
    if outcome.reply is not replies.INTERNAL:
        await means.once.end(case.identifier, outcome.reply)
    return outcome


async def withhold(case: Case, means: Means) -> Outcome:
    """Hold the message, and tell its recipients."""
    outcome = await hold(case, means)
    if outcome.item and means.notices:
        await _tell(case, means, outcome.item, means.notices)
    return outcome


async def defer(_case: Case, _means: Means) -> Outcome:
    """Have the sender keep the message and come back."""
    return Outcome(replies.DEFERRED)


async def reject(_case: Case, _means: Means) -> Outcome:
    """Refuse the message for good."""
    return Outcome(replies.REJECTED)


_ACTS: Mapping[Action, Callable[[Case, Means], Awaitable[Outcome]]] = {
    Action.DELIVER: deliver,
    Action.TAG: deliver,  # the trace headers are the tag
    Action.WITHHOLD: withhold,
    Action.DEFER: defer,
    Action.QUARANTINE: hold,
    Action.REJECT: reject,
}


async def _send(case: Case, means: Means, headers: bytes) -> Reply:
    async def before_dot() -> None:
        await _begin(case, means)

    try:
        return await case.transaction.send(headers, case.message, before_dot=before_dot)
    except RefusedError as refused:
        return refused.reply
    except NextHopError:
        return replies.NEXT_HOP_DOWN
    except InDoubtError as error:
        means.once.doubt(case.identifier)
        means.events.failed(case.identifier, "relay", error)
        return replies.IN_DOUBT
    except OSError as error:
        means.events.failed(case.identifier, "journal", error)
        return replies.INTERNAL


async def _begin(case: Case, means: Means, item: str = "") -> None:
    """Pass the point of no return: from here on nothing is cut off half way."""
    case.deadline.reschedule(None)
    await means.once.begin(case.identifier, case.key, item)


async def _put_away(case: Case, means: Means) -> Outcome:
    try:
        item = means.lockbox.new_id()
        await _begin(case, means, item)
        await asyncio.to_thread(means.lockbox.hold, _new_item(case, means), identifier=item)
    except NoRoomError as error:
        means.events.failed(case.identifier, "hold", error)
        return Outcome(replies.NO_ROOM)
    except (LockboxError, OSError) as error:
        # It may be there all the same: the retry will ask.
        means.once.doubt(case.identifier)
        means.events.failed(case.identifier, "hold", error)
        return Outcome(replies.INTERNAL)
    return Outcome(replies.accepted(case.identifier), item)


async def _tell(case: Case, means: Means, item: str, notices: Notices) -> None:
    """Send the notice. The message is held already: a failure here changes nothing."""
    text = notices.held(item, case.report.heading, case.verdict.kind, now=means.now())
    notice = Envelope("", case.envelope.recipients)
    try:
        async with asyncio.timeout(_NOTICE_SECONDS):
            reply = await submit(means.next_hop, notice, b"", text)
    except TimeoutError:
        reply = replies.NEXT_HOP_DOWN
    except InDoubtError:
        reply = replies.IN_DOUBT
    if not reply.is_positive:
        means.events.notice_failed(item, reply)


def _new_item(case: Case, means: Means) -> NewItem:
    pack = case.report.pack
    return NewItem(
        message=case.message,
        envelope=records.encode(case.envelope),
        report=records.encode(case.report),
        kind=case.verdict.kind.word,
        action=case.verdict.action.word,
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
