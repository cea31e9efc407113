"""One message on its way to the next hop: MAIL, RCPT, DATA, and one answer to all of it.

1. DATA is sent only when every recipient that was accepted before is accepted now. A message is
   never delivered to some of them.
2. Until the final dot nothing is delivered, so what fails before DATA is tried again once. From
   the final dot to the answer nobody knows: InDoubtError, and never tried again here.
3. A connection goes back to the pool only after an answer that ended its transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from gateway.failpoints import reach
from gateway.model import Envelope, Recipient
from gateway.newlines import Survey
from gateway.smtp.outbound import commands
from gateway.smtp.outbound.answers import Answer
from gateway.smtp.outbound.connection import Connection, step
from gateway.smtp.outbound.errors import InDoubtError, LapsedError, NextHopError, RefusedError
from gateway.smtp.outbound.pool import Pool
from gateway.smtp.outbound.stuffing import stuffed
from gateway.smtp.replies import Reply
from gateway.spool import Spool

BeforeDot = Callable[[], Awaitable[None]]

_FEWER_NOW = Reply(451, "4.3.0", "the next hop no longer takes every recipient")
_EIGHT_BIT = Reply(554, "5.6.3", "the message is 8-bit and the next hop takes only 7-bit mail")
_EIGHT_BIT_LATER = Reply(451, "4.6.3", "the next hop takes no 8-bit mail at the moment")


async def _nothing() -> None:
    """What is done before the final dot when the caller asks for nothing."""


class Transaction:
    """A transaction with the next hop that survives the loss of its connection until DATA.

    One call at a time; end it with ``send`` or ``abandon``.
    """

    def __init__(self, pool: Pool, envelope: Envelope, *, xforward: bool) -> None:
        self._pool = pool
        self._envelope = envelope
        self._xforward = xforward
        self._connection: Connection | None = None
        self.accepted: list[Recipient] = []
        """The recipients that the next hop took, in the order in which they were offered."""
        self.dot_sent = False
        """True once the final dot is on its way: from then on the message may be delivered."""

    async def open(self) -> None:
        """Send MAIL. Raises RefusedError with the next hop's own answer, or NextHopError."""
        async with self._settled():
            await self._begin()

    async def offer(self, recipient: Recipient) -> Reply:
        """Offer a recipient and give back the next hop's own answer. Raises NextHopError."""
        try:
            async with self._settled():
                answer = await self._offer(recipient)
        except RefusedError as refused:
            return refused.reply
        if answer.is_positive:
            self.accepted.append(recipient)
            reach("recipient accepted")
        return answer.reply()

    async def send(
        self, headers: bytes, message: Spool, *, before_dot: BeforeDot = _nothing
    ) -> Reply:
        """Deliver ``headers`` and ``message`` to every accepted recipient, or to none.

        Gives back the next hop's answer, or a refusal of our own. ``before_dot`` is awaited when
        all but the last piece has left; what it raises stops the delivery. Raises NextHopError
        when nothing was delivered, InDoubtError when nobody knows.
        """
        if self.dot_sent or not self.accepted:
            raise ValueError("nobody accepted this message, or it was sent already")
        try:
            async with self._settled():
                is_ascii = _survey(headers, message)
                await self._ask_for_data(is_ascii=is_ascii)
                with message.view() as view:
                    answer = await self._deliver(headers, view, before_dot)
                self._pool.give_back(self._let_go())
        except RefusedError as refused:
            return refused.reply
        return answer.reply()

    async def park(self) -> None:
        """Lend the connection to others; the next call offers everything again.

        The pool asks for it when connections are short.
        """
        self._pool.wake(self)
        if self._connection is None:
            return
        connection = self._let_go()
        is_reset = False
        try:
            with suppress(NextHopError):  # the connection goes, and with it the transaction
                async with step("RSET", connection.address, connection.timeouts.reset):
                    (answer,) = await connection.exchange(b"RSET\r\n")
                is_reset = answer.is_positive
        finally:
            (self._pool.give_back if is_reset else self._pool.discard)(connection)

    async def abandon(self) -> None:
        """End the transaction; nothing is delivered. A hop that does not answer is no error."""
        self.accepted.clear()
        await self.park()

    @asynccontextmanager
    async def _settled(self) -> AsyncIterator[None]:
        """Leave no connection behind in a state that we do not know."""
        self._pool.wake(self)
        try:
            yield
        except RefusedError:
            await self.park()
            raise
        except BaseException:
            if self._connection:
                self._pool.discard(self._let_go())
            raise
        if self._pool.is_wanted:
            await self.park()
        elif self._connection:
            self._pool.rest(self)

    async def _begin(self) -> Connection:
        """MAIL and every accepted recipient; an idle connection that was dead is replaced."""
        connection = await self._pool.take()
        if connection.transactions:
            try:
                return await self._begin_on(connection)
            except LapsedError:
                self._pool.discard(self._let_go())
            connection = await self._pool.take(fresh=True)
        try:
            return await self._begin_on(connection)
        except LapsedError:
            self._pool.failed(connection.address)
            raise

    async def _begin_on(self, connection: Connection) -> Connection:
        self._connection = connection
        connection.transactions += 1
        offered = connection.offered
        lines = [commands.mail(self._envelope, offered)]
        lines += [commands.rcpt(recipient, offered) for recipient in self.accepted]
        attributes = offered.get("XFORWARD", "") if self._xforward else ""
        prelude = commands.xforward(self._envelope, attributes)
        # A hop that offers XFORWARD and then refuses it only knows less of the client.
        answers = await connection.exchange(*filter(None, (prelude, *lines)))
        mail, *rcpts = answers[-len(lines) :]
        if not mail.is_positive:
            raise RefusedError(mail.reply())
        if not all(rcpt.is_positive for rcpt in rcpts):
            raise RefusedError(_FEWER_NOW)
        return connection

    async def _offer(self, recipient: Recipient) -> Answer:
        connection = self._connection or await self._begin()
        line = commands.rcpt(recipient, connection.offered)
        try:
            (answer,) = await connection.exchange(line)
        except LapsedError:
            connection = await self._begin_again()
            (answer,) = await connection.exchange(commands.rcpt(recipient, connection.offered))
        return answer

    async def _begin_again(self) -> Connection:
        self._pool.discard(self._let_go())
        return await self._begin()

    async def _ask_for_data(self, *, is_ascii: bool) -> None:
        """Get to 354, on a fresh connection if need be. Raises RefusedError."""
        connection = self._connection or await self._begin()
        self._check_eight_bit(connection, is_ascii=is_ascii)
        try:
            (answer,) = await connection.exchange(b"DATA\r\n")
        except LapsedError:
            connection = await self._begin_again()
            self._check_eight_bit(connection, is_ascii=is_ascii)
            (answer,) = await connection.exchange(b"DATA\r\n")
        if answer.code >= 400:
            raise RefusedError(answer.reply())
        if answer.code != 354:
            raise NextHopError(f"{connection.address}: answered DATA with {answer.code}")

    def _check_eight_bit(self, connection: Connection, *, is_ascii: bool) -> None:
        if is_ascii or "8BITMIME" in connection.offered:
            return
        # Who declares 8BITMIME does so because we offered it, and we because the hop did.
        declared = "BODY=8BITMIME" in (name.upper() for name in self._envelope.parameters)
        raise RefusedError(_EIGHT_BIT_LATER if declared else _EIGHT_BIT)

    async def _deliver(self, headers: bytes, view: memoryview, before_dot: BeforeDot) -> Answer:
        connection = self._connected()
        last = b""
        for piece in stuffed(headers, view):
            await self._push(connection, last)
            last = piece
        await before_dot()
        if not connection.wire.is_quiet:
            raise NextHopError(f"{connection.address}: lost, or spoke before the final dot")
        self.dot_sent = True
        try:
            async with step("final dot", connection.address, connection.timeouts.dot):
                connection.wire.write(last)
                reach("dot sent")
                answer = await connection.wire.answer()
        except NextHopError as error:
            raise InDoubtError(str(error)) from error
        if 300 <= answer.code < 400:
            raise InDoubtError(f"{connection.address}: answered the final dot with {answer.code}")
        return answer

    @staticmethod
    async def _push(connection: Connection, piece: bytes) -> None:
        if piece:
            connection.wire.write(piece)
            reach("part sent")
            # A hop that reads as fast as we write would never let the others have their turn.
            await asyncio.sleep(0)
        async with step("message", connection.address, connection.timeouts.block):
            await connection.wire.drained()

    def _connected(self) -> Connection:
        if self._connection is None:
            raise ValueError("the transaction is over")
        return self._connection

    def _let_go(self) -> Connection:
        connection, self._connection = self._connected(), None
        return connection


def _survey(headers: bytes, message: Spool) -> bool:
    """True if all is ASCII. Raises BareNewlineError before the first byte is sent."""
    above = Survey()
    above.add(headers)
    for survey in (above, message.survey):
        survey.check()
    return above.is_ascii and message.survey.is_ascii
