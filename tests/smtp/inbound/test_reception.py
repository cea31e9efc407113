import asyncio
import os
from dataclasses import replace

import pytest

from gateway.smtp.inbound import InboundSettings, SessionLimits
from gateway.smtp.inbound.inbox import GoneError, Inbox
from gateway.smtp.inbound.memory import Memory
from gateway.smtp.inbound.reception import Reception, TooSlowError

LIMITS = SessionLimits(message_bytes=1000, in_flight_seconds=0.01)
SETTINGS = InboundSettings("mx.example.org", limits=LIMITS)


def inbox(octets: bytes) -> Inbox:
    filled = Inbox()
    filled.feed(octets)
    return filled


async def test_a_message_is_received_and_what_follows_stays_in_the_inbox() -> None:
    reception = Reception(Memory(10_000), SETTINGS)
    box = inbox(b"Subject: x\r\n\r\n.\r\nQUIT\r\n")
    await reception.receive(box)

    with reception.spool.view() as view:
        assert bytes(view) == b"Subject: x\r\n\r\n"
    assert box.take() == b"QUIT\r\n"
    assert reception.refusal("id") is None
    reception.close()


async def test_memory_is_counted_while_it_is_held_and_no_longer() -> None:
    memory = Memory(10_000)
    reception = Reception(memory, SETTINGS)
    await reception.receive(inbox(b"x" * 500 + b"\r\n.\r\n"))
    held = not memory.has_room(9_500)
    reception.close()
    reception.close()

    assert held
    assert memory.has_room(10_000)


async def test_without_room_a_message_is_read_to_its_end_and_refused_with_452() -> None:
    memory = Memory(100)
    memory.take(100)
    reception = Reception(memory, SETTINGS)
    box = inbox(b"hello\r\n.\r\nQUIT\r\n")
    await reception.receive(box)
    reply = reception.refusal("id")

    assert reply
    assert reply.code == 452
    assert box.take() == b"QUIT\r\n"
    assert not reception.is_hostile
    reception.close()


async def test_a_message_waits_for_room() -> None:
    memory = Memory(100)
    memory.take(100)
    patient = replace(SETTINGS, limits=replace(LIMITS, in_flight_seconds=20.0))
    reception = Reception(memory, patient)
    async with asyncio.TaskGroup() as group:
        group.create_task(reception.receive(inbox(b"hello\r\n.\r\n")))
        await asyncio.sleep(0)
        memory.give_back(100)

    assert reception.refusal("id") is None
    reception.close()


async def test_b1_a_spool_that_cannot_be_written_is_452_and_not_a_crash() -> None:
    reception = Reception(Memory(10_000), SETTINGS)
    os.dup2(os.open(os.devnull, os.O_RDONLY), reception.spool.fileno())
    await reception.receive(inbox(b"hello\r\n.\r\n"))
    reply = reception.refusal("id")

    assert reply
    assert reply.code == 452
    reception.close()


async def test_a_message_that_never_ends_is_given_up_at_twice_the_limit() -> None:
    reception = Reception(Memory(10_000), SETTINGS)
    await reception.receive(inbox(b"x" * 2_100))
    reply = reception.refusal("id")

    assert reply
    assert reply.code == 552
    assert reception.is_hostile
    reception.close()


async def test_a_client_that_hangs_up_inside_a_message_is_gone() -> None:
    reception = Reception(Memory(10_000), SETTINGS)
    box = inbox(b"Subject: x\r\n")
    box.end()

    with pytest.raises(GoneError):
        await reception.receive(box)
    reception.close()


async def test_a_pause_inside_a_message_has_its_limit() -> None:
    hasty = replace(SETTINGS, limits=replace(LIMITS, data_seconds=0.02))
    reception = Reception(Memory(10_000), hasty)

    with pytest.raises(TooSlowError):
        await reception.receive(inbox(b"Subject: x\r\n"))
    reception.close()


async def test_octets_that_trickle_in_do_not_keep_a_message_open() -> None:
    slow = replace(LIMITS, data_seconds=0.1, data_bytes_per_second=10_000)
    reception = Reception(Memory(10_000), replace(SETTINGS, limits=slow))
    box = Inbox()

    async def trickle() -> None:
        while True:
            await asyncio.sleep(0.01)
            box.feed(b"x")

    trickling = asyncio.get_running_loop().create_task(trickle())
    with pytest.raises(TooSlowError):
        await reception.receive(box)
    trickling.cancel()
    reception.close()
