"""What is done with a message that has been judged: one function for each action, in one table.

Rule 1. A positive reply is given only after the next hop, or the quarantine, has the message.
Rule 2. A message goes to the next hop or to the quarantine: never to both, never to neither. What
        is withheld goes to the quarantine, and then a copy without its bad files to the next hop:
        both, or neither.
Rule 3. Whatever goes wrong on our side is a 4xx, and the sender keeps the message.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from gateway.case import Case, Means, Outcome, begin, new_item, send
from gateway.handover import hand_over, take_back
from gateway.model import Action, Envelope
from gateway.notices.held import Notices
from gateway.smtp import replies
from gateway.smtp.outbound import InDoubtError
from gateway.smtp.submission import submit
from quarantine import LockboxError, NoRoomError

_NOTICE_SECONDS = 10.0
"""The sender waits for its answer meanwhile."""


async def act(case: Case, means: Means) -> Outcome:
    """Do what the verdict asks for. The reply is true when it is given.

    A transaction that was not sent is left open.
    """
    try:
        original = means.once.original(case.identifier)
        if original and not case.copy:
            # Left by an attempt that ended in doubt, and of no use to this one: Rule 2.
            await take_back(means, original, "its sender came again, and it was not withheld")
        return await _ACTS[case.verdict.action](case, means)
    except BaseException:
        means.once.doubt(case.identifier)
        raise


async def deliver(case: Case, means: Means) -> Outcome:
    """Send the original bytes under our trace headers; the next hop's answer is ours."""

    async def before_dot() -> None:
        await begin(case, means)

    reply = await send(case, means, case.message, before_dot)
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
        return await hand_over(case, means, case.copy)
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


async def _put_away(case: Case, means: Means) -> Outcome:
    try:
        item = means.lockbox.new_id()
        await begin(case, means, item)
        await asyncio.to_thread(means.lockbox.hold, new_item(case, means), identifier=item)
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
