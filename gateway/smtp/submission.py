"""One message of our own to the next hop: to all its recipients, or to none."""

from dataclasses import replace

from gateway.model import Envelope
from gateway.smtp import replies
from gateway.smtp.outbound import NextHop, NextHopError, RefusedError
from gateway.smtp.replies import Reply
from gateway.spool import Spool


async def submit(next_hop: NextHop, envelope: Envelope, headers: bytes, text: bytes) -> Reply:
    """Send ``headers`` and ``text``, a notice or a released message; give the next hop's answer.

    Raises InDoubtError when the answer got lost.
    """
    with Spool() as message:
        message.write(text)
        message.seal()
        try:
            transaction = await next_hop.begin(replace(envelope, recipients=()))
            for recipient in envelope.recipients:
                reply = await transaction.offer(recipient)
                if not reply.is_positive:
                    await transaction.abandon()
                    return reply
            return await transaction.send(headers, message)
        except RefusedError as refused:
            return refused.reply
        except NextHopError:
            return replies.NEXT_HOP_DOWN
