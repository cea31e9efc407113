"""One message from MAIL to the reply to its final dot: offer, scan, decide, act."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Protocol

from gateway.acts import act
from gateway.allowances.leniency import Leniency
from gateway.case import Case, Means
from gateway.cleaning import Copy, Cut, Whole, cleaned, cuts
from gateway.custody import records
from gateway.failpoints import reach
from gateway.model import Action, Envelope, Gap, Pack, Reason, Recipient, Report, Verdict
from gateway.opinions.clamd import ClamdError
from gateway.policy import Policy
from gateway.repeats.poison import Poison
from gateway.smtp import replies
from gateway.smtp.outbound import NextHopError, RefusedError, Transaction
from gateway.smtp.replies import Reply
from gateway.spool import Spool
from gateway.workers.pool import PoolBusyError
from quarantine import LockboxError, State

HEADER_ROOM = 4096
"""More than our trace headers ever have."""

_HOPED_FOR = frozenset({"8BITMIME"})
"""Before the next hop was ever reached. Without 8BITMIME a client would re-encode the message and
break its DKIM signature; a next hop that really lacks it refuses the message later."""


_HOLDING_SECONDS = 10.0
"""Of the deadline: no copy is looked at in them."""

_RELEASED = frozenset({State.RELEASING, State.RELEASED})


class Scanner(Protocol):
    """Looks at a message in a process that can be killed."""

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        """Report on the sealed ``message``. Raises PoolBusyError or ClamdError: no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Takes messages from the SMTP server, one Passage each."""

    scanner: Scanner
    poison: Poison
    policy: Policy
    means: Means
    deadline_seconds: float
    """From the final dot until the message is on its way to where it goes; then it is refused."""
    leniency: Leniency | None = None
    """Exceptions for authenticated senders."""

    def extensions(self) -> frozenset[str]:
        """What the next hop offered when it was last asked."""
        return self.means.next_hop.extensions() or _HOPED_FOR

    def size_limit(self) -> int | None:
        """The largest message that the next hop takes once our headers are on top."""
        declared = self.means.next_hop.size_limit()
        return None if declared is None else max(declared - HEADER_ROOM, 1)

    async def begin(self, envelope: Envelope) -> "Passage | Reply":
        """Offer the sender to the next hop; a Reply is a refusal."""
        try:
            if not self.means.lockbox.has_room(envelope.declared_size):
                return replies.NO_ROOM
            return Passage(self, envelope, await self.means.next_hop.begin(envelope))
        except RefusedError as refused:
            return refused.reply
        except NextHopError:
            return replies.NEXT_HOP_DOWN
        except LockboxError as error:
            self.means.events.failed("", "quarantine", error)
            return replies.INTERNAL


class Passage:
    """One mail transaction on its way through."""

    def __init__(self, pipeline: Pipeline, envelope: Envelope, transaction: Transaction) -> None:
        self._pipeline = pipeline
        self._envelope = envelope
        self._transaction = transaction

    async def offer(self, recipient: Recipient) -> Reply:
        """Offer one recipient to the next hop, and pass its answer back."""
        try:
            reply = await self._transaction.offer(recipient)
        except NextHopError:
            return replies.NEXT_HOP_DOWN
        if reply.is_positive:
            recipients = (*self._envelope.recipients, recipient)
            self._envelope = replace(self._envelope, recipients=recipients)
        return reply

    async def abandon(self) -> None:
        """Tell the next hop that the client changed its mind or is gone."""
        await self._transaction.abandon()

    async def commit(self, message: Spool, identifier: str) -> Reply:
        """Judge the sealed message and act on it. The reply is true when it is given."""
        try:
            async with asyncio.timeout(self._pipeline.deadline_seconds) as deadline:
                return await self._commit(message, identifier, deadline)
        except TimeoutError:
            return self._give_up(identifier, replies.TOO_LATE)
        except PoolBusyError:
            return self._give_up(identifier, replies.BUSY)
        except ClamdError as error:
            self._pipeline.means.events.failed(identifier, "clamd", error)
            return replies.BUSY
        except LockboxError as error:
            self._pipeline.means.events.failed(identifier, "quarantine", error)
            return replies.INTERNAL
        finally:
            await self.abandon()  # whatever was not sent by now never will be

    async def _commit(self, message: Spool, identifier: str, deadline: asyncio.Timeout) -> Reply:
        once = self._pipeline.means.once
        key = once.key(message.sha256, self._envelope)
        async with once.turn(identifier, key) as answer:
            return answer or await self._judge_and_act(message, identifier, key, deadline)

    async def _judge_and_act(
        self, message: Spool, identifier: str, key: str, deadline: asyncio.Timeout
    ) -> Reply:
        means = self._pipeline.means
        stages = _Stages()
        report = self._lenient(await self._scan(message), message, identifier)
        stages.end("scan")
        verdict = self._judge(report, message)
        if verdict.action > Action.TAG and await self._was_released(message):
            verdict = replace(verdict, action=Action.TAG)
        case = Case(
            message, identifier, key, self._envelope, report, verdict, self._transaction, deadline
        )
        whole: Whole | None = None
        if verdict.action is Action.WITHHOLD:
            case, whole = await self._without_bad_files(case)
            stages.end("clean")
        with case.copy.message if case.copy else nullcontext():
            reach("verdict reached")
            outcome = await act(case, means)
        stages.end("act")
        means.events.decided(
            identifier,
            self._envelope,
            report,
            verdict,
            reply=outcome.reply,
            size=message.size,
            milliseconds=stages.milliseconds,
            item=outcome.item,
            whole=whole.value if whole else "",
        )
        return outcome.reply

    async def _without_bad_files(self, case: Case) -> tuple[Case, Whole | None]:
        """The case with a copy that may go on; or as it is, and why there is none."""
        pipeline = self._pipeline
        chosen = cuts(case.report, case.verdict, pipeline.policy)
        if isinstance(chosen, Whole):
            return case, chosen
        # A message that is held whole needs its time too.
        ends = case.deadline.when()
        try:
            async with asyncio.timeout_at(None if ends is None else ends - _HOLDING_SECONDS):
                return await self._copied(case, chosen)
        except TimeoutError:
            return case, Whole.LATE
        except (PoolBusyError, ClamdError):
            return case, Whole.BUSY

    async def _copied(self, case: Case, chosen: Sequence[Cut]) -> tuple[Case, Whole | None]:
        means = self._pipeline.means
        item = means.once.original(case.identifier) or means.lockbox.new_id()
        copy = Spool()
        try:
            with case.message.view() as view:
                for piece in cleaned(view, chosen, means.stand_ins, item):
                    copy.write(piece)
                    await asyncio.sleep(0)  # others have their turn
            copy.seal()
            why = await self._objection(copy, case.identifier)
        except BaseException:
            copy.close()
            raise
        if why is None:
            return replace(case, copy=Copy(copy, item, len(chosen))), None
        copy.close()
        return case, why

    async def _objection(self, copy: Spool, identifier: str) -> Whole | None:
        """Why a copy may not go on; it is judged like any message, and no milder."""
        pipeline = self._pipeline
        if copy.size > (pipeline.size_limit() or copy.size):
            return Whole.SIZE
        report = self._lenient(await self._ask(copy), copy, identifier)
        return None if pipeline.policy.decide(report).action <= Action.TAG else Whole.COPY

    async def _scan(self, message: Spool) -> Report:
        async with self._pipeline.poison.turn(message.sha256) as is_deadly:
            if is_deadly:
                detail = "it killed its workers before, and gets no more"
                gap = Gap(Reason.LOST, detail, ("message",))
                return Report((), (gap,), (), Pack("none", ""))
            report = await self._ask(message)
            if report.killed_its_worker:
                await self._pipeline.poison.killed(message.sha256)
        return report

    async def _ask(self, message: Spool) -> Report:
        return await self._pipeline.scanner.scan(
            message,
            name="message",
            declared_type="message/rfc822",
            sender_domain=self._envelope.sender_domain,
        )

    def _lenient(self, report: Report, message: Spool, identifier: str) -> Report:
        leniency = self._pipeline.leniency
        return leniency.applied(report, message, identifier) if leniency else report

    def _judge(self, report: Report, message: Spool) -> Verdict:
        verdict = self._pipeline.policy.decide(report)
        if not report.killed_its_worker or self._pipeline.poison.is_deadly(message.sha256):
            return verdict
        # It may have been our fault: the sender comes back with it once.
        return replace(verdict, action=max(verdict.action, Action.DEFER))

    async def _was_released(self, message: Spool) -> bool:
        """True if an administrator has released just these bytes to these people before.

        A server behind us sends what it gets back to us, by a rule or by mistake: held again, a
        released message would never arrive.
        """
        means = self._pipeline.means
        with message.view() as view:
            mark = means.marks.release(view)
            if mark is None:
                return False
            sha256 = await asyncio.to_thread(_sha256, view[mark.start :])
        try:
            details = await asyncio.to_thread(means.lockbox.item, mark.item)
        except LockboxError:
            return False  # to hold it once more is safe
        if details.item.state not in _RELEASED or details.sha256 != sha256:
            return False
        asked = records.decode_envelope(details.envelope)
        return _people(self._envelope) <= _people(asked)

    def _give_up(self, identifier: str, reply: Reply) -> Reply:
        self._pipeline.means.events.refused(identifier, "scan", reply)
        return reply


def _sha256(view: memoryview) -> str:
    return hashlib.sha256(view).hexdigest()


def _people(envelope: Envelope) -> set[str]:
    return {recipient.address.lower() for recipient in envelope.recipients}


@dataclass(slots=True)
class _Stages:
    """Milliseconds spent in each stage of one message."""

    began: float = field(default_factory=monotonic)
    milliseconds: dict[str, float] = field(default_factory=dict)

    def end(self, stage: str) -> None:
        now = monotonic()
        self.milliseconds[stage] = (now - self.began) * 1000
        self.began = now
