"""The wire to one client: lines in, replies out, a limit on every wait, and an end that is one."""

import asyncio
import contextlib
import fcntl
import termios
from asyncio import get_running_loop
from secrets import token_hex
from typing import NoReturn, cast

from gateway.smtp import replies
from gateway.smtp.inbound import commands
from gateway.smtp.inbound.contract import Observer
from gateway.smtp.inbound.inbox import GoneError, Inbox, InterruptedWaitError
from gateway.smtp.inbound.settings import SessionLimits
from gateway.smtp.replies import Reply

_SECONDS_TO_FLUSH = 5.0


class Wire:
    """Methods raise GoneError when the client has hung up, or when they had to hang up."""

    def __init__(self, limits: SessionLimits, observer: Observer) -> None:
        self.inbox = Inbox()
        self.identifier = token_hex(6)
        """Finds this session in the log."""
        self._limits = limits
        self._observer = observer
        self._writer: asyncio.StreamWriter | None = None
        self._began = get_running_loop().time()
        self._errors = 0
        self._held = b""
        self._idle_commands = 0
        self._is_broken = False

    def attach(self, writer: asyncio.StreamWriter) -> None:
        """Talk through ``writer`` from now on: the connection, or the TLS inside it."""
        self._writer = writer
        self.inbox.attach(cast(asyncio.Transport, writer.transport))

    async def command(self, *, between_messages: bool) -> bytes:
        """The next command line that is fit for the session; others are answered here."""
        while True:
            if self._is_broken:
                raise GoneError
            line = await self._line(between_messages=between_messages)
            verb = commands.verb_of(line)
            self._idle_commands += verb in commands.IDLE
            if self._idle_commands > self._limits.idle_commands:
                await self.hang_up(replies.TOO_MANY_COMMANDS)
            wrong = commands.objection(line)
            if wrong is None:
                return line
            if verb in commands.ENDING:
                await self.hang_up(wrong)
            await self.answer(wrong)

    async def _line(self, *, between_messages: bool) -> bytes:
        age = get_running_loop().time() - self._began
        if between_messages and age > self._limits.session_seconds:
            await self.hang_up(replies.SESSION_TOO_LONG)
        try:
            async with asyncio.timeout(self._limits.command_seconds):
                return await self.inbox.line(commands.LONG_COMMAND_OCTETS)
        except TimeoutError:
            # A machine that stood still finds the command and the end of its time both at once.
            if self.inbox.has_line:
                return await self.inbox.line(commands.LONG_COMMAND_OCTETS)
            await self.hang_up(replies.TIMED_OUT)
        except InterruptedWaitError:
            await self.hang_up(replies.SHUTTING_DOWN)

    async def answer(self, reply: Reply) -> None:
        """Send a reply. After 421, and after too many errors, the session is over."""
        if reply.code == 421:
            await self.hang_up(reply)
        self._count(reply)
        await self.send(reply.wire)
        self._errors += reply.is_permanent
        if self._errors >= self._limits.errors:
            await self.hang_up(replies.TOO_MANY_ERRORS)

    async def answer_in_group(self, reply: Reply) -> None:
        """The same for a command that may stand within a pipelined group.

        RFC 2920 3.2: such replies should leave together. This one waits for the reply to the next
        command if that is here already.
        """
        if self.inbox.has_line and reply.is_positive:
            self._held += reply.wire + b"\r\n"
            return
        await self.answer(reply)

    async def send(self, line: bytes) -> None:
        """Send one line behind those that were held. A client that does not read is cut off."""
        if self._writer is None or self._writer.transport.is_closing():
            raise GoneError
        octets, self._held = self._held + line + b"\r\n", b""
        try:
            self._writer.write(octets)
            async with asyncio.timeout(self._limits.reply_seconds):
                await self._writer.drain()
        except OSError as error:
            if isinstance(error, TimeoutError):
                self._observer.turned_down("reply_time")
            self._writer.transport.abort()
            raise GoneError from None

    async def hang_up(self, *last: Reply, is_talking: bool = False) -> NoReturn:
        """Say the last words and end the session; ``is_talking``: more is sure to come in."""
        for reply in last:
            self._observer.refused(self.identifier, "session", reply)
            self._count(reply)
            await self.send(reply.wire)
        if is_talking or len(self.inbox):
            await self._listen_politely()
        raise GoneError

    def _count(self, reply: Reply) -> None:
        if reply.code >= 400 and reply != replies.CLOSING:
            self._observer.turned_down(reply.cause or "syntax")

    async def in_step(self) -> None:
        """End the session of a client that did not wait (RFC 2920 3.1: the last of a group)."""
        if len(self.inbox):
            await self.hang_up(replies.OUT_OF_STEP)

    async def is_silent(self, seconds: float) -> bool:
        """True when nothing arrives for that long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.inbox.more()
        return not len(self.inbox)

    @property
    def has_arrived(self) -> bool:
        """True when the client's machine has acknowledged all that we have sent."""
        if self._writer is None:
            return True
        sock = self._writer.get_extra_info("socket")
        if self._writer.transport.get_write_buffer_size() or sock.fileno() < 0:
            return False
        return not any(fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))

    def a_message_came(self) -> None:
        """Forgive the commands that brought no message."""
        self._idle_commands = 0

    def break_off(self) -> None:
        """Take no more commands after the reply that is under way."""
        self._is_broken = True

    async def close(self) -> None:
        """Let the last reply leave, for a few seconds, and give the descriptor back."""
        if self._writer is None:
            return
        self._writer.close()
        try:
            async with asyncio.timeout(_SECONDS_TO_FLUSH):
                await self._writer.wait_closed()
        except OSError:
            return
        finally:
            # A client that never reads would keep the descriptor for ever.
            self._writer.transport.abort()

    async def _listen_politely(self) -> None:
        """Let a client that is still talking read our last words.

        When a socket is closed with octets that nobody has read, the client's TCP drops them.
        """
        if self._writer is None or not self._writer.can_write_eof():
            return
        with contextlib.suppress(OSError):
            self._writer.write_eof()
            async with asyncio.timeout(self._limits.parting_seconds):
                while True:
                    self.inbox.take()
                    await self.inbox.more()
