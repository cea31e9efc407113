"""What is withheld, handed over: the original to the quarantine, a copy to the next hop.

Rule 1. Both have theirs, or neither. The original is held before the final dot of the copy; when
        the next hop says no to that, the original is taken back.
Rule 2. When nobody knows whether the copy has arrived, its original stays under its number: who
        reads the copy may call about it. The retry finds it, and sends the copy once more.
"""

import asyncio
from functools import partial

from gateway.case import Case, Means, Outcome, begin, new_item, send
from gateway.cleaning import COPY_SENT, Copy
from gateway.failpoints import reach
from gateway.smtp import replies
from gateway.smtp.replies import Reply
from quarantine import LockboxError, State

_WHO = "intake"


async def hand_over(case: Case, means: Means, copy: Copy) -> Outcome:
    """Hold the original and send the copy; the next hop's answer is ours."""
    is_new = copy.item != means.once.original(case.identifier)
    is_held = False

    async def before_dot() -> None:
        nonlocal is_held
        await begin(case, means, copy.item, has_copy=True)
        if is_new:
            await asyncio.to_thread(means.lockbox.hold, new_item(case, means), identifier=copy.item)
            is_held = True
        reach("original held")

    reply = await send(case, means, copy.message, before_dot)
    if reply.is_positive:
        await _record(case, means, copy.item, reply)
        reach("copy recorded")
        await means.once.end(case.identifier, reply)
        return Outcome(reply, copy.item)
    if reply is replies.IN_DOUBT or not is_new:
        # Rule 2; an earlier copy may have arrived, too.
        means.once.doubt(case.identifier)
    elif reply is not replies.INTERNAL:
        if is_held:
            await take_back(means, copy.item, f"the mail server did not take a copy: {reply}")
        await means.once.end(case.identifier, reply)
    return Outcome(reply)


async def take_back(means: Means, item: str, why: str) -> None:
    """Undo a hold. Raises LockboxError: then the retry finds it."""
    if await asyncio.to_thread(means.lockbox.state_of, item) is State.HELD:
        await asyncio.to_thread(means.lockbox.delete, item, who=_WHO, why=why)


async def _record(case: Case, means: Means, item: str, reply: Reply) -> None:
    """Tell the quarantine who has a copy. They have it: a failure here changes nothing."""
    people = ", ".join(entry.address for entry in case.envelope.recipients)
    told = f"{reply}; to {people}"
    try:
        record = partial(means.lockbox.record, COPY_SENT, who=_WHO, why=told, typed=item)
        await asyncio.to_thread(record)
    except LockboxError as error:
        means.events.failed(case.identifier, "record", error)
