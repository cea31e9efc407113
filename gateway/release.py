"""The release of a held message: its state changes only on the next hop's own 250."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway import records
from gateway.model import Recipient
from gateway.smtp.marks import Marks
from gateway.smtp.outbound import NextHop
from gateway.smtp.replies import Reply
from gateway.smtp.submission import submit
from gateway.smtp.trace import released
from quarantine import Lockbox, LockboxError


@dataclass(frozen=True, slots=True)
class Release:
    """Hands held messages to the next hop."""

    lockbox: Lockbox
    next_hop: NextHop
    hostname: str
    marks: Marks

    async def release(
        self, identifier: str, *, who: str, why: str, recipients: tuple[str, ...] = ()
    ) -> Reply:
        """Send the original bytes to all recipients, or to the named ones; give the answer.

        Anything but 2xx leaves the item held. Raises LockboxError when it is not there, not held
        or damaged, and InDoubtError when the next hop fell silent after it had all the bytes: the
        item then stays "releasing", because only the mail server knows whether it has it.
        """
        item = await asyncio.to_thread(self.lockbox.begin_release, identifier, who=who, why=why)
        try:
            reply = await self._send(item.id, recipients)
        except LockboxError as error:
            await asyncio.to_thread(self.lockbox.fail_release, item.id, who=who, reply=str(error))
            raise
        settle = self.lockbox.finish_release if reply.is_positive else self.lockbox.fail_release
        await asyncio.to_thread(settle, item.id, who=who, reply=str(reply))
        return reply

    async def _send(self, identifier: str, recipients: tuple[str, ...]) -> Reply:
        details = await asyncio.to_thread(self.lockbox.item, identifier)
        text = await asyncio.to_thread(self.lockbox.message, identifier)
        envelope = records.decode_envelope(details.envelope)
        if recipients:
            envelope = replace(envelope, recipients=tuple(map(Recipient, recipients)))
        headers = released(
            envelope,
            hostname=self.hostname,
            item=identifier,
            mark=self.marks.released(identifier),
            now=datetime.now(UTC),
        )
        return await submit(self.next_hop, envelope, headers, text)
