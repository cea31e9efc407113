"""Table G: clients that are slow, rude, gone or too many, and what becomes of everybody's mail."""

import asyncio
import gc
import socket
import struct
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from gateway.smtp import replies
from gateway.smtp.inbound import SessionLimits
from tests.support.certificates import Authority
from tests.support.ledger import Answer, Letter, call, on_the_wire
from tests.support.smtp import Client
from tests.support.town import town

pytestmark = pytest.mark.slow

LARGE = 1 << 20

# --- slow --------------------------------------------------------------------------------------


async def test_g2_a_command_that_comes_in_octet_by_octet_has_its_time() -> None:
    async with town(limits=SessionLimits(command_seconds=0.3)) as place, call(place.port) as client:
        await client.reply()
        trickle = asyncio.ensure_future(send_slowly(client, b"EHLO client.example", seconds=0.1))
        last = await client.reply()
        trickle.cancel()

        assert last == str(replies.TIMED_OUT)
        assert await client.reply() == ""
        await place.is_quiet()  # its place is free


async def send_slowly(client: Client, octets: bytes, *, seconds: float, size: int = 1) -> None:
    for start in range(0, len(octets), size):
        with suppress(OSError):
            await client.send(octets[start : start + size])
        await asyncio.sleep(seconds)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(4000, "250 2.0.0"), (200, str(replies.TOO_SLOW))],
    ids=["G3a four times as fast as it must be", "G3b a tenth of it"],
)
async def test_a_slow_message_is_taken_as_long_as_it_keeps_the_least_rate(
    size: int, expected: str
) -> None:
    limits = SessionLimits(data_seconds=0.4, data_bytes_per_second=20_000)
    async with town(limits=limits) as place:
        letter = place.ledger.write(padding=60_000)
        async with place.ledger.begun(letter, place.port) as client:
            sending = asyncio.ensure_future(
                send_slowly(client, on_the_wire(letter) + b"\r\n", seconds=0.05, size=size)
            )
            reply = await client.reply()
            sending.cancel()
            note(letter, reply)

        assert reply.startswith(expected)
        assert await place.count() == {"once" if expected.startswith("250") else "nowhere": 1}


def note(letter: Letter, reply: str) -> None:
    letter.answers.append(Answer(".", reply))


async def test_g4_a_client_that_never_reads_is_cut_off_and_its_descriptor_is_free() -> None:
    limits = SessionLimits(reply_seconds=0.1, idle_commands=1 << 40)
    async with town(limits=limits) as place:
        before = descriptors()
        async with call(place.port, window=2048) as client:
            await client.reply()
            client.writer.transport.pause_reading()
            with pytest.raises(ConnectionError):
                await talk_on(client)
        await place.is_quiet()

        assert descriptors() <= before
        assert (await place.send(place.ledger.write())).is_accepted
        assert await place.count() == {"once": 1}


async def talk_on(client: Client) -> None:
    while True:
        await client.send(b"VRFY\r\n" * 10_000)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


# --- gone --------------------------------------------------------------------------------------


async def closes(client: Client) -> None:
    client.writer.close()


async def resets(client: Client) -> None:
    sock: socket.socket = client.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.writer.transport.abort()


Departure = Callable[[Client], Awaitable[None]]


@pytest.mark.parametrize("departure", [closes, resets])
@pytest.mark.parametrize("is_infected", [False, True], ids=["clean", "infected"])
async def test_g5_a_client_that_is_gone_right_after_the_dot_is_served_once(
    departure: Departure, *, is_infected: bool
) -> None:
    async with town() as place:
        letter = place.ledger.write(is_infected=is_infected)
        place.scanner.gate.clear()
        async with place.ledger.begun(letter, place.port) as client:
            await client.send(on_the_wire(letter) + b"\r\n")
            await place.scanner.asked.wait()
            await departure(client)
        await asyncio.sleep(0.05)
        place.scanner.gate.set()
        await place.is_quiet()
        answer = await place.send(letter)

        assert answer.is_accepted
        assert await place.count() == {"once": 1}
        assert place.steps.count(".") == (0 if is_infected else 1)


async def test_g6_a_client_that_half_closes_after_the_dot_gets_its_reply() -> None:
    async with town() as place:
        letter = place.ledger.write()
        async with place.ledger.begun(letter, place.port) as client:
            await client.send(on_the_wire(letter) + b"\r\n")
            client.writer.write_eof()
            note(letter, await client.reply())
            assert await client.reply() == ""

        assert letter.is_accepted
        assert await place.count() == {"once": 1}


@pytest.mark.parametrize("departure", [closes, resets])
async def test_g7_a_client_that_is_gone_in_the_middle_of_a_message_leaves_nothing(
    departure: Departure,
) -> None:
    before = spools()
    async with town() as place:
        letter = place.ledger.write(padding=LARGE)
        async with place.ledger.begun(letter, place.port) as client:
            await client.send(on_the_wire(letter)[: LARGE // 2])
            await departure(client)
        await place.is_quiet()

        assert spools() <= before
        assert await place.count() == {"nowhere": 1}
        assert (await place.send(letter)).is_accepted
        assert await place.count() == {"once": 1}


def spools() -> set[int]:
    """The messages in the memory of this process, by their inodes: another test may keep some."""
    links = (path for path in Path("/proc/self/fd").iterdir() if path.is_symlink())
    return {link.stat().st_ino for link in links if "memfd:message" in str(link.readlink())}


async def test_g13_a_retry_during_the_scan_of_the_first_attempt_is_delivered_once() -> None:
    async with town() as place:
        letter = place.ledger.write()
        place.scanner.gate.clear()
        async with place.ledger.begun(letter, place.port) as client:
            await client.send(on_the_wire(letter) + b"\r\n")
            await place.scanner.asked.wait()
            await closes(client)
        retry = asyncio.ensure_future(place.ledger.deliver(letter, place.port))
        await asyncio.sleep(0.2)
        place.scanner.gate.set()
        await retry

        assert letter.is_accepted
        assert await place.count() == {"once": 1}


async def test_g14_what_a_client_says_during_the_scan_waits_its_turn() -> None:
    async with town() as place:
        first, second = place.ledger.write(), place.ledger.write()
        place.scanner.gate.clear()
        async with place.ledger.begun(first, place.port) as client:
            await client.send(on_the_wire(first) + b"\r\n")
            await place.scanner.asked.wait()
            await client.send(b"MAIL FROM:<lab@out.example>\r\nRCPT TO:<dr@hospital.example>\r\n")
            await asyncio.sleep(0.05)
            place.scanner.gate.set()
            note(first, await client.reply())
            told = [await client.reply() for _ in range(2)]
            await client.ask(b"DATA")
            note(second, await client.ask(on_the_wire(second)))

        assert [reply[:3] for reply in told] == ["250", "250"]
        assert await place.count() == {"once": 2}


# --- too much ----------------------------------------------------------------------------------


async def test_g15_ten_thousand_recipients_are_refused_beyond_the_limit() -> None:
    async with town() as place:
        letter = place.ledger.write(recipients=tuple(f"u{n}@hospital.example" for n in range(1000)))
        async with call(place.port) as client:
            await client.reply()
            await client.ask(b"EHLO client.example")
            await client.ask(b"MAIL FROM:<lab@out.example>")
            told = [
                reply for start in range(0, 10_000, 100) for reply in await offer(client, start)
            ]
            await client.ask(b"DATA")
            note(letter, await client.ask(on_the_wire(letter)))

        assert [reply[:3] for reply in told] == ["250"] * 1000 + ["452"] * 9000
        assert told[-1] == str(replies.TOO_MANY_RECIPIENTS)
        assert await place.count() == {"once": 1}


async def offer(client: Client, start: int) -> list[str]:
    """A hundred recipients in one go."""
    names = range(start, start + 100)
    await client.send(b"".join(b"RCPT TO:<u%d@hospital.example>\r\n" % n for n in names))
    return [await client.reply() for _ in names]


async def test_g16_one_address_cannot_take_the_place_of_the_others() -> None:
    limits = SessionLimits(connections_per_client=20, parting_seconds=0.05)
    async with town(limits=limits) as place, AsyncExitStack() as crowd:
        clients = [await crowd.enter_async_context(call(place.port)) for _ in range(200)]
        greetings = [await client.reply() for client in clients]
        letter = place.ledger.write()
        answer = await place.ledger.attempt(letter, place.port, source="127.0.0.2")

        assert [greeting[:3] for greeting in greetings] == ["220"] * 20 + ["421"] * 180
        assert greetings[-1] == str(replies.TOO_MANY_FROM_CLIENT)
        assert answer.is_accepted


@pytest.mark.parametrize(
    "octets", [b"x", b"\r\n", b"line\r\n"], ids=["one line", "empty lines", "lines"]
)
async def test_g17_a_message_without_end_is_552_then_421_and_takes_no_more_than_the_limit(
    octets: bytes,
) -> None:
    limits, before = SessionLimits(message_bytes=LARGE), spools()
    async with town(limits=limits) as place, call(place.port) as client:
        await client.reply()
        for line in (
            b"EHLO client.example",
            b"MAIL FROM:<a@b.test>",
            b"RCPT TO:<c@d.test>",
            b"DATA",
        ):
            await client.ask(line)
        gc.collect()
        tracemalloc.start()
        try:
            with suppress(ConnectionError):
                for _ in range(64):
                    await client.send(octets * (LARGE // len(octets)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert await client.reply() == f"552 5.3.4 message size exceeds {LARGE}"
        assert await client.reply() == str(replies.CLOSING)
        assert peak < 4 * LARGE
        assert spools() <= before


# --- TLS ---------------------------------------------------------------------------------------


async def test_g10_a_handshake_that_stalls_has_its_time() -> None:
    limits = SessionLimits(handshake_seconds=0.2)
    tls = Authority().server("mx.example.org")
    async with town(limits=limits, tls=tls) as place, call(place.port) as client:
        await client.reply()
        await client.ask(b"STARTTLS")
        with suppress(ConnectionError):
            assert await client.reply() == ""

        await place.is_quiet()
        assert [stage for stage, _ in place.notebook.failures] == ["tls"]


@pytest.mark.parametrize(
    "octets",
    [
        bytes(range(256)) * 20,
        b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10\x01\x00\x80",  # SSLv2
        b"\x16\x03\x00\x00\x2f\x01\x00\x00\x2b\x03\x00" + bytes(40),  # SSLv3
        b"EHLO client.example\r\n",
    ],
    ids=["rubbish", "SSLv2", "SSLv3", "clear text"],
)
async def test_g11_a_handshake_that_is_none_is_counted_and_costs_nobody_else(octets: bytes) -> None:
    tls = Authority().server("mx.example.org")
    async with town(tls=tls) as place:
        async with call(place.port) as client:
            await client.reply()
            await client.ask(b"STARTTLS")
            await client.send(octets)
            client.writer.write_eof()
            await client.rest()
        await place.is_quiet()

        assert [stage for stage, _ in place.notebook.failures] == ["tls"]
        assert (await place.send(place.ledger.write())).is_accepted
        assert await place.count() == {"once": 1}


async def test_e13_a_machine_that_stood_still_cuts_nobody_off_who_spoke_in_time() -> None:
    limits = SessionLimits(command_seconds=0.5)
    async with town(limits=limits) as place, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(call(place.port)) for _ in range(10)]
        for client in clients:
            await client.reply()
        *speaking, silent = clients
        for client in speaking:
            await client.send(b"NOOP\r\n")
        time.sleep(1.0)  # noqa: ASYNC251 - all of this process stands still, as when a VM is paused
        answers = [await client.reply() for client in speaking]
        last = await silent.reply()
        afterwards = [await client.ask(b"NOOP") for client in speaking]

    assert {answer[:3] for answer in answers + afterwards} == {"250"}
    assert last == str(replies.TIMED_OUT)
