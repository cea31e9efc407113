"""The release of a held message: its state changes only on the next hop's own 250.

Rule 1. Each recipient is told apart: who was accepted has it when the next hop says 250, and who
was refused has not. The item stays held for those.
Rule 2. Nobody gets it twice unasked: who has it already is left out the next time.
Rule 3. When the next hop falls silent after it had all the bytes, only a person can find out.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from gateway.custody import records
from gateway.model import Envelope, Recipient
from gateway.smtp import replies
from gateway.smtp.marks import Marks
from gateway.smtp.outbound import NextHop, NextHopError, RefusedError
from gateway.smtp.replies import Reply
from gateway.smtp.trace import released
from gateway.spool import Spool
from quarantine import Details, Lockbox, LockboxError, SecondPersonError, State, StateError


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a release."""

    reply: Reply
    """What the next hop said of the message; of the first recipient if it took none."""
    taken: tuple[str, ...] = ()
    """The recipients who have it now."""
    refused: tuple[tuple[str, Reply], ...] = ()
    """Those who have not, and what the next hop said of each."""
    waiting: tuple[str, ...] = ()
    """Those of the original message for whom it is still held."""
    is_approved: bool = False
    """True when nothing was sent, because a second person has to agree."""


@dataclass(frozen=True, slots=True)
class Release:
    """Hands held messages to the next hop. ``two_persons`` are the classes that need two."""

    lockbox: Lockbox
    next_hop: NextHop
    hostname: str
    marks: Marks
    two_persons: frozenset[str] = frozenset()

    async def release(
        self,
        identifier: str,
        *,
        who: str,
        why: str,
        recipients: Sequence[str] = (),
        check: Callable[[Details], None] | None = None,
    ) -> Handed:
        """Send the original bytes to all recipients who have them not yet, or to the named ones.

        Anything but 2xx leaves the item held. ``check`` may raise to stop it before anything is
        done. Raises LockboxError when the item is not there, not held or damaged, and InDoubtError
        when the next hop fell silent after it had all the bytes: the item then stays "releasing",
        because only the mail server knows whether it has it.
        """
        details = await asyncio.to_thread(self.lockbox.item, identifier)
        if check:
            check(details)
        if details.item.state is not State.HELD:
            # Its bytes may be gone: the lockbox says what became of it.
            return await self._begin_and_send(details, who, why, recipients)
        with self.lockbox.claim(details.item.id):
            return await self._begin_and_send(details, who, why, recipients)

    async def _begin_and_send(
        self, details: Details, who: str, why: str, recipients: Sequence[str]
    ) -> Handed:
        item = details.item
        needs_two = item.kind in self.two_persons
        begin = partial(self.lockbox.begin_release, recipients=recipients, needs_two=needs_two)
        try:
            await asyncio.to_thread(begin, item.id, who=who, why=why)
        except SecondPersonError:
            if item.approved_by:
                raise
            approve = partial(self.lockbox.approve, recipients=recipients)
            await asyncio.to_thread(approve, item.id, who=who, why=why)
            return Handed(replies.NEEDS_SECOND_PERSON, is_approved=True)
        return await self._send(details, who, recipients)

    async def _send(self, details: Details, who: str, recipients: Sequence[str]) -> Handed:
        item = details.item.id
        try:
            envelope = records.decode_envelope(details.envelope)
            chosen = _chosen(details, envelope, recipients)
            text = await asyncio.to_thread(self.lockbox.message, item)
            handed = await self._hand_over(item, who, replace(envelope, recipients=chosen), text)
        except LockboxError as error:
            await asyncio.to_thread(self.lockbox.fail_release, item, who=who, reply=str(error))
            raise
        handed = replace(handed, waiting=_waiting(details, envelope, handed.taken))
        if not handed.taken:
            await asyncio.to_thread(self.lockbox.fail_release, item, who=who, reply=_told(handed))
            return handed
        await asyncio.to_thread(
            self.lockbox.finish_release,
            item,
            who=who,
            reply=_told(handed),
            recipients=handed.taken,
            is_whole=not handed.waiting,
        )
        return handed

    async def _hand_over(self, item: str, who: str, envelope: Envelope, text: bytes) -> Handed:
        async def before_dot() -> None:
            await asyncio.to_thread(self.lockbox.sending, item, who=who)

        headers = released(
            envelope,
            hostname=self.hostname,
            item=item,
            mark=self.marks.released(item),
            now=datetime.now(UTC),
        )
        answers: dict[str, Reply] = {}
        with Spool() as message:
            message.write(text)
            message.seal()
            try:
                transaction = await self.next_hop.begin(replace(envelope, recipients=()))
                for recipient in envelope.recipients:
                    answers[recipient.address] = await transaction.offer(recipient)
                taken = tuple(to for to, reply in answers.items() if reply.is_positive)
                if not taken:
                    await transaction.abandon()
                    return Handed(next(iter(answers.values())), refused=tuple(answers.items()))
                reply = await transaction.send(headers, message, before_dot=before_dot)
            except RefusedError as refused:
                reply, taken = refused.reply, ()
            except NextHopError:
                reply, taken = replies.NEXT_HOP_DOWN, ()
        if not reply.is_positive:
            taken = ()
        refused_all = tuple((to, said) for to, said in answers.items() if not said.is_positive)
        return Handed(reply, taken, refused_all)


def _chosen(
    details: Details, envelope: Envelope, recipients: Sequence[str]
) -> tuple[Recipient, ...]:
    """The named recipients, with their parameters if the message was to them; or all the others."""
    if recipients:
        known = {entry.address: entry for entry in envelope.recipients}
        return tuple(known.get(address, Recipient(address)) for address in recipients)
    have_it = {delivery.recipient for delivery in details.deliveries}
    left = tuple(entry for entry in envelope.recipients if entry.address not in have_it)
    if not left:
        raise StateError(f"item {details.item.id}: every recipient has it: name one with --to")
    return left


def _waiting(details: Details, envelope: Envelope, taken: Sequence[str]) -> tuple[str, ...]:
    have_it = {delivery.recipient for delivery in details.deliveries} | set(taken)
    return tuple(e.address for e in envelope.recipients if e.address not in have_it)


def _told(handed: Handed) -> str:
    """For the audit: who has it, and what was said of each who has not."""
    parts = [str(handed.reply)]
    if handed.taken:
        parts.append(f"to {', '.join(handed.taken)}")
    parts += [f"not to {to}: {reply}" for to, reply in handed.refused]
    return "; ".join(parts)
