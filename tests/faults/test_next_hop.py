"""Table C: what a client hears while the mail server behind fails in every way it can.

A client sends a letter and sends it again until it is accepted or refused for good. Whatever the
next hop did, the letter is then in one place, or in none if it was refused.
"""

import asyncio
import gc
import sys
import time
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.smtp.outbound import HopAddress, Limits
from gateway.smtp.sink import EXTENSIONS, Sink, Step
from tests.support.certificates import Authority
from tests.support.ledger import call
from tests.support.next_hop import (
    Fault,
    accepts_and_hangs_up,
    accepts_in_silence,
    answers_and_hangs_up,
    drips,
    full_backlog,
    hangs,
    hangs_up,
    never_stops,
    says,
    usual,
)
from tests.support.ports import free_port
from tests.support.smtp import Client
from tests.support.town import HASTY, town

pytestmark = pytest.mark.slow

THREE = ("a@hospital.example", "b@hospital.example", "c@hospital.example")
LARGE = 1 << 20
SEVEN_BIT = tuple(name for name in EXTENSIONS if name != "8BITMIME")
SOON = {"timeouts": HASTY}
EVERY_VERB = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT")


@dataclass(frozen=True)
class Row:
    """``faults`` of the next hop, and the answers to one attempt after the other."""

    faults: Mapping[str, Fault | list[Fault]]
    answers: tuple[str, ...]
    fate: str = "once"
    letter: dict[str, Any] = field(default_factory=dict)
    hop: dict[str, Any] = field(default_factory=dict)


ROWS = {
    "C3 greets after the time-out": Row(
        {"CONNECT": [hangs]}, ("MAIL 451 4.4.1", ". 250"), hop=SOON
    ),
    "C4 says 421 when called": Row(
        {"CONNECT": [says("421 4.3.2 not now")]}, ("MAIL 451 4.4.1", ". 250")
    ),
    "C5 knows only HELO": Row({"EHLO": says("502 5.5.1 what?")}, (". 250",)),
    "C6 MAIL 4xx": Row(
        {"MAIL": [says(b"450 4.7.1 gr\xe9y\x1b[2Jlist\r\n")]},
        ("MAIL 450 4.7.1 gr?y?[2Jlist", ". 250"),
    ),
    "C7 MAIL 5xx": Row({"MAIL": says("550 5.7.1 not you")}, ("MAIL 550 5.7.1 not you",), "nowhere"),
    "C8 one recipient of three 4xx": Row(
        {"RCPT b@hospital.example": says("450 4.2.1 full")},
        (". 250",),
        letter={"recipients": THREE},
    ),
    "C8 one recipient of three 4xx after the scan": Row(
        {"DATA": [hangs_up], "RCPT b@hospital.example": [usual, says("450 4.2.1 full")]},
        (". 451 4.3.0", ". 250"),
        letter={"recipients": THREE},
    ),
    "C9 one recipient of three 5xx": Row(
        {"RCPT b@hospital.example": says("550 5.1.1 who?")},
        (". 250",),
        letter={"recipients": THREE},
    ),
    "C9 one recipient of three 5xx after the scan": Row(
        {"DATA": [hangs_up], "RCPT b@hospital.example": [usual, says("550 5.1.1 who?")]},
        (". 451 4.3.0", ". 250"),
        letter={"recipients": THREE},
    ),
    "C10 every recipient 5xx": Row(
        {"RCPT": says("550 5.1.1 who?")}, ("RCPT 550 5.1.1 who?",), "nowhere"
    ),
    "C11 DATA 4xx": Row({"DATA": [says("451 4.3.0 busy")]}, (". 451 4.3.0 busy", ". 250")),
    "C11 no 354 ever": Row({"DATA": [hangs]}, (". 451 4.4.1", ". 250"), hop=SOON),
    "C13 closes at the beginning of the message": Row({"BODY": [hangs_up]}, (". 451 4.4", ". 250")),
    "C13 closes in the middle of the message": Row(
        {"BODY": [hangs_up]}, (". 451 4.4.1", ". 250"), letter={"padding": 8 * LARGE}
    ),
    "C14 says 250 and closes at once": Row({".": [answers_and_hangs_up]}, (". 250",)),
    "C15 554 after the dot": Row({".": says("554 5.7.1 no")}, (". 554 5.7.1 no",), "nowhere"),
    "C16 452 after the dot": Row({".": [says("452 4.2.2 full")]}, (". 452 4.2.2 full", ". 250")),
    "C17 answers without end": Row({"EHLO": [never_stops]}, ("MAIL 451 4.4.1", ". 250")),
    "C17 answers with a line of 1 MB": Row(
        {"MAIL": [says(b"250 " + b"x" * LARGE + b"\r\n")]}, ("MAIL 451 4.4.1", ". 250")
    ),
    "C17 answers with rubbish": Row(
        {"RCPT": [says(bytes(range(256)) * 40 + b"\r\n")]}, ("RCPT 451 4.4.1", ". 250")
    ),
    "C21 stops reading": Row(
        {"BODY": [hangs]}, (". 451 4.4.1", ". 250"), letter={"padding": 16 * LARGE}, hop=SOON
    ),
    "C22 answers octet by octet": Row(dict.fromkeys(EVERY_VERB, drips), (". 250",)),
    "C23 speaks only LMTP": Row(
        {"EHLO": says("500 5.5.1 LHLO"), "HELO": says("500 5.5.1 LHLO")},
        ("MAIL 451 4.4.1",) * 5,
        "nowhere",
    ),
    "C25 answers before the dot": Row(
        {"BODY": [says("250 2.0.0 kept")]}, (". 451 4.4.1", ". 250"), letter={"padding": 4 * LARGE}
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_letter_is_in_one_place_whatever_the_next_hop_does(row: Row) -> None:
    async with town(row.faults, hop=row.hop) as place:
        letter = place.ledger.write(**row.letter)
        given = await place.ledger.deliver(letter, place.port)

        assert len(given) == len(row.answers)
        for answer, expected in zip(given, row.answers, strict=True):
            assert f"{answer.stage} {answer.reply}".startswith(expected)
        assert await place.count() == {row.fate: 1}


async def test_c1_nobody_listens() -> None:
    async with town(sink=Sink()) as place:
        await place.sink.close()
        letter = place.ledger.write()
        first = await place.send(letter)
        await place.sink.start(port=place.sink.port)
        second = await place.send(letter)

        assert (first.stage, first.reply[:9]) == ("MAIL", "451 4.4.1")
        assert second.is_accepted
        assert await place.count() == {"once": 1}


async def test_c2_an_address_that_answers_nothing_costs_the_connect_time_out_and_no_more() -> None:
    with full_backlog() as port:
        async with town(hosts=[port], hop=SOON) as place:
            letters = [place.ledger.write() for _ in range(3)]
            began = time.monotonic()
            answers = [await place.send(letter) for letter in letters]
            waited = time.monotonic() - began

            # The second address takes over for all of them.
            assert [answer.is_accepted for answer in answers] == [True] * 3
            assert HASTY.connect <= waited < 30
            assert await place.count() == {"once": 3}


async def test_c2_with_no_other_address_the_client_is_told_in_time() -> None:
    with full_backlog() as port:
        async with town(hop=SOON | {"addresses": [HopAddress("127.0.0.1", port)]}) as place:
            answer = await place.send(place.ledger.write())

            assert (answer.stage, answer.reply[:9]) == ("MAIL", "451 4.4.1")
            assert await place.count() == {"nowhere": 1}


async def test_c4_after_421_the_next_hop_is_left_alone_for_a_while() -> None:
    refusal = {"CONNECT": [says("421 4.3.2 not now")]}
    async with town(refusal, hop={"limits": Limits(first_pause=0.5)}) as place:
        letter = place.ledger.write()
        answers = [await place.send(letter) for _ in range(5)]
        calls = place.steps.count("CONNECT")
        await asyncio.sleep(0.5)
        last = await place.send(letter)

        assert {answer.reply[:9] for answer in answers} == {"451 4.4.1"}
        assert calls == 1
        assert last.is_accepted


@pytest.mark.parametrize(
    ("fault", "fate"),
    [(accepts_in_silence, "twice"), (accepts_and_hangs_up, "twice"), (hangs, "once")],
)
async def test_c12_silence_after_the_dot_is_in_doubt_and_a_retry_is_delivered(
    fault: Fault, fate: str
) -> None:
    async with town({".": [fault]}, hop=SOON) as place:
        letter = place.ledger.write()
        letter.doubts = 1
        answers = await place.ledger.deliver(letter, place.port)

        assert [answer.reply[:9] for answer in answers] == ["451 4.4.2", "250 2.0.0"]
        assert await place.count() == {fate: 1}


async def test_c17_what_the_next_hop_says_takes_no_memory() -> None:
    async with town({"EHLO": [never_stops]}) as place:
        letter = place.ledger.write()
        tracemalloc.start()
        try:
            await place.send(letter)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert peak < 4 * LARGE


@pytest.mark.parametrize(
    ("text", "reply"), [("é", "451 4.6.3"), ("plain", "250")], ids=["8-bit", "7-bit"]
)
async def test_c18_8bitmime_is_gone_after_the_scan(text: str, reply: str) -> None:
    async with town({"DATA": [hangs_up]}) as place:
        letter = place.ledger.write(text=text.encode())
        await place.ledger.deliver(place.ledger.write(), place.port)  # it is known to offer it
        place.script.faults = {"DATA": [loses(place.sink, SEVEN_BIT)]}
        answer = await place.send(letter)

        assert answer.reply.startswith(reply)
        assert await place.count() == ({"once": 2} if reply == "250" else {"once": 1, "nowhere": 1})


def loses(sink: Sink, extensions: tuple[str, ...]) -> Fault:
    """Hangs up, and offers less when it is called again."""

    async def fault(step: Step) -> bytes:
        sink.extensions = extensions
        raise ConnectionError(step.verb)

    return fault


async def test_c18_smtputf8_is_gone_after_the_scan() -> None:
    without = tuple(name for name in EXTENSIONS if name != "SMTPUTF8")
    async with town() as place:
        await place.ledger.deliver(place.ledger.write(), place.port)
        place.script.faults = {"DATA": [loses(place.sink, without)]}
        async with call(place.port) as client:
            await client.reply()
            await client.ask(b"EHLO client.example")
            replies = [
                await client.ask("MAIL FROM:<é@out.example> SMTPUTF8".encode()),
                await client.ask(b"RCPT TO:<dr@hospital.example>"),
                await client.ask(b"DATA"),
                await client.ask(b"Subject: x\r\n\r\nx\r\n."),
            ]

        assert [reply[:3] for reply in replies[:3]] == ["250", "250", "354"]
        assert replies[3].startswith("553 5.6.7")
        assert await place.count() == {"once": 1}


@pytest.mark.parametrize("fault", ["refused", "not offered", "other name", "stranger"])
async def test_c19_required_tls_that_cannot_be_had_lets_nothing_through(fault: str) -> None:
    authority, stranger = Authority(), Authority()
    tls = {
        "refused": authority.server("hop.test"),
        "not offered": None,
        "other name": authority.server("other.test"),
        "stranger": stranger.server("hop.test"),
    }
    faults = {"STARTTLS": says("454 4.7.0 not now")} if fault == "refused" else {}
    options = {"tls": "required", "tls_context": authority.client}
    async with town(faults, sink=Sink(tls=tls[fault]), hop=options) as place:
        answer = await place.send(place.ledger.write())

        assert (answer.stage, answer.reply[:9]) == ("MAIL", "451 4.4.1")
        assert not [step for step in place.steps if step.startswith("MAIL")]
        assert await place.count() == {"nowhere": 1}


async def test_c20_the_first_address_is_dead_and_the_second_takes_the_letter() -> None:
    async with town(hosts=[free_port()]) as place:
        answer = await place.send(place.ledger.write())

        assert answer.is_accepted
        assert await place.count() == {"once": 1}


async def test_c24_ten_thousand_letters_for_a_dead_hop_cost_little_each() -> None:
    """One after the other in a few sessions: each is told at once, and nothing piles up."""
    dead = [HopAddress("127.0.0.1", free_port())]
    async with (
        town(hop={"addresses": dead, "limits": Limits()}) as place,
        call(place.port) as client,
    ):
        await client.reply()
        await client.ask(b"EHLO client.example")
        await refused(client, 1000)
        began, size = time.process_time(), allocated()
        await refused(client, 9000)
        spent, grown = time.process_time() - began, allocated() - size

        # Of which the client of this test takes a good part.
        assert spent / 9000 < 0.005
        assert grown < 1000


async def refused(client: Client, times: int) -> None:
    for _ in range(times):
        reply = await client.ask(b"MAIL FROM:<lab@out.example>")
        assert reply.startswith("451 4.4.1"), reply


def allocated() -> int:
    """Blocks of memory that are in use."""
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.parametrize("how", ["closed", "closed with 421", "reset"])
async def test_c26_a_connection_that_died_while_idle_is_replaced_unnoticed(how: str) -> None:
    async with town() as place:
        await place.send(place.ledger.write())
        (writer,) = place.script.writers
        match how:
            case "closed":
                writer.close()
            case "closed with 421":
                writer.write(b"421 4.4.2 idle\r\n")
                writer.close()
            case _:
                writer.transport.abort()
        answer = await place.send(place.ledger.write())

        assert answer.is_accepted
        assert await place.count() == {"once": 2}
