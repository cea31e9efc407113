import asyncio

import aiosmtplib
import pytest

from gateway.smtp import replies
from tests.smtp.inbound.test_session import Gate
from tests.support.smtp import MemoryPipeline, serving


async def test_an_ordinary_message_arrives_as_it_was_sent() -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        reply = await client.ask(b"Subject: x\r\n\r\n..dot\r\n.")

        [delivered] = house.pipeline.delivered
        assert delivered.message == b"Subject: x\r\n\r\n.dot\r\n"
        assert delivered.envelope.sender == "a@example.org"
        assert [to.address for to in delivered.envelope.recipients] == ["u@y.test"]
        assert reply == f"250 2.0.0 accepted as {delivered.identifier}"
        assert await client.ask(b"QUIT") == "221 2.0.0 bye"
        assert await client.reply() == ""


async def test_an_independent_client_gets_its_mail_through() -> None:
    message = b"Subject: x\r\n\r\n" + b"".join(b".%d\r\n" % number for number in range(20_000))
    async with serving() as house:
        await aiosmtplib.send(
            message,
            sender="a@x.test",
            recipients=["u@y.test", "v@y.test"],
            hostname="127.0.0.1",
            port=house.port,
            start_tls=False,
        )

        [delivered] = house.pipeline.delivered
        assert delivered.message == message


async def test_port_0_gives_a_free_port_and_a_port_in_use_is_an_error() -> None:
    async with serving() as house:
        with pytest.raises(OSError, match="in use"):
            await house.server.start("127.0.0.1", house.port)


async def test_draining_sends_idle_clients_away_and_takes_no_new_ones() -> None:
    async with serving() as house:
        client = await house.client()
        await house.server.drain(20)

        assert await client.reply() == str(replies.SHUTTING_DOWN)
        assert await client.reply() == ""
        with pytest.raises(ConnectionRefusedError):
            await house.connect()


async def test_draining_gives_a_client_in_flight_its_real_answer() -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"x\r\n.\r\n")
        await gate.is_reached.wait()
        draining = asyncio.ensure_future(house.server.drain(20))
        await asyncio.sleep(0)
        gate.may_end.set()
        await draining

        assert (await client.reply()).startswith("250 2.0.0 accepted as ")
        assert await client.reply() == str(replies.SHUTTING_DOWN)


async def test_draining_lets_a_message_that_is_under_way_come_in() -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"half")
        draining = asyncio.ensure_future(house.server.drain(20))
        await asyncio.sleep(0.02)
        await client.send(b" a message\r\n.\r\n")
        await draining

        assert (await client.reply()).startswith("250 2.0.0 accepted as ")


async def test_draining_waits_for_a_message_whose_client_is_gone() -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"x\r\n.\r\n")
        await gate.is_reached.wait()
        client.writer.transport.abort()
        draining = asyncio.ensure_future(house.server.drain(20))
        await asyncio.sleep(0.02)
        gate.may_end.set()
        await draining

        assert len(house.pipeline.delivered) == 1


async def test_draining_ends_in_time_whatever_is_stuck() -> None:
    async with serving(MemoryPipeline(judgement=Gate())) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"x\r\n.\r\n")
        stuck = await house.client()
        await stuck.begin_message()
        async with asyncio.timeout(20):
            await house.server.drain(0.05)

        assert not house.server.sessions
        assert not house.server.commits
        assert not house.pipeline.delivered
        assert await client.reply() == ""
        assert await stuck.reply() == ""


async def test_hundreds_of_idle_clients_do_not_hold_up_a_message() -> None:
    async with serving() as house:
        async with asyncio.TaskGroup() as group:
            idle = [group.create_task(house.client()) for _ in range(90)]
        client = await house.client()
        await client.begin_message()

        assert (await client.ask(b"x\r\n.")).startswith("250")
        assert house.server.sessions == len(idle) + 1
