"""What is done with a message that has been judged: one function for each action, in one table.

Rule 1. A positive reply is given only after the next hop, or the quarantine, has the message.
Rule 2. A message goes to the next hop or to the quarantine: never to both, never to neither. What
        is withheld goes to the quarantine, and then a copy without its bad files to the next hop:
        both, or neither.
Rule 3. Whatever goes wrong on our side is a 4xx, and the sender keeps the message.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from gateway.cleaning import COPY_SENT, Copy
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
from gateway.smtp.submission import submit
from gateway.smtp.trace import trace
from gateway.spool import Spool
from gateway.telemetry.events import Events
from quarantine import Lockbox, LockboxError, NewItem, NoRoomError, State

_WHO = "intake"
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


async def act(case: Case, means: Means) -> Outcome:
    """Do what the verdict asks for. The reply is true when it is given.

    A transaction that was not sent is left open.
    """
    try:
        original = means.once.original(case.identifier)
        if original and not case.copy:
            # Left by an attempt that ended in doubt, and of no use to this one: Rule 2.
            await _take_back(means, original, "its sender came again, and it was not withheld")
        return await _ACTS[case.verdict.action](case, means)
    except BaseException:
        means.once.doubt(case.identifier)
        raise


async def deliver(case: Case, means: Means) -> Outcome:
    """Send the original bytes under our trace headers; the next hop's answer is ours."""

    async def before_dot() -> None:
        await _begin(case, means)

    reply = await _send(case, means, case.message, before_dot)
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
    """Hold the message, and hand its recipients the copy; without one, tell them by mail."""
    if case.copy:
        return await _hand_over(case, means, case.copy)
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


async def _hand_over(case: Case, means: Means, copy: Copy) -> Outcome:
    """Hold the original, then send the copy; undo the one if the other is refused."""
    is_new = copy.item != means.once.original(case.identifier)
    is_held = False

    async def before_dot() -> None:
        nonlocal is_held
        await _begin(case, means, copy.item, has_copy=True)
        if is_new:
            await asyncio.to_thread(
                means.lockbox.hold, _new_item(case, means), identifier=copy.item
            )
            is_held = True
        reach("original held")

    reply = await _send(case, means, copy.message, before_dot)
    if reply.is_positive:
        await _record(case, means, copy.item, reply)
        reach("copy recorded")
        await means.once.end(case.identifier, reply)
        return Outcome(reply, copy.item)
    if reply is replies.IN_DOUBT or not is_new:
        # An earlier copy may have arrived, and its readers know the number of its original.
        means.once.doubt(case.identifier)
    elif reply is not replies.INTERNAL:
        if is_held:
            await _take_back(means, copy.item, f"the mail server did not take a copy: {reply}")
        await means.once.end(case.identifier, reply)
    return Outcome(reply)


async def _record(case: Case, means: Means, item: str, reply: Reply) -> None:
    """Tell the quarantine who has a copy. They have it: a failure here changes nothing."""
    people = ", ".join(entry.address for entry in case.envelope.recipients)
    told = f"{reply}; to {people}"
    try:
        record = partial(means.lockbox.record, COPY_SENT, who=_WHO, why=told, typed=item)
        await asyncio.to_thread(record)
    except LockboxError as error:
        means.events.failed(case.identifier, "record", error)


async def _take_back(means: Means, item: str, why: str) -> None:
    """Undo a hold. Raises LockboxError: then the retry finds it."""
    if await asyncio.to_thread(means.lockbox.state_of, item) is State.HELD:
        await asyncio.to_thread(means.lockbox.delete, item, who=_WHO, why=why)


async def _send(case: Case, means: Means, message: Spool, before_dot: BeforeDot) -> Reply:
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


async def _begin(case: Case, means: Means, item: str = "", *, has_copy: bool = False) -> None:
    """Pass the point of no return: from here on nothing is cut off half way."""
    case.deadline.reschedule(None)
    await means.once.begin(case.identifier, case.key, item, has_copy=has_copy)


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
