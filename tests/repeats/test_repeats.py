"""Clients that come back with a message whose first copy is still under way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from gateway.smtp.inbound import InboundSettings
from gateway.smtp.inbound.server import Server
from gateway.smtp.sink import Sink, Step
from tests.support.house import MALICIOUS, House, house
from tests.support.smtp import Client

MESSAGE = b"Subject: alarm\r\n\r\nbed 7\r\n.\r\n"


@dataclass
class Ward:
    """A house that listens, and the devices that send to it."""

    home: House
    port: int

    @asynccontextmanager
    async def device(self) -> AsyncIterator[Client]:
        """A client that has been told to send its message."""
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        await client.reply()
        await client.begin_message()
        try:
            yield client
        finally:
            client.writer.transport.abort()

    async def was_asked(self, times: int) -> None:
        async with asyncio.timeout(10):
            await self.home.scanner.was_asked(times)


@asynccontextmanager
async def ward(**options: object) -> AsyncIterator[Ward]:
    async with house(**options) as home:  # type: ignore[arg-type]
        home.scanner.gate = asyncio.Event()
        once = home.pipeline.means.once
        server = Server(
            home.pipeline,
            InboundSettings("mx.example.org"),
            observer=home.pipeline.means.events,
            marks=home.pipeline.means.marks,
            answered=once.answered,
        )
        [(_, port)] = await server.start("127.0.0.1", 0)
        try:
            yield Ward(home, port)
        finally:
            await server.close()


async def goes_away(client: Client) -> None:
    client.writer.transport.abort()


async def closes_in_order(client: Client) -> None:
    client.writer.close()


async def half_closes(client: Client) -> None:
    client.writer.write_eof()


@pytest.mark.parametrize("leaves", [goes_away, closes_in_order, half_closes])
async def test_a_retry_while_the_first_attempt_is_judged_is_given_its_answer(
    leaves: Callable[[Client], Awaitable[None]],
) -> None:
    async with ward() as ward_7, ward_7.device() as first, ward_7.device() as second:
        await first.send(MESSAGE)
        await ward_7.was_asked(1)
        await leaves(first)
        await second.send(MESSAGE)
        await asyncio.sleep(0.05)
        ward_7.home.scanner.gate.set()

        assert (await second.reply()).startswith("250 2.0.0 accepted as ")
        assert len(ward_7.home.sink.deliveries) == 1
        assert len(ward_7.home.scanner.asked) == 1
        assert ward_7.home.events[-1]["event"] == "repeated"


async def test_a_retry_while_the_first_attempt_is_relayed_is_given_its_answer() -> None:
    is_at_dot, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(step: Step) -> bytes:
        if step.verb == ".":
            is_at_dot.set()
            await may_answer.wait()
        return step.usual

    async with ward(sink=Sink(conduct=slow)) as ward_7:
        ward_7.home.scanner.gate.set()
        async with ward_7.device() as first, ward_7.device() as second:
            await first.send(MESSAGE)
            await is_at_dot.wait()
            await goes_away(first)
            await second.send(MESSAGE)
            await asyncio.sleep(0.05)
            may_answer.set()

            assert (await second.reply()).startswith("250 2.0.0 accepted as ")
            assert len(ward_7.home.sink.deliveries) == 1


async def test_a_retry_of_what_is_being_held_is_given_its_answer() -> None:
    async with ward() as ward_7, ward_7.device() as first, ward_7.device() as second:
        ward_7.home.scanner.answer = MALICIOUS
        await first.send(MESSAGE)
        await ward_7.was_asked(1)
        await goes_away(first)
        await second.send(MESSAGE)
        ward_7.home.scanner.gate.set()

        assert (await second.reply()).startswith("250 2.0.0 accepted as ")
        assert len(list(ward_7.home.lockbox.items())) == 1


async def test_a_third_attempt_waits_for_the_second_and_nothing_is_delivered_twice() -> None:
    async with (
        ward() as ward_7,
        ward_7.device() as first,
        ward_7.device() as second,
        ward_7.device() as third,
    ):
        await first.send(MESSAGE)
        await ward_7.was_asked(1)
        await goes_away(first)
        await second.send(MESSAGE)
        await asyncio.sleep(0.05)
        await goes_away(second)
        await third.send(MESSAGE)
        await asyncio.sleep(0.05)
        ward_7.home.scanner.gate.set()

        assert (await third.reply()).startswith("250 2.0.0 accepted as ")
        assert len(ward_7.home.sink.deliveries) == 1


async def test_two_alarms_on_two_live_connections_are_both_delivered() -> None:
    async with ward() as ward_7, ward_7.device() as first, ward_7.device() as second:
        await first.send(MESSAGE)
        await second.send(MESSAGE)
        await ward_7.was_asked(1)
        ward_7.home.scanner.gate.set()
        early, late = first, second
        replies = [asyncio.ensure_future(client.reply()) for client in (early, late)]
        done, _ = await asyncio.wait(replies, return_when=asyncio.FIRST_COMPLETED)
        heard = early if replies[0] in done else late
        await heard.send(b"QUIT\r\n")

        assert {(await reply)[:3] for reply in replies} == {"250"}
        assert len(ward_7.home.sink.deliveries) == 2


async def test_an_alarm_does_not_wait_for_ever_for_a_client_that_stays_silent() -> None:
    async with (
        ward(patience_seconds=0.1) as ward_7,
        ward_7.device() as first,
        ward_7.device() as second,
    ):
        ward_7.home.scanner.gate.set()
        await first.send(MESSAGE)
        await first.reply()
        await second.send(MESSAGE)

        assert (await second.reply()).startswith("250")
        assert len(ward_7.home.sink.deliveries) == 2


async def test_the_same_message_twice_in_one_session_is_delivered_twice() -> None:
    async with ward() as ward_7, ward_7.device() as client:
        ward_7.home.scanner.gate.set()
        again = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<u@y.test>\r\nDATA\r\n"
        await client.send(MESSAGE + again)

        assert [(await client.reply())[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        assert (await client.ask(MESSAGE[:-2])).startswith("250")
        assert len(ward_7.home.sink.deliveries) == 2


async def test_after_a_refusal_the_retry_that_waited_is_judged_itself() -> None:
    answers = iter([b"452 4.2.2 mailbox full\r\n"])

    async def full_once(step: Step) -> bytes:
        return next(answers, step.usual) if step.verb == "." else step.usual

    async with (
        ward(sink=Sink(conduct=full_once)) as ward_7,
        ward_7.device() as first,
        ward_7.device() as second,
    ):
        await first.send(MESSAGE)
        await ward_7.was_asked(1)
        await goes_away(first)
        await second.send(MESSAGE)
        await asyncio.sleep(0.05)
        ward_7.home.scanner.gate.set()

        assert (await second.reply()).startswith("250")
        assert len(ward_7.home.sink.deliveries) == 1


async def test_a_mistake_of_ours_lets_the_retry_that_waited_go_on() -> None:
    async with ward() as ward_7, ward_7.device() as first, ward_7.device() as second:
        ward_7.home.scanner.mistake = ValueError("a bug")
        await first.send(MESSAGE)
        await ward_7.was_asked(1)
        await second.send(MESSAGE)
        await asyncio.sleep(0.05)
        ward_7.home.scanner.gate.set()

        assert (await first.reply()).startswith("451")
        assert (await second.reply()).startswith("451")
        assert len(ward_7.home.scanner.asked) == 2


async def test_a_retry_waits_no_longer_than_the_deadline() -> None:
    async with (
        ward(deadline_seconds=0.3) as ward_7,
        ward_7.device() as first,
        ward_7.device() as second,
    ):
        await first.send(MESSAGE)
        await ward_7.was_asked(1)
        await second.send(MESSAGE)

        assert (await first.reply()).startswith("451 4.3.2")
        assert (await second.reply()).startswith("451 4.3.2")
        assert not ward_7.home.sink.deliveries


async def test_two_different_messages_do_not_wait_for_each_other() -> None:
    async with ward() as ward_7, ward_7.device() as first, ward_7.device() as second:
        await first.send(MESSAGE)
        await second.send(b"Subject: another\r\n\r\n.\r\n")

        await ward_7.was_asked(2)
