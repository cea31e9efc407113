import asyncio
import logging
import socket
import ssl
from dataclasses import replace

import pytest

from gateway.smtp import replies
from gateway.smtp.inbound import InboundSettings, SessionLimits, wire
from gateway.smtp.replies import Reply
from tests.smtp.test_data import FALSE_ENDS
from tests.support.certificates import Authority
from tests.support.smtp import MARKS, Client, House, MemoryPipeline, serving

OUTSIDER = InboundSettings("mx.example.org", ("y.test",))


class Gate:
    """A judgement that takes until a test lets it end."""

    def __init__(self) -> None:
        self.is_reached = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self) -> None:
        self.is_reached.set()
        await self.may_end.wait()


async def broken() -> None:
    raise ValueError("secret /etc/path detail")


# --- what leaves together ------------------------------------------------------------------------


async def test_the_replies_to_a_pipelined_group_leave_together() -> None:
    group = (b"MAIL FROM:<a@example.org>", b"RCPT TO:<u@y.test>", b"RCPT TO:<v@y.test>", b"DATA")
    async with serving() as house:
        client = await house.client()
        await client.ask(b"EHLO client.example")

        await client.send(b"\r\n".join(group) + b"\r\n")

        codes = [line[:3] for line in (await client.packet()).splitlines()]
        assert codes == [b"250", b"250", b"250", b"354"]


async def test_a_reply_waits_for_no_command_that_is_only_half_there() -> None:
    async with serving() as house:
        client = await house.client()
        await client.ask(b"EHLO client.example")

        await client.send(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<u@y.test>\r\nRSE")

        assert [(await client.reply())[:3] for _ in range(2)] == ["250", "250"]


# --- what is smuggled, and what is lost ---------------------------------------------------------


@pytest.mark.parametrize("form", FALSE_ENDS.values(), ids=FALSE_ENDS)
async def test_nothing_is_smuggled_and_the_session_ends(form: bytes) -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"body" + form)
        await client.send(b"MAIL FROM:<evil@x.test>\r\nRCPT TO:<u@y.test>\r\nDATA\r\nforged")
        await client.send(b"\r\n.\r\nMAIL FROM:<next@x.test>\r\n")

        assert (await client.reply()).startswith("550 5.6.0 bare CR, LF or NUL around a lone dot")
        assert await client.reply() == str(replies.CLOSING)
        assert await client.reply() == ""
        assert not house.pipeline.delivered
        assert len(house.pipeline.abandoned) == 1
        assert "false_end" in house.notebook.causes


async def test_bare_newlines_are_refused_where_the_settings_say_so() -> None:
    settings = InboundSettings("mx.example.org", refuse_bare_newlines=True)
    async with serving(settings=settings) as house:
        client = await house.client()
        await client.begin_message()
        reply = await client.ask(b"a\nb\r\n.")

        assert reply.startswith("550 5.6.0 bare CR or LF at octet 2, only CRLF is allowed")


async def test_a_client_that_is_gone_mid_message_leaves_nothing_behind() -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"Subject: x\r\n\r\nhalf a mess")
        client.writer.transport.abort()
        await house.is_empty()

        assert not house.pipeline.delivered
        assert len(house.pipeline.abandoned) == 1


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_a_client_that_goes_away_does_not_stop_the_work_for_it(how: str) -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"x\r\n.\r\n")
        await gate.is_reached.wait()
        getattr(client.writer.transport, how)()
        await asyncio.sleep(0.05)
        gate.may_end.set()
        await house.is_empty()

        assert len(house.pipeline.delivered) == 1
        assert not house.pipeline.abandoned
        assert not house.notebook.failures


async def test_a_client_that_half_closes_gets_its_reply() -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"x\r\n.\r\n")
        client.writer.write_eof()
        await gate.is_reached.wait()
        gate.may_end.set()

        assert (await client.reply()).startswith("250 2.0.0 accepted as ")
        assert await client.reply() == ""


async def test_what_the_client_says_during_the_judgement_waits_its_turn() -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b"x\r\n.\r\nMAIL FROM:<b@x.test>\r\n")
        await gate.is_reached.wait()
        gate.may_end.set()

        assert (await client.reply()).startswith("250 2.0.0 accepted as ")
        assert await client.reply() == "250 2.0.0 ok"


async def test_a_mistake_of_ours_is_451_with_an_identifier_and_no_word_of_the_mistake() -> None:
    async with serving(MemoryPipeline(judgement=broken)) as house:
        client = await house.client()
        await client.begin_message()
        reply = await client.ask(b"x\r\n.")

        assert reply.startswith("451 4.3.0 internal error, id=")
        assert await client.reply() == ""
        [(stage, error)] = house.notebook.failures
        assert (stage, str(error)) == ("session", "secret /etc/path detail")
        assert "internal" in house.notebook.causes


# --- who has our answer -------------------------------------------------------------------------


@pytest.mark.parametrize("next_word", [b"QUIT\r\n", b"NOOP\r\n", b""])
async def test_a_client_that_speaks_on_or_closes_in_order_has_our_answer(next_word: bytes) -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        await client.ask(b".")
        await client.send(next_word)
        client.writer.close()
        await house.is_empty()

        assert house.notebook.heard == [True]


@pytest.mark.parametrize("how", ["close", "abort", "write_eof"])
async def test_a_client_that_hung_up_while_we_judged_may_send_again(how: str) -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b".\r\nNOOP\r\n")
        await gate.is_reached.wait()
        getattr(client.writer.transport, how)()
        await asyncio.sleep(0.05)
        gate.may_end.set()
        await house.is_empty()

        assert house.notebook.heard == [False]


async def test_a_client_that_closed_before_our_reply_reached_it_may_send_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "_SECONDS_TO_FLUSH", 0.05)
    async with serving(limits=SessionLimits(idle_commands=2000)) as house:
        client = await house.connect(window=2048)
        await client.reply()
        await client.ask(b"HELO client.test")
        client.writer.transport.pause_reading()
        await client.send(b"VRFY\r\n" * 500)
        await client.send(b"MAIL FROM:<a@x.test>\r\nRCPT TO:<u@y.test>\r\nDATA\r\n")
        await asyncio.sleep(0.3)
        await client.send(b".\r\n")
        await asyncio.sleep(0.3)
        assert len(house.pipeline.delivered) == 1
        client.writer.write_eof()
        await house.is_empty()

        assert house.notebook.heard == [False]


async def test_what_was_sent_before_our_reply_does_not_tell_that_it_was_read() -> None:
    gate = Gate()
    async with serving(MemoryPipeline(judgement=gate)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(b".\r\nNOOP\r\n")
        await gate.is_reached.wait()
        gate.may_end.set()
        await client.reply()
        await client.reply()
        before = list(house.notebook.heard)
        await client.ask(b"NOOP")

        assert (before, house.notebook.heard) == ([], [True])


async def test_a_refused_message_has_no_answer_to_lose() -> None:
    async with serving(limits=SessionLimits(hops=0)) as house:
        client = await house.client()
        await client.begin_message()
        await client.ask(b"Received: x\r\n\r\n.")
        await client.ask(b"QUIT")
        await house.is_empty()

        assert house.notebook.heard == []


async def test_a_transaction_that_cannot_be_abandoned_ends_its_session_all_the_same() -> None:
    async with serving(MemoryPipeline(abandon_error=ValueError("secret"))) as house:
        client = await house.client()
        await client.ask(b"EHLO client.test")
        await client.ask(b"MAIL FROM:<a@x.test>")
        client.writer.close()
        await house.is_empty()

        assert [stage for stage, _ in house.notebook.failures] == ["abandon"]


# --- the next hop's answers ---------------------------------------------------------------------


async def test_the_next_hop_refuses_a_sender_and_another_may_be_tried() -> None:
    refusal = Reply(550, "5.1.8", "no such domain")
    async with serving(MemoryPipeline(sender_reply=refusal)) as house:
        client = await house.client()
        await client.ask(b"EHLO client.test")

        assert await client.ask(b"MAIL FROM:<a@x.test>") == "550 5.1.8 no such domain"
        house.pipeline.sender_reply = replies.OK
        assert await client.ask(b"MAIL FROM:<b@x.test>") == "250 2.0.0 ok"


async def test_the_next_hop_refuses_one_recipient_and_the_others_get_the_message() -> None:
    refusals = {"v@y.test": Reply(550, "5.1.1", "unknown user")}
    async with serving(MemoryPipeline(recipient_replies=refusals)) as house:
        client = await house.client()
        await client.ask(b"EHLO client.test")
        await client.ask(b"MAIL FROM:<a@x.test>")

        assert await client.ask(b"RCPT TO:<v@y.test>") == "550 5.1.1 unknown user"
        assert await client.ask(b"DATA") == "503 5.5.1 send RCPT first"
        assert await client.ask(b"RCPT TO:<u@y.test>") == "250 2.0.0 ok"
        assert (await client.ask(b"DATA")).startswith("354")
        assert (await client.ask(b".")).startswith("250")


async def test_the_421_of_the_next_hop_closes_its_connection_and_not_ours() -> None:
    refusals = {"u@y.test": Reply(421, "4.3.2", "going down\r\n250 ok")}
    async with serving(MemoryPipeline(recipient_replies=refusals)) as house:
        client = await house.client()
        await client.ask(b"EHLO client.test")
        await client.ask(b"MAIL FROM:<a@x.test>")

        assert await client.ask(b"RCPT TO:<u@y.test>") == "451 4.3.2 going down??250 ok"
        assert await client.ask(b"NOOP") == "250 2.0.0 ok"


@pytest.mark.parametrize("ending", [b"RSET", b"EHLO again.test", b"QUIT"])
async def test_a_transaction_that_is_given_up_is_abandoned_once(ending: bytes) -> None:
    async with serving() as house:
        client = await house.client()
        await client.ask(b"EHLO client.test")
        await client.ask(b"MAIL FROM:<a@x.test>")
        await client.ask(ending)
        client.writer.close()
        await house.is_empty()

        assert len(house.pipeline.abandoned) == 1


# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("octets", [b"x", b"\r\n"], ids=["one line", "empty lines"])
async def test_an_endless_message_is_552_and_then_the_connection_closes(octets: bytes) -> None:
    async with serving(limits=SessionLimits(message_bytes=10_000)) as house:
        client = await house.client()
        await client.begin_message()
        await client.send(octets * 30_000)

        assert await client.reply() == "552 5.3.4 message size exceeds 10000"
        assert await client.reply() == str(replies.CLOSING)
        assert await client.reply() == ""


async def test_a_message_that_is_too_big_is_552_and_the_session_goes_on() -> None:
    async with serving(limits=SessionLimits(message_bytes=10_000)) as house:
        client = await house.client()
        await client.begin_message()

        assert await client.ask(b"x" * 12_000 + b"\r\n.") == "552 5.3.4 message size exceeds 10000"
        assert await client.ask(b"MAIL FROM:<a@x.test>") == "250 2.0.0 ok"
        assert "message_size" in house.notebook.causes


@pytest.mark.parametrize(
    ("octets", "reply"),
    [
        (1_000, "250 2.0.0"),
        (10_000, "250 2.0.0"),
        (65_536, "250 2.0.0"),
        (65_537, "550 5.6.0 line"),
    ],
)
async def test_a_line_that_an_honest_device_may_write_arrives_unchanged(
    octets: int, reply: str
) -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()

        assert (await client.ask(b"x" * octets + b"\r\n.")).startswith(reply)
        arrived = [delivered.message for delivered in house.pipeline.delivered]
        assert arrived == ([b"x" * octets + b"\r\n"] if reply.startswith("250") else [])


async def test_too_many_hops_are_a_loop() -> None:
    async with serving(limits=SessionLimits(hops=2)) as house:
        client = await house.client()
        await client.begin_message()

        reply = await client.ask(b"Received: x\r\n" * 3 + b"\r\n.")
        assert reply.startswith("554 5.4.6 too many hops (3), mail loop")
        assert not house.pipeline.delivered
        assert "hops" in house.notebook.causes


async def test_mail_that_has_left_us_too_often_is_a_loop() -> None:
    async with serving() as house:
        client = await house.client()
        for passes, code in ((3, "250"), (4, "554")):
            await client.begin_message()
            for number in range(passes):
                await client.send(MARKS.passed(f"a{number}").encode() + b"\r\n")
            reply = await client.ask(b"\r\n.")
            assert reply.startswith(code)

        assert reply.startswith("554 5.4.6 loop: 4 times through this gateway already (")
        assert len(house.pipeline.delivered) == 1
        assert "own_hops" in house.notebook.causes


async def test_a_size_for_which_there_is_no_memory_is_refused_at_once() -> None:
    async with serving(limits=SessionLimits(in_flight_bytes=1000)) as house:
        client = await house.client()
        await client.ask(b"EHLO client.test")

        assert await client.ask(b"MAIL FROM:<a@x.test> SIZE=1001") == str(replies.NO_MEMORY)
        assert "in_flight" in house.notebook.causes


@pytest.mark.parametrize(
    ("limits", "reply"),
    [
        (SessionLimits(connections=1), replies.TOO_MANY_CONNECTIONS),
        (SessionLimits(connections_per_client=1), replies.TOO_MANY_FROM_CLIENT),
    ],
    ids=["connections", "connections_per_client"],
)
async def test_one_connection_too_many_is_told_so_and_closed(
    limits: SessionLimits, reply: Reply
) -> None:
    async with serving(limits=replace(limits, parting_seconds=0.05)) as house:
        first = await house.client()
        second = await house.connect()

        assert await second.reply() == str(reply)
        assert await second.reply() == ""
        assert house.notebook.causes == {reply.cause: 1}
        await first.ask(b"QUIT")
        await house.is_empty()
        await house.client()


async def test_a_client_that_says_nothing_is_sent_away() -> None:
    async with serving(limits=SessionLimits(command_seconds=0.05)) as house:
        client = await house.client()

        assert await client.reply() == str(replies.TIMED_OUT)
        assert await client.reply() == ""
        assert "command_time" in house.notebook.causes


async def test_octets_that_trickle_in_do_not_keep_a_command_open() -> None:
    async with serving(limits=SessionLimits(command_seconds=0.2)) as house:
        client = await house.client()
        trickling = asyncio.ensure_future(_trickle(client))

        assert await client.reply() == str(replies.TIMED_OUT)
        trickling.cancel()


async def _trickle(client: Client) -> None:
    while True:
        await asyncio.sleep(0.02)
        await client.send(b"x")


async def test_an_old_session_ends_between_messages_and_not_inside_one() -> None:
    async with serving(limits=SessionLimits(session_seconds=0)) as house:
        client = await house.connect()

        assert (await client.reply()).startswith("220")
        assert await client.reply() == str(replies.SESSION_TOO_LONG)
        assert "session_time" in house.notebook.causes


async def test_a_slow_message_is_cut_off() -> None:
    async with serving(limits=SessionLimits(data_seconds=0.05)) as house:
        client = await house.client()
        await client.begin_message()

        assert await client.reply() == str(replies.TOO_SLOW)
        assert await client.reply() == ""
        assert "data_time" in house.notebook.causes


async def test_a_client_that_never_reads_is_cut_off() -> None:
    limits = SessionLimits(reply_seconds=0.05, idle_commands=1 << 40)
    async with serving(limits=limits) as house:
        client = await house.connect(window=2048)
        await client.reply()
        client.writer.transport.pause_reading()
        with pytest.raises(ConnectionError):
            await _talk_on(client)

        await house.is_empty()
        assert not house.notebook.failures
        assert not house.notebook.refusals
        assert house.notebook.causes == {"reply_time": 1}


async def _talk_on(client: Client) -> None:
    while True:
        await client.send(b"VRFY\r\n" * 10_000)


async def test_limits_of_a_line_are_not_shared_between_connections() -> None:
    async with serving() as house:
        first = await house.client()
        for _ in range(20):
            await first.ask(b"EHLO client.test")
        await house.client()
        await first.ask(b"EHLO client.test")

        assert await first.ask(b"MAIL FROM:<a@x.test> ENVID=%s" % (b"x" * 90)) == "250 2.0.0 ok"
        long = b"x" * 200 + b"@" + b"y" * 240 + b".test"
        assert await first.ask(b"RSET") == "250 2.0.0 ok"
        assert await first.ask(b"MAIL FROM:<%s> SIZE=1" % long) == "250 2.0.0 ok"


# --- who talks too early, and who says who he is ------------------------------------------------


async def test_an_early_talker_is_no_mail_server() -> None:
    async with serving(settings=OUTSIDER, limits=SessionLimits(greeting_seconds=20)) as house:
        client = await house.connect()
        await client.send(b"EHLO client.test\r\n")

        assert await client.reply() == str(replies.OUT_OF_STEP)
        assert await client.reply() == ""


async def proxied(house: House, header: bytes) -> Client:
    client = await house.connect()
    await client.send(header)
    return client


PROXIED = InboundSettings(
    "mx.example.org",
    client_networks=("192.0.2.0/24",),
    front_ends=("127.0.0.0/8",),
    proxy_protocol=True,
    limits=SessionLimits(greeting_seconds=0.01, proxy_seconds=0.1),
)


async def test_behind_a_front_end_the_client_is_who_the_proxy_header_says() -> None:
    async with serving(settings=PROXIED) as house:
        client = await proxied(house, b"PROXY TCP4 192.0.2.7 192.0.2.1 1 25\r\n")
        await client.reply()
        await client.begin_message()
        await client.ask(b".")
        stranger = await proxied(house, b"PROXY TCP4 198.51.100.7 192.0.2.1 1 25\r\n")
        await stranger.reply()
        await stranger.ask(b"EHLO stranger.test")
        await stranger.ask(b"MAIL FROM:<a@x.test>")

        assert house.pipeline.delivered[0].envelope.client == "192.0.2.7"
        assert (await stranger.ask(b"RCPT TO:<u@y.test>")).startswith("550 5.7.1 relaying denied")


@pytest.mark.parametrize(
    ("header", "cause"),
    [(b"EHLO client.test\r\n", "front_ends"), (b"", "proxy_time"), (b"PROXY ", "proxy_time")],
)
async def test_whoever_does_not_begin_with_a_proxy_header_gets_no_word(
    header: bytes, cause: str
) -> None:
    async with serving(settings=PROXIED) as house:
        client = await proxied(house, header)

        assert await client.reply() == ""
        assert [stage for stage, _ in house.notebook.failures] == ["proxy"]
        assert house.notebook.causes == {cause: 1}


async def test_whoever_is_no_front_end_gets_no_word_either() -> None:
    async with serving(settings=replace(PROXIED, front_ends=("192.0.2.0/24",))) as house:
        client = await proxied(house, b"")

        assert await client.reply() == ""


async def test_a_front_end_forwards_the_client_of_one_message() -> None:
    settings = InboundSettings("mx.example.org", front_ends=("127.0.0.1/32",))
    async with serving(settings=settings) as house:
        client = await house.client()
        offered = await client.ask(b"EHLO front.test")
        assert "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE" in offered
        assert await client.ask(b"XFORWARD ADDR=192.0.2.7") == "250 2.0.0 ok"
        assert await client.ask(b"XFORWARD HELO=far.test") == "250 2.0.0 ok"
        assert await client.ask(b"XFORWARD ADDR=x+0Ay") == str(replies.BAD_ATTRIBUTE)
        for _ in range(2):
            await client.ask(b"MAIL FROM:<a@x.test>")
            assert await client.ask(b"XFORWARD ADDR=192.0.2.8") == str(replies.MAIL_TWICE)
            await client.ask(b"RCPT TO:<u@y.test>")
            await client.ask(b"DATA")
            await client.ask(b".")

        first, second = (delivered.envelope for delivered in house.pipeline.delivered)
        assert (first.client, first.helo) == ("192.0.2.7", "far.test")
        assert (second.client, second.helo) == ("127.0.0.1", "front.test")


async def test_a_front_end_hands_over_its_session_to_a_client_that_may_send_less() -> None:
    settings = InboundSettings("mx.example.org", ("y.test",), front_ends=("127.0.0.1/32",))
    async with serving(settings=settings) as house:
        client = await house.client()
        offered = await client.ask(b"EHLO front.test")
        assert "XCLIENT NAME ADDR PORT PROTO HELO LOGIN" in offered
        assert await client.ask(b"XCLIENT ADDR=nonsense") == str(replies.BAD_ATTRIBUTE)
        assert (await client.ask(b"XCLIENT NAME=far.test ADDR=192.0.2.7")).startswith("220 ")
        assert await client.ask(b"MAIL FROM:<a@x.test>") == str(replies.NO_EHLO)
        await client.ask(b"EHLO far.test")
        await client.ask(b"MAIL FROM:<a@x.test>")
        assert await client.ask(b"XCLIENT ADDR=127.0.0.1") == str(replies.NOT_AUTHORISED)
        assert (await client.ask(b"RCPT TO:<u@z.test>")).startswith("550 5.7.1 relaying denied")
        await client.ask(b"RCPT TO:<u@y.test>")
        await client.ask(b"DATA")
        await client.ask(b".")

        [delivered] = house.pipeline.delivered
        assert (delivered.envelope.client, delivered.envelope.helo) == ("192.0.2.7", "far.test")


async def test_a_client_that_was_named_is_the_same_under_tls() -> None:
    authority = Authority()
    settings = InboundSettings(
        "mx.example.org", ("y.test",), ("127.0.0.1/32",), front_ends=("127.0.0.1/32",)
    )
    async with serving(settings=settings, tls=authority.server("mx.example.org")) as house:
        client = await house.client()
        await client.ask(b"XCLIENT ADDR=192.0.2.7")
        await client.ask(b"STARTTLS")
        await client.start_tls(authority.client())
        assert "XCLIENT" not in await client.ask(b"EHLO far.test")
        await client.ask(b"MAIL FROM:<a@x.test>")

        assert (await client.ask(b"RCPT TO:<u@z.test>")).startswith("550 5.7.1 relaying denied")


async def test_a_client_behind_a_front_end_that_is_trusted_may_send_anywhere() -> None:
    settings = InboundSettings(
        "mx.example.org",
        ("y.test",),
        client_networks=("192.0.2.0/24",),
        front_ends=("127.0.0.1/32",),
    )
    async with serving(settings=settings) as house:
        client = await house.client()
        await client.ask(b"XCLIENT ADDR=192.0.2.7")
        await client.ask(b"EHLO far.test")
        await client.ask(b"MAIL FROM:<a@x.test>")

        assert await client.ask(b"RCPT TO:<u@z.test>") == "250 2.0.0 ok"


# --- TLS ----------------------------------------------------------------------------------------


async def test_under_tls_everything_begins_again() -> None:
    authority = Authority()
    async with serving(tls=authority.server("mx.example.org")) as house:
        client = await house.client()
        assert "STARTTLS" in await client.ask(b"EHLO client.test")
        await client.ask(b"MAIL FROM:<a@x.test>")
        assert await client.ask(b"STARTTLS") == "220 2.0.0 ready to start TLS"
        await client.start_tls(authority.client())

        assert await client.ask(b"MAIL FROM:<a@x.test>") == "503 5.5.1 send EHLO first"
        offered = await client.ask(b"EHLO client.test")
        assert "STARTTLS" not in offered
        assert "AUTH" not in offered
        assert await client.ask(b"AUTH LOGIN") == "503 5.5.1 AUTH not available"
        assert await client.ask(b"STARTTLS") == "503 5.5.1 TLS already active"
        await client.begin_message()
        assert (await client.ask(b"x" * 300_000 + b"\r\n.")).startswith("550 5.6.0 line longer")
        await client.begin_message()
        assert (await client.ask(b"x\r\n.")).startswith("250")
        assert house.pipeline.delivered[0].envelope.tls == "TLSv1.3"
        assert await client.ask(b"QUIT") == "221 2.0.0 bye"
        assert await client.reply() == ""


async def test_a_client_gone_from_under_tls_does_not_stop_the_work_for_it() -> None:
    authority, gate = Authority(), Gate()
    pipeline = MemoryPipeline(judgement=gate)
    async with serving(pipeline, tls=authority.server("mx.example.org")) as house:
        client = await house.client()
        await client.ask(b"STARTTLS")
        await client.start_tls(authority.client())
        await client.begin_message()
        await client.send(b"x\r\n.\r\n")
        await gate.is_reached.wait()
        client.writer.close()
        await asyncio.sleep(0.05)
        gate.may_end.set()
        await house.is_empty()

        assert len(house.pipeline.delivered) == 1


async def test_what_is_said_in_clear_behind_starttls_is_never_heard() -> None:
    async with serving(tls=Authority().server("mx.example.org")) as house:
        client = await house.client()
        await client.send(b"STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@x.test>\r\n")

        assert await client.reply() == str(replies.OUT_OF_STEP)
        assert await client.reply() == ""


@pytest.mark.parametrize(
    ("instead", "cause"), [(b"EHLO client.test\r\n", "handshake"), (b"", "handshake_time")]
)
async def test_a_handshake_that_is_none_ends_the_session(instead: bytes, cause: str) -> None:
    limits = SessionLimits(handshake_seconds=0.1)
    async with serving(tls=Authority().server("mx.example.org"), limits=limits) as house:
        client = await house.client()
        await client.ask(b"STARTTLS")
        await client.send(instead)
        with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
            assert await client.reply()

        await house.is_empty()
        assert [stage for stage, _ in house.notebook.failures] == ["tls"]
        assert house.notebook.causes == {cause: 1}


async def test_no_address_gets_into_a_log_of_aiosmtpd(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving() as house:
        client = await house.client()
        await client.begin_message(b"patient@x.test")
        await client.ask(b".")

        assert "patient" not in caplog.text


async def test_a_reset_in_the_middle_of_a_message_is_no_mistake_of_ours() -> None:
    async with serving() as house:
        client = await house.client()
        await client.begin_message()
        sock = client.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.writer.transport.abort()
        await house.is_empty()

        assert not house.notebook.failures
