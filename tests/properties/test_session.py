"""Any commands and any octets, in any order: the server answers each line, and its state is sane.

The machine keeps what RFC 5321 says of a session, and believes only replies. Hypothesis looks for
the shortest conversation after which the two disagree; ``make fuzz`` lets it look for longer.
"""

import asyncio
import os
import re
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway.smtp.inbound import SessionLimits, commands
from tests.properties.test_address import NEARLY
from tests.support.smtp import Client, House, serving

SECONDS = float(os.environ.get("LAZARETTO_FUZZ_SECONDS", "20"))
Value = TypeVar("Value")

_REPLY = re.compile(r"(?:([2-5]\d\d)-[ -~]*\n)*([2-5]\d\d)(?: [ -~]*)?")
_LAST_WORDS = {"221", "421", "554"}
"""After one of these the server hangs up."""
_LINES = (
    *(b"EHLO client.example", b"HELO client", b"EHLO", b"EHLO \xff", b"RSET", b"RSET x", b"NOOP"),
    *(b"MAIL FROM:<a@b.test>", b"mail from:<>", b"MAIL FROM:<a@b.test> SIZE=9 BODY=8BITMIME"),
    *(b"MAIL FROM:<a@b.test> SIZE=99999999999", b"MAIL FROM:<a@b.test> X=1", b"MAIL"),
    *(b"RCPT TO:<u@y.test>", b"rcpt to:<u@y.test> NOTIFY=NEVER", b"RCPT TO:u@y.test", b"RCPT"),
    *(b"DATA", b"data", b"DATA x", b"BDAT 3 LAST", b"VRFY u", b"EXPN u", b"HELP", b"AUTH PLAIN"),
    *(b"STARTTLS", b"XFORWARD ADDR=192.0.2.1", b"QUIT x", b"QUIT", b"GET / HTTP/1.1", b"", b" "),
)
LINE = (
    st.sampled_from(_LINES)
    | NEARLY.map(lambda octets: b"MAIL FROM:<" + octets + b">")
    | NEARLY.map(lambda octets: b"RCPT TO:<" + octets + b">")
    | st.binary(max_size=60)
    | st.integers(500, 5000).map(lambda size: b"NOOP " + b"x" * size)
).map(lambda line: line.replace(b"\n", b""))
BODY = st.lists(st.sampled_from([b"", b".", b"..", b"text", b"\0", b"\xe9", b"x" * 1000]))


class Conversation(RuleBasedStateMachine):
    """One client after the other, and what the server must think of them."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        limits = SessionLimits(errors=10_000, idle_commands=8, parting_seconds=0.01)
        self._house: House = self._wait(self._stack.enter_async_context(serving(limits=limits)))
        self._messages: list[bytes] = []
        self._client: Client | None = None
        self._call()

    @precondition(lambda self: not self.is_in_message)
    @rule(line=LINE, end=st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"]))
    def say(self, line: bytes, end: bytes) -> None:
        reply = self._ask(line + end)
        if reply.startswith(("250", "354")):
            assert end == b"\r\n"
            self._believe(line[:4].upper(), reply[:3])

    @precondition(lambda self: self.is_greeted and not self.is_in_message)
    @rule(count=st.integers(1, 5))
    def say_in_one_go(self, count: int) -> None:
        """RFC 2920: a group of commands, and as many replies."""
        group = b"RSET\r\nMAIL FROM:<a@b.test>\r\n" + b"RCPT TO:<u@y.test>\r\n" * count
        client, replies = self._client, [self._ask(group)]
        while self._client is client and len(replies) < count + 2:
            replies.append(self._hear())
        if self._client is client:
            assert [reply[:3] for reply in replies] == ["250"] * (count + 2)
            self.has_sender, self.recipients = True, count

    @precondition(lambda self: self.is_in_message)
    @rule(lines=BODY, size=st.integers(1, 50))
    def send_message(self, lines: list[bytes], size: int) -> None:
        message = b"".join(line + b"\r\n" for line in lines)
        wire = (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"
        for start in range(0, len(wire) - size, size):
            self._wait(self._connected().send(wire[start : start + size]))
        sent = len(range(0, len(wire) - size, size)) * size
        reply = self._ask(wire[sent:])
        self.is_in_message, self.has_sender, self.recipients = False, False, 0

        assert reply.startswith("250"), reply
        self._messages.append(message)

    @rule()
    def hang_up(self) -> None:
        self._connected().writer.transport.abort()
        self._call()

    @invariant()
    def is_in_order(self) -> None:
        assert [delivered.message for delivered in self._house.pipeline.delivered] == self._messages
        assert self._house.notebook.failures == []

    def teardown(self) -> None:
        self._connected().writer.transport.abort()
        self._wait(self._house.is_empty())
        self.is_in_order()
        self._wait(self._stack.aclose())
        self._loop.close()

    def _believe(self, verb: bytes, code: str) -> None:
        match verb:
            case b"EHLO" | b"HELO":
                self.is_greeted, self.has_sender, self.recipients = True, False, 0
            case b"RSET":
                self.has_sender, self.recipients = False, 0
            case b"MAIL":
                assert self.is_greeted
                assert not self.has_sender
                self.has_sender = True
            case b"RCPT":
                assert self.has_sender
                self.recipients += 1
            case b"DATA":
                assert code == "354"
                assert self.recipients
                self.is_in_message = True
            case _:
                assert verb == b"NOOP"

    def _call(self) -> None:
        self.is_greeted = self.has_sender = self.is_in_message = False
        self.recipients = 0
        self._client = self._wait(self._house.client())

    def _connected(self) -> Client:
        assert self._client
        return self._client

    def _ask(self, octets: bytes) -> str:
        self._wait(self._connected().send(octets))
        return self._hear(verb=commands.verb_of(octets))

    def _hear(self, *, verb: str = "") -> str:
        """The next reply. After the server's last words we call again."""
        reply = self._wait(self._connected().reply())
        assert _REPLY.fullmatch(reply), reply
        if reply[:3] in _LAST_WORDS or verb in commands.ENDING:
            assert self._wait(self._connected().rest()) == b""
            self._call()
        return reply

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(asyncio.wait_for(work, 20))


def test_any_conversation_is_answered_line_by_line() -> None:
    run_state_machine_as_test(Conversation, settings=settings(max_examples=40, deadline=None))


@pytest.mark.fuzz
def test_conversations_for_longer() -> None:
    deadline, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < deadline:
        run_state_machine_as_test(
            Conversation,
            settings=settings(
                max_examples=50, stateful_step_count=100, deadline=None, database=None
            ),
        )
        count += 50
    print(f"{count} conversations")
