"""One client on the wire: aiosmtpd splits its command lines, everything else is ours.

Rule 1. The work for a client is never cancelled because the client goes away (aiosmtpd would).
Rule 2. Every wait for the client has a limit, and after the last reply the connection is closed.
Rule 3. A mistake of ours is 451 with an identifier, and the client hears no more about it.
"""

import asyncio
import contextlib
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import ClassVar, NoReturn, cast

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import log as aiosmtpd_log

from gateway.smtp import replies
from gateway.smtp.inbound import commands
from gateway.smtp.inbound.dialogue import Dialogue, House
from gateway.smtp.inbound.inbox import GoneError, Inbox, InterruptedWaitError
from gateway.smtp.inbound.reception import Reception, TooSlowError
from gateway.smtp.replies import Reply

# It logs every command with the addresses in it.
aiosmtpd_log.disabled = True

_SECONDS_TO_FLUSH = 5.0


class _Lines:
    """The reader that aiosmtpd asks for the next line."""

    def __init__(self, next_line: Callable[[], Awaitable[bytes]]) -> None:
        self._next_line = next_line

    async def readuntil(self) -> bytes:
        """One command line that is fit for aiosmtpd."""
        return await self._next_line()


class Session(SMTP):
    """One connection, from the greeting to its end. Methods ``smtp_…`` are called by aiosmtpd."""

    # aiosmtpd's own is one dictionary that all connections write to; lines are measured by us.
    command_size_limit = commands.LONG_COMMAND_OCTETS
    command_size_limits: ClassVar[dict[str, int]] = defaultdict(  # type: ignore[misc]
        lambda: commands.LONG_COMMAND_OCTETS
    )

    def __init__(self, house: House, members: set["Session"]) -> None:
        super().__init__(
            object(),
            enable_SMTPUTF8=True,
            hostname=house.settings.hostname,
            ident="ESMTP",
            loop=asyncio.get_running_loop(),
        )
        self._house = house
        self._members = members
        self._limits = house.settings.limits
        self._inbox = Inbox()
        self._client = ""
        self._dialogue = Dialogue(house, "")
        self._errors = 0
        self._idle_commands = 0
        self._is_under_tls = False
        self._is_broken = False
        self._is_admitted = False
        self._identifier = token_hex(6)
        self._began = self.loop.time()

    # --- the connection ------------------------------------------------------------------------

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The work of this session; None before the connection is made."""
        return self._handler_coroutine

    def drain(self) -> None:
        """Say goodbye as soon as the client has the answer that it waits for."""
        self._inbox.interrupt()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""
        self._inbox.attach(cast(asyncio.ReadTransport, transport))
        self._members.add(self)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """The client has sent something."""
        self._inbox.feed(data)

    def eof_received(self) -> bool:
        """The client sends no more, but may still read: Rule 1."""
        self._inbox.end()
        return not self._is_under_tls

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone. Not aiosmtpd's method, which cancels what is under way: Rule 1."""
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None
        self._inbox.end()

    def _cb_client_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        del reader  # the inbox takes its place
        self._reader = cast(asyncio.StreamReader, _Lines(self._next_line))
        self._writer = writer

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Nothing: aiosmtpd's one timer for everything would end a session that waits for us."""

    async def _handle_client(self) -> None:
        try:
            await self._welcome()
            await super()._handle_client()
        except ConnectionError:
            return  # the client has hung up, or we have
        finally:
            await self._part()

    async def _welcome(self) -> None:
        refusal = self._house.admission.enter(self._client)
        self._is_admitted = True
        self._dialogue = Dialogue(self._house, self._client)
        if refusal:
            await self._hang_up(refusal)
        if not self._house.relaying.trusts(self._client):
            await self._hear_nothing(self._limits.greeting_seconds)
        if len(self._inbox):
            await self._hang_up(replies.OUT_OF_STEP)

    async def _hear_nothing(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._inbox.more()

    async def _part(self) -> None:
        if self._is_admitted:
            self._house.admission.leave(self._client)
        self._writer.close()
        try:
            await self._dialogue.reset()
            async with asyncio.timeout(_SECONDS_TO_FLUSH):
                await self._writer.wait_closed()
        except Exception as error:  # noqa: BLE001 - Rule 3
            if not isinstance(error, OSError):
                self._house.observer.failed(self._identifier, "abandon", error)
        finally:
            # A client that never reads keeps the last reply, and with it the descriptor.
            self._writer.transport.abort()
            self._members.discard(self)

    # --- lines and replies ---------------------------------------------------------------------

    async def _next_line(self) -> bytes:
        while True:
            if self._is_broken:
                raise GoneError
            line = await self._line()
            await self._count(commands.verb_of(line))
            wrong = commands.objection(line)
            if wrong is None:
                return line
            await self._answer(wrong)
            if commands.verb_of(line) in commands.ENDING:
                await self._hang_up()

    async def _line(self) -> bytes:
        age = self.loop.time() - self._began
        if age > self._limits.session_seconds and self._dialogue.is_idle:
            await self._hang_up(replies.SESSION_TOO_LONG)
        try:
            async with asyncio.timeout(self._limits.command_seconds):
                return await self._inbox.line(commands.LONG_COMMAND_OCTETS)
        except TimeoutError:
            await self._hang_up(replies.TIMED_OUT)
        except InterruptedWaitError:
            await self._hang_up(replies.SHUTTING_DOWN)

    async def _count(self, verb: str) -> None:
        self._idle_commands += verb in commands.IDLE
        if self._idle_commands > self._limits.idle_commands:
            await self._hang_up(replies.TOO_MANY_COMMANDS)

    async def push(self, status: str | bytes) -> None:
        """Send one line. Rule 2 is why a client that does not read is cut off."""
        octets = status if isinstance(status, bytes) else status.encode("ascii", "replace")
        if self.transport is None:
            raise GoneError
        try:
            self._writer.write(octets + b"\r\n")
            async with asyncio.timeout(self._limits.reply_seconds):
                await self._writer.drain()
        except OSError:
            self._writer.transport.abort()
            raise GoneError from None

    async def _answer(self, reply: Reply) -> None:
        if reply.code == 421:
            await self._hang_up(reply)
        await self.push(reply.wire)
        self._errors += reply.is_permanent
        if self._errors >= self._limits.errors:
            await self._hang_up(replies.TOO_MANY_ERRORS)

    async def _hang_up(self, *last: Reply) -> NoReturn:
        """Say the last words and end the session."""
        for reply in last:
            self._house.observer.refused(self._identifier, "session", reply)
            await self.push(reply.wire)
        await self._listen_politely()
        raise GoneError

    async def _listen_politely(self) -> None:
        """Let a client that is still talking read our last words.

        When a socket is closed with octets that nobody has read, the client's TCP drops them.
        """
        if not self._writer.can_write_eof():
            return
        self._writer.write_eof()
        with contextlib.suppress(OSError):
            async with asyncio.timeout(self._limits.parting_seconds):
                while True:
                    self._inbox.take()
                    await self._inbox.more()

    async def _in_step(self) -> None:
        """RFC 2920 3.1: some commands must be the last of their group."""
        if len(self._inbox):
            await self._hang_up(replies.OUT_OF_STEP)

    async def handle_exception(self, error: Exception) -> str:
        """Rule 3: aiosmtpd has caught ``error`` and sends what this gives back."""
        self._house.observer.failed(self._identifier, "session", error)
        self._is_broken = True
        return str(replies.internal(self._identifier))

    # --- the commands --------------------------------------------------------------------------

    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802
        """Greet, and say what we can."""
        await self._hello(hostname, extended=True)

    async def smtp_HELO(self, hostname: str | None) -> None:  # noqa: N802
        """Greet as in 1982."""
        await self._hello(hostname, extended=False)

    async def _hello(self, name: str | None, *, extended: bool) -> None:
        await self._in_step()
        offered = await self._dialogue.hello(name or "", extended=extended)
        if isinstance(offered, Reply):
            await self._answer(offered)
            return
        if self.session:
            self.session.host_name = name
        lines = (self.hostname, *offered)
        for line in lines[:-1]:
            self._writer.write(f"250-{line}\r\n".encode("ascii"))
        await self.push(f"250 {lines[-1]}")

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Open a transaction."""
        await self._answer(await self._dialogue.mail(_octets(arg)))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Add a recipient."""
        await self._answer(await self._dialogue.rcpt(_octets(arg)))

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Take a message, and say what became of it."""
        wrong = self._dialogue.data(_octets(arg))
        if wrong:
            await self._answer(wrong)
            return
        await self._in_step()
        await self._answer(replies.GO_AHEAD)
        reception = Reception(self._house.memory, self._house.settings)
        try:
            await reception.receive(self._inbox)
        except TooSlowError:
            reception.close()
            await self._hang_up(replies.TOO_SLOW)
        except BaseException:
            reception.close()
            raise
        reply = await asyncio.shield(self._commit(reception))
        if reception.is_hostile:
            await self._hang_up(reply, replies.CLOSING)
        self._idle_commands = 0
        await self._answer(reply)

    def _commit(self, reception: Reception) -> asyncio.Task[Reply]:
        """Rule 1: whatever becomes of this session, what was begun is brought to its end."""

        async def commit() -> Reply:
            try:
                return await self._dialogue.message(reception)
            finally:
                reception.close()

        task = self.loop.create_task(commit())
        self._house.commits.add(task)
        task.add_done_callback(self._house.commits.discard)
        return task

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802
        """Forget the transaction."""
        if arg:
            await self._answer(replies.NO_ARGUMENT)
            return
        await self._dialogue.reset()
        await self._answer(replies.OK)

    async def smtp_NOOP(self, arg: str | None) -> None:  # noqa: N802
        """Nothing; an argument is allowed (RFC 5321 4.1.1.9)."""
        del arg
        await self._answer(replies.OK)

    async def smtp_QUIT(self, arg: str | None) -> None:  # noqa: N802
        """Say goodbye."""
        if arg:
            await self._answer(replies.NO_ARGUMENT)
            return
        await self.push(replies.BYE.wire)
        raise GoneError

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        """Go on under TLS, as if nothing had been said before (RFC 3207 4.2)."""
        wrong = self._objection_to_tls(arg)
        if wrong:
            await self._answer(wrong)
            return
        await self._in_step()
        await self._dialogue.reset()
        # Nothing in clear may arrive between our reply and the handshake.
        cast(asyncio.ReadTransport, self.transport).pause_reading()
        await self.push(replies.START_TLS.wire)
        await self._shake_hands(cast(ssl.SSLContext, self._house.tls))

    def _objection_to_tls(self, arg: str | None) -> Reply | None:
        if arg:
            return replies.NO_ARGUMENT
        if self._is_under_tls:
            return replies.TLS_TWICE
        return None if self._house.tls else replies.NO_TLS

    async def _shake_hands(self, context: ssl.SSLContext) -> None:
        seconds = self._limits.handshake_seconds
        try:
            await self._writer.start_tls(context, ssl_handshake_timeout=seconds)
        except OSError as error:
            self._house.observer.failed(self._identifier, "tls", error)
            raise GoneError from None
        self._is_under_tls = True
        self.transport = self._writer.transport
        self._inbox.attach(cast(asyncio.ReadTransport, self.transport))
        version = str(self._writer.get_extra_info("ssl_object").version())
        self._dialogue = Dialogue(self._house, self._client, tls=version)


def _octets(arg: str | None) -> bytes:
    """What aiosmtpd decoded with surrogates, as it came."""
    return (arg or "").encode("utf-8", "surrogateescape")
