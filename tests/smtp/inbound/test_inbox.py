import asyncio

import pytest

from gateway.smtp.inbound.inbox import GoneError, Inbox, InterruptedWaitError


class Tap(asyncio.ReadTransport):
    """A transport that remembers whether it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.is_open = True

    def pause_reading(self) -> None:
        assert self.is_open
        self.is_open = False

    def resume_reading(self) -> None:
        assert not self.is_open
        self.is_open = True


async def test_lines_come_out_one_by_one() -> None:
    inbox = Inbox()
    inbox.feed(b"one\r\ntw")
    first = await inbox.line(100)
    inbox.feed(b"o\n")

    assert [first, await inbox.line(100)] == [b"one\r\n", b"two\n"]


async def test_an_endless_line_is_cut_and_takes_no_memory() -> None:
    inbox = Inbox()
    line = asyncio.ensure_future(inbox.line(10))
    for _ in range(100):
        inbox.feed(b"x" * 1000)
        await asyncio.sleep(0)
        assert len(inbox) <= 1010
    inbox.feed(b"\r\nNOOP\r\n")

    assert await line == b"x" * 11
    assert await inbox.line(10) == b"NOOP\r\n"


async def test_what_was_sent_before_the_end_can_still_be_read() -> None:
    inbox = Inbox()
    inbox.feed(b"QUIT\r\n")
    inbox.end()

    assert await inbox.line(100) == b"QUIT\r\n"
    with pytest.raises(GoneError):
        await inbox.line(100)


async def test_an_interrupted_reader_gets_the_lines_that_are_there_and_no_more() -> None:
    inbox = Inbox()
    inbox.feed(b"NOOP\r\nNO")
    inbox.interrupt()

    assert await inbox.line(100) == b"NOOP\r\n"
    with pytest.raises(InterruptedWaitError):
        await inbox.line(100)


async def test_a_full_inbox_stops_the_transport_until_it_is_read() -> None:
    inbox, tap = Inbox(), Tap()
    inbox.attach(tap)
    inbox.feed(b"x" * 300_000)
    inbox.feed(b"x")
    was_open = tap.is_open
    inbox.take()

    assert not was_open
    assert tap.is_open


async def test_octets_given_back_come_first() -> None:
    inbox = Inbox()
    inbox.feed(b"second")
    inbox.give_back(b"first ")

    assert inbox.take() == b"first second"
