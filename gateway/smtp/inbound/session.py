"""One client: aiosmtpd splits its command lines, everything around and behind them is ours.

Rule 1. The work for a client is never cancelled because the client goes away (aiosmtpd would).
Rule 2. Every wait for the client has a limit, and after the last reply the connection is closed.
Rule 3. A mistake of ours is 451 with an identifier, and the client hears no more about it.
"""

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import ClassVar, cast

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import log as aiosmtpd_log

from gateway.failpoints import reach
from gateway.smtp import replies
from gateway.smtp.inbound import commands
from gateway.smtp.inbound.dialogue import Dialogue, House
from gateway.smtp.inbound.front_end import ProxyError, parse_proxy
from gateway.smtp.inbound.inbox import GoneError
from gateway.smtp.inbound.reception import Reception, TooSlowError
from gateway.smtp.inbound.wire import Wire
from gateway.smtp.replies import Reply

# It logs every command with the addresses in it.
aiosmtpd_log.disabled = True

_READ_OCTETS = 16 << 10


class _Lines:
    """The reader that aiosmtpd asks for the next line."""

    def __init__(self, next_line: Callable[[], Awaitable[bytes]]) -> None:
        self._next_line = next_line

    async def readuntil(self) -> bytes:
        """One command line that is fit for aiosmtpd."""
        return await self._next_line()


class Session(SMTP):
    """One connection, from the greeting to its end. Methods ``smtp_…`` are called by aiosmtpd.

    It is among ``members`` for as long as it lasts.
    """

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
        self._wire = Wire(self._limits, house.observer)
        self._client = ""
        self._dialogue = Dialogue(house, "")
        self._is_admitted = False
        self._is_under_tls = False
        self._is_cut_off = False

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The work of this session; None before the connection is made."""
        return self._handler_coroutine

    def drain(self) -> None:
        """Say goodbye as soon as the client has the answer that it waits for."""
        self._wire.inbox.interrupt()

    # --- what asyncio calls --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""
        self._members.add(self)
        # asyncio reads 256 KiB at a time, and all other clients would wait until they are digested.
        transport.max_size = _READ_OCTETS  # type: ignore[attr-defined]
        # A client that vanished without a word is lost once it takes none of our replies.
        patience = int(self._limits.reply_seconds * 1000)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """The client has sent something."""
        self._wire.inbox.feed(data)

    def eof_received(self) -> bool:
        """The client sends no more, but may still read: Rule 1."""
        # Its kernel acknowledges what it has; what was still on the way when it closed is lost.
        self._is_cut_off |= not self._wire.has_arrived
        self._wire.inbox.end()
        return not self._is_under_tls

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone. Not aiosmtpd's method, which cancels what is under way: Rule 1."""
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None
        self._is_cut_off |= error is not None
        if isinstance(error, TimeoutError):  # of the kernel: nothing was acknowledged in time
            self._house.observer.turned_down("reply_time")
        self._wire.inbox.end()

    # --- what aiosmtpd calls -------------------------------------------------------------------

    def _cb_client_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        del reader  # the inbox takes its place
        self._reader = cast(asyncio.StreamReader, _Lines(self._next_line))
        self._writer = writer
        self._wire.attach(writer)

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Nothing: aiosmtpd's one timer for everything would end a session that waits for us."""

    async def _next_line(self) -> bytes:
        # What came before our last reply was sent does not tell that the client has read it.
        is_news = not len(self._wire.inbox)
        line = await self._wire.command(between_messages=self._dialogue.is_idle)
        if is_news:
            self._dialogue.answered(is_heard=True)
        return line

    async def push(self, status: str | bytes) -> None:
        """Send one line of aiosmtpd's: the greeting, or what ``handle_exception`` gave it."""
        line = status if isinstance(status, bytes) else status.encode("ascii", "replace")
        await self._wire.send(line)

    async def handle_exception(self, error: Exception) -> str:
        """Rule 3: aiosmtpd has caught ``error``, and sends what this gives back."""
        self._house.observer.failed(self._wire.identifier, "session", error)
        self._house.observer.turned_down("internal")
        self._wire.break_off()
        return str(replies.internal(self._wire.identifier))

    async def _handle_client(self) -> None:
        try:
            await self._welcome()
            await super()._handle_client()
        except ConnectionError:
            return  # the client has hung up, or we have
        finally:
            await self._part()

    # --- the beginning and the end -------------------------------------------------------------

    async def _welcome(self) -> None:
        reach("client connected")
        if self._house.settings.proxy_protocol:
            self._client = await self._ask_front_end()
        self._dialogue = Dialogue(self._house, self._client)
        refusal = self._house.admission.enter(self._client)
        self._is_admitted = True
        if refusal:
            await self._wire.hang_up(refusal)
        is_ours = self._house.relaying.trusts(self._client)
        if not await self._wire.is_silent(0.0 if is_ours else self._limits.greeting_seconds):
            await self._wire.hang_up(replies.OUT_OF_STEP)

    async def _ask_front_end(self) -> str:
        """Learn who the client is. Whoever is no front end is sent away unheard."""
        try:
            async with asyncio.timeout(self._limits.proxy_seconds):
                return await self._proxied_client()
        except (ProxyError, TimeoutError) as error:
            self._house.observer.turned_down("proxy_time" if not str(error) else "front_ends")
            self._house.observer.failed(self._wire.identifier, "proxy", error)
            raise GoneError from None

    async def _proxied_client(self) -> str:
        if self._client not in self._house.front_ends:
            raise ProxyError("not a front end")
        octets = b""
        while (proxied := parse_proxy(octets)) is None:
            if not len(self._wire.inbox):
                await self._wire.inbox.more()
            octets += self._wire.inbox.take()
        self._wire.inbox.give_back(proxied.rest)
        return proxied.client

    async def _part(self) -> None:
        if self._is_admitted:
            self._house.admission.leave(self._client)
        try:
            await self._dialogue.reset()
        except Exception as error:  # noqa: BLE001 - Rule 3
            self._house.observer.failed(self._wire.identifier, "abandon", error)
        finally:
            await self._wire.close()
            self._dialogue.answered(is_heard=not self._is_cut_off)
            self._members.discard(self)

    # --- the commands --------------------------------------------------------------------------

    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802
        """Greet, and say what we can."""
        await self._hello(hostname, extended=True)

    async def smtp_HELO(self, hostname: str | None) -> None:  # noqa: N802
        """Greet as in 1982."""
        await self._hello(hostname, extended=False)

    async def _hello(self, name: str | None, *, extended: bool) -> None:
        await self._wire.in_step()
        offered = await self._dialogue.hello(name or "", extended=extended)
        if isinstance(offered, Reply):
            await self._wire.answer(offered)
            return
        lines = (self.hostname, *offered)
        text = "".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}"
        await self._wire.send(text.encode("ascii", "replace"))

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Open a transaction."""
        await self._wire.answer_in_group(await self._dialogue.mail(_octets(arg)))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Add a recipient."""
        await self._wire.answer_in_group(await self._dialogue.rcpt(_octets(arg)))

    async def smtp_XFORWARD(self, arg: str | None) -> None:  # noqa: N802
        """Hear from a front end who the client is."""
        await self._wire.answer(self._dialogue.xforward(_octets(arg)))

    async def smtp_XCLIENT(self, arg: str | None) -> None:  # noqa: N802
        """Hear from a front end whose session this is."""
        await self._wire.in_step()
        await self._wire.answer(await self._dialogue.xclient(_octets(arg)))

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Take a message, and say what became of it."""
        wrong = self._dialogue.data(_octets(arg))
        if wrong:
            await self._wire.answer(wrong)
            return
        await self._wire.in_step()
        await self._wire.answer(replies.GO_AHEAD)
        reception = await self._receive()
        # Who has waited for our 354 has read what came before it.
        self._dialogue.answered(is_heard=True)
        reply = await asyncio.shield(self._commit(reception))
        if reception.is_hostile:
            await self._wire.hang_up(reply, replies.CLOSING, is_talking=True)
        self._wire.a_message_came()
        # RFC 1047: who hangs up while we judge has given up waiting, and will send again.
        has_given_up = self._wire.inbox.has_ended
        self._is_cut_off = True
        reach("answer due")
        await self._wire.answer(reply)
        reach("answer sent")
        self._is_cut_off = has_given_up

    async def _receive(self) -> Reception:
        reception = Reception(self._house.memory, self._house.settings)
        try:
            await reception.receive(self._wire.inbox)
        except TooSlowError:
            reception.close()
            await self._wire.hang_up(replies.TOO_SLOW)
        except BaseException:
            reception.close()
            raise
        return reception

    def _commit(self, reception: Reception) -> asyncio.Task[Reply]:
        """Rule 1: whatever becomes of this session, what was begun is brought to its end."""

        async def commit() -> Reply:
            try:
                return await self._dialogue.message(reception)
            finally:
                await reception.part()

        task = self.loop.create_task(commit())
        self._house.commits.add(task)
        task.add_done_callback(self._house.commits.discard)
        return task

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802
        """Forget the transaction."""
        if not arg:
            await self._dialogue.reset()
        await self._wire.answer_in_group(replies.NO_ARGUMENT if arg else replies.OK)

    async def smtp_NOOP(self, arg: str | None) -> None:  # noqa: N802
        """Nothing; an argument is allowed (RFC 5321 4.1.1.9)."""
        del arg
        await self._wire.answer(replies.OK)

    async def smtp_QUIT(self, arg: str | None) -> None:  # noqa: N802
        """Say goodbye."""
        if arg:
            await self._wire.answer(replies.NO_ARGUMENT)
            return
        await self._wire.send(replies.BYE.wire)
        raise GoneError

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        """Go on under TLS, as if nothing had been said before (RFC 3207 4.2)."""
        wrong = self._objection_to_tls(arg)
        if wrong:
            await self._wire.answer(wrong)
            return
        await self._wire.in_step()
        await self._dialogue.reset()
        # Nothing in clear may arrive between our reply and the handshake.
        cast(asyncio.ReadTransport, self.transport).pause_reading()
        await self._wire.send(replies.START_TLS.wire)
        await self._shake_hands(cast(ssl.SSLContext, self._house.tls))

    def _objection_to_tls(self, arg: str | None) -> Reply | None:
        if arg:
            return replies.NO_ARGUMENT
        if self._is_under_tls:
            return replies.TLS_TWICE
        return None if self._house.tls else replies.NO_TLS

    async def _shake_hands(self, context: ssl.SSLContext) -> None:
        try:
            await self._writer.start_tls(
                context, ssl_handshake_timeout=self._limits.handshake_seconds
            )
        except OSError as error:
            # asyncio says so when the client let the time pass.
            is_late = isinstance(error, ConnectionAbortedError)
            self._house.observer.turned_down("handshake_time" if is_late else "handshake")
            self._house.observer.failed(self._wire.identifier, "tls", error)
            self.connection_lost(None)  # asyncio forgets to say so when a handshake fails
            raise GoneError from None
        self._is_under_tls = True
        self.transport = self._writer.transport
        self._wire.attach(self._writer)
        self._dialogue.answered(is_heard=True)
        version = str(self._writer.get_extra_info("ssl_object").version())
        self._dialogue = Dialogue(self._house, self._dialogue.client, tls=version)


def _octets(arg: str | None) -> bytes:
    """What aiosmtpd decoded with surrogates, as it came."""
    return (arg or "").encode("utf-8", "surrogateescape")
