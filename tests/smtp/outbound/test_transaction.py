"""What one message meets on its way, by the step at which the next hop fails."""

import asyncio
from dataclasses import replace

import pytest
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Mail
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.smtp.outbound import (
    BareNewlineError,
    HopAddress,
    InDoubtError,
    NextHop,
    NextHopError,
    RefusedError,
    Timeouts,
    stuffing,
)
from gateway.smtp.replies import Reply
from gateway.smtp.sink import EXTENSIONS, Step
from tests.support.next_hop import (
    BOB,
    CAROL,
    DAVE,
    ENVELOPE,
    MESSAGE,
    Fault,
    Stage,
    accepts_and_hangs_up,
    adds,
    answers_and_hangs_up,
    drips,
    hangs,
    hangs_up,
    says,
    spooled,
    staged,
    usual,
)

SEVEN_BIT = tuple(name for name in EXTENSIONS if name != "8BITMIME")
FRAGMENTS = st.sampled_from([b"\r\n", b".", b"\r\n.", b"x", b"\xe9", b"\0"])
EIGHT_BIT = b"Subject: r\xe9sultat\r\n\r\n\r\n"


async def deliver(stage: Stage, octets: bytes = MESSAGE) -> Reply:
    transaction = await stage.begin(BOB)
    with spooled(octets) as message:
        return await transaction.send(b"", message)


# The ordinary case.


async def test_a_message_arrives_byte_for_byte_below_its_headers() -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB, CAROL)
        with spooled() as message:
            reply = await transaction.send(b"Received: by us\r\n", message)

        (delivery,) = stage.sink.deliveries
        assert str(reply) == "250 2.0.0 kept"
        assert delivery.message == b"Received: by us\r\n" + MESSAGE
        assert delivery.envelope.sender == "alice@sender.test"
        assert delivery.envelope.recipients == (BOB, CAROL)
        assert delivery.envelope.helo == "gateway.test"


async def test_a_server_that_is_not_ours_reads_the_same_message() -> None:
    read: list[tuple[str | None, list[str], bytes]] = []

    class Keeper:
        async def handle_DATA(  # noqa: N802 - aiosmtpd dictates the name
            self, _server: SMTP, _session: Session, envelope: Mail
        ) -> str:
            read.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content or b""))
            return "250 2.0.0 kept"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), loop=loop), "127.0.0.1", 0)
    address = HopAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    hop = NextHop([address], hostname="gateway.test")
    transaction = await hop.begin(replace(ENVELOPE, parameters=("SIZE=999", "BODY=8BITMIME")))
    await transaction.offer(BOB)
    await transaction.offer(CAROL)
    with spooled(MESSAGE + EIGHT_BIT) as message:
        await transaction.send(b"Received: by us\r\n", message)
    await hop.close()
    server.close()

    assert read == [
        (
            "alice@sender.test",
            ["bob@hospital.test", "carol@hospital.test"],
            b"Received: by us\r\n" + MESSAGE + EIGHT_BIT,
        )
    ]


async def test_the_null_sender_is_an_ordinary_sender() -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB, envelope=replace(ENVELOPE, sender=""))
        with spooled() as message:
            await transaction.send(b"", message)

        assert stage.sink.deliveries[0].envelope.sender == ""


@given(st.lists(FRAGMENTS, max_size=60).map(b"".join))
@settings(max_examples=30, deadline=None)
async def test_any_message_arrives_as_it_was(octets: bytes) -> None:
    ended = octets + b"\r\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stuffing, "_PIECE", 7)
        async with staged() as stage:
            await deliver(stage, ended)

            assert stage.messages == [ended]


async def test_a_message_larger_than_every_buffer_arrives() -> None:
    octets = b"".join(b".%d\r\n" % number for number in range(300_000))
    async with staged() as stage:
        await deliver(stage, octets)

        assert stage.messages == [octets]


async def test_the_connection_serves_the_next_message() -> None:
    async with staged() as stage:
        for _ in range(3):
            await deliver(stage)

        assert stage.steps.count("CONNECT") == 1
        assert len(stage.messages) == 3


async def test_what_runs_before_the_dot_runs_before_anything_is_delivered() -> None:
    seen: list[int] = []
    async with staged() as stage:

        async def note() -> None:
            seen.append(len(stage.messages))

        transaction = await stage.begin(BOB)
        with spooled() as message:
            await transaction.send(b"", message, before_dot=note)

        assert seen == [0]
        assert transaction.dot_sent


async def test_what_fails_before_the_dot_stops_the_delivery() -> None:
    async def journal_is_full() -> None:
        raise OSError("no space left")

    async with staged() as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message, pytest.raises(OSError, match="no space left"):
            await transaction.send(b"", message, before_dot=journal_is_full)

        assert not transaction.dot_sent
        assert stage.messages == []


async def test_a_message_is_sent_once() -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message:
            await transaction.send(b"", message)
            with pytest.raises(ValueError, match="sent already"):
                await transaction.send(b"", message)


async def test_a_message_for_nobody_is_a_mistake_of_the_caller() -> None:
    async with staged() as stage:
        transaction = await stage.begin()
        with spooled() as message, pytest.raises(ValueError, match="nobody"):
            await transaction.send(b"", message)


async def test_an_abandoned_transaction_leaves_the_connection_fit_for_the_next() -> None:
    async with staged() as stage:
        await (await stage.begin(BOB)).abandon()
        transaction = await stage.begin(CAROL)
        with spooled() as message:
            await transaction.send(b"", message)

        assert stage.steps.count("CONNECT") == 1
        assert stage.sink.deliveries[0].envelope.recipients == (CAROL,)


async def test_a_parked_transaction_offers_everything_again_in_one_go() -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB, CAROL)
        await transaction.park()
        with spooled() as message:
            await transaction.send(b"", message)

        assert stage.steps.count("MAIL alice@sender.test") == 2
        assert stage.sink.deliveries[0].envelope.recipients == (BOB, CAROL)


async def test_a_cancelled_delivery_delivers_nothing() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    async with staged() as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message, pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await transaction.send(b"", message, before_dot=never)

        assert stage.messages == []


# What must not leave.


@pytest.mark.parametrize("octets", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n", b"a\r"])
async def test_a_bare_newline_never_leaves(octets: bytes) -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB)
        with spooled(octets) as message, pytest.raises(BareNewlineError):
            await transaction.send(b"", message)

        assert "DATA" not in stage.steps


async def test_a_bare_newline_in_our_own_headers_never_leaves() -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message, pytest.raises(BareNewlineError):
            await transaction.send(b"Received: by us\n", message)


async def test_eight_bit_mail_is_never_sent_where_it_is_not_taken() -> None:
    async with staged(sink={"extensions": SEVEN_BIT}) as stage:
        transaction = await stage.begin(BOB)
        with spooled(EIGHT_BIT) as message:
            reply = await transaction.send(b"", message)

        assert str(reply).startswith("554 5.6.3")
        assert "DATA" not in stage.steps


async def test_seven_bit_mail_goes_on_undeclared_where_8bitmime_is_not_offered() -> None:
    envelope = replace(ENVELOPE, parameters=("BODY=8BITMIME",))
    async with staged(sink={"extensions": SEVEN_BIT}) as stage:
        transaction = await stage.begin(BOB, envelope=envelope)
        with spooled() as message:
            await transaction.send(b"", message)

        assert stage.sink.deliveries[0].envelope.parameters == ()


async def test_a_hop_that_loses_8bitmime_meanwhile_defers_the_message() -> None:
    envelope = replace(ENVELOPE, parameters=("BODY=8BITMIME",))
    lost = says("250-hop.test\r\n250 PIPELINING")
    async with staged({"EHLO": [usual, lost], "DATA": [hangs_up]}) as stage:
        transaction = await stage.begin(BOB, envelope=envelope)
        with spooled(EIGHT_BIT) as message:
            reply = await transaction.send(b"", message)

        assert str(reply).startswith("451 4.6.3")
        assert stage.messages == []


# Refusals: the next hop's own words.


@pytest.mark.parametrize("answer", ["451 4.3.2 later", "550 5.7.1 not from you"])
async def test_a_refused_sender_is_refused_with_the_hops_own_words(answer: str) -> None:
    async with staged({"MAIL": says(answer)}) as stage:
        with pytest.raises(RefusedError) as refused:
            await stage.begin()

        assert str(refused.value.reply) == answer


async def test_a_refused_recipient_is_not_among_the_accepted() -> None:
    async with staged({"RCPT carol@hospital.test": says("550 5.1.1 unknown")}) as stage:
        transaction = await stage.begin(BOB)
        refusal = await transaction.offer(CAROL)
        with spooled() as message:
            await transaction.send(b"", message)

        assert str(refusal) == "550 5.1.1 unknown"
        assert transaction.accepted == [BOB]
        assert stage.sink.deliveries[0].envelope.recipients == (BOB,)


async def test_a_recipient_that_is_no_mailbox_never_reaches_the_hop() -> None:
    async with staged() as stage:
        transaction = await stage.begin(BOB)
        refusal = await transaction.offer(replace(CAROL, address="x> NOTIFY=NEVER"))
        with spooled() as message:
            await transaction.send(b"", message)

        assert refusal.code == 553
        assert stage.sink.deliveries[0].envelope.recipients == (BOB,)


@pytest.mark.parametrize("verb", ["DATA", "."])
@pytest.mark.parametrize("answer", ["452 4.3.1 disk full", "554 5.7.1 spam"])
async def test_a_refused_message_is_refused_with_the_hops_own_words(verb: str, answer: str) -> None:
    async with staged({verb: [says(answer)]}) as stage:
        reply = await deliver(stage)
        await deliver(stage)

        assert str(reply) == answer
        assert stage.messages == [MESSAGE]
        assert stage.steps.count("CONNECT") == 1


async def test_a_421_to_the_final_dot_is_passed_on_as_451() -> None:
    async with staged({".": says("421 4.3.2 shutting down")}) as stage:
        reply = await deliver(stage)

        assert str(reply) == "451 4.4.2 shutting down"


# The transaction went stale while the message was looked at.


STALE: list[Fault] = [hangs_up, says("421 4.4.2 time is up")]


@pytest.mark.parametrize("fault", STALE)
async def test_a_lost_transaction_is_begun_again_before_data(fault: Fault) -> None:
    async with staged({"DATA": [fault]}) as stage:
        transaction = await stage.begin(BOB, CAROL)
        with spooled() as message:
            reply = await transaction.send(b"", message)

        assert reply.is_positive
        assert stage.steps.count("CONNECT") == 2
        assert [d.envelope.recipients for d in stage.sink.deliveries] == [(BOB, CAROL)]


async def test_an_unasked_421_is_seen_before_data() -> None:
    async with staged({"RCPT": [adds("421 4.4.2 time is up")]}) as stage:
        reply = await deliver(stage)

        assert reply.is_positive
        assert stage.steps.count("CONNECT") == 2
        assert stage.steps.count("DATA") == 1


@pytest.mark.parametrize("answer", ["450 4.2.0 later", "550 5.1.1 unknown"])
async def test_nobody_gets_the_message_when_one_recipient_is_gone_meanwhile(answer: str) -> None:
    key = "RCPT carol@hospital.test"
    async with staged({"DATA": [hangs_up], key: [usual, says(answer)]}) as stage:
        transaction = await stage.begin(BOB, CAROL, DAVE)
        with spooled() as message:
            reply = await transaction.send(b"", message)

        assert reply.code == 451
        assert stage.messages == []
        assert stage.steps.count("DATA") == 1


async def test_every_recipient_is_offered_again_without_pipelining_too() -> None:
    extensions = ("8BITMIME",)
    async with staged({"DATA": [hangs_up]}, sink={"extensions": extensions}) as stage:
        transaction = await stage.begin(BOB, CAROL)
        with spooled() as message:
            reply = await transaction.send(b"", message)

        assert reply.is_positive
        assert stage.sink.deliveries[0].envelope.recipients == (BOB, CAROL)


async def test_a_sender_refused_on_the_second_try_is_refused_with_the_hops_own_words() -> None:
    faults: dict[str, Fault | list[Fault]] = {
        "DATA": [hangs_up],
        "MAIL": [usual, says("550 5.7.1 not from you")],
    }
    async with staged(faults) as stage:
        reply = await deliver(stage)

        assert str(reply) == "550 5.7.1 not from you"


async def test_a_recipient_is_offered_again_when_the_connection_was_lost() -> None:
    async with staged({"RCPT carol@hospital.test": [hangs_up]}) as stage:
        transaction = await stage.begin(BOB, CAROL)
        with spooled() as message:
            await transaction.send(b"", message)

        assert stage.sink.deliveries[0].envelope.recipients == (BOB, CAROL)


async def test_a_hop_that_always_hangs_up_is_an_error_and_not_a_loop() -> None:
    async with staged({"DATA": hangs_up}) as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message, pytest.raises(NextHopError):
            await transaction.send(b"", message)

        assert stage.steps.count("DATA") == 2


# Failures that deliver nothing.


@pytest.mark.parametrize(
    "faults",
    [
        {"BODY": hangs_up},
        {"DATA": says("250 2.0.0 what?")},
        {"DATA": says("334 your password?")},
        {"DATA": adds("250 2.0.0 already yours")},
        {"DATA": says("hello")},
        {"DATA": says(b"354-\r\n" * 200)},
        {"DATA": says(b"x" * (1 << 20))},
        {"RCPT": says("354 go ahead")},
    ],
)
async def test_a_hop_that_makes_no_sense_gets_no_message(faults: dict[str, Fault]) -> None:
    octets = MESSAGE * 200_000
    async with staged(faults) as stage:
        with pytest.raises(NextHopError):
            await deliver(stage, octets)

        assert stage.messages == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "BODY"])
async def test_a_hop_that_hangs_before_the_dot_gets_no_message(verb: str) -> None:
    async with staged({verb: hangs}, timeouts=Timeouts(command=0.2, block=0.2)) as stage:
        with pytest.raises(NextHopError):
            await deliver(stage, MESSAGE * 400_000)

        assert stage.messages == []


async def test_abandoning_never_fails() -> None:
    async with staged({"RSET": hangs}, timeouts=Timeouts(reset=0.2)) as stage:
        transaction = await stage.begin(BOB)
        await transaction.abandon()
        await transaction.abandon()

        assert transaction.accepted == []


# The one moment of doubt.


@pytest.mark.parametrize(
    "fault", [accepts_and_hangs_up, hangs_up, says("what?"), says("354 more"), says(b"\0" * 99_999)]
)
async def test_a_lost_answer_to_the_final_dot_is_in_doubt_and_not_tried_again(
    fault: Fault,
) -> None:
    async with staged({".": fault}) as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message, pytest.raises(InDoubtError):
            await transaction.send(b"", message)

        assert transaction.dot_sent
        assert stage.steps.count("DATA") == 1


async def test_a_hop_that_hangs_after_the_final_dot_is_in_doubt() -> None:
    async with staged({".": hangs}, timeouts=Timeouts(dot=0.2)) as stage:
        transaction = await stage.begin(BOB)
        with spooled() as message, pytest.raises(InDoubtError):
            await transaction.send(b"", message)


# Odd, and still fine.


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_an_answer_may_come_octet_by_octet(verb: str) -> None:
    async with staged({verb: drips}) as stage:
        assert (await deliver(stage)).is_positive


async def test_an_answer_counts_though_the_connection_ends_with_it() -> None:
    async with staged({".": answers_and_hangs_up}) as stage:
        assert (await deliver(stage)).is_positive


@pytest.mark.parametrize("more", ["250 2.0.0 and more", "nonsense"])
async def test_a_hop_that_says_too_much_is_not_talked_to_again(more: str) -> None:
    async with staged({".": adds(more)}) as stage:
        for _ in range(2):
            assert (await deliver(stage)).is_positive

        assert stage.steps.count("CONNECT") == 2


@pytest.mark.parametrize("answer", ["250 2.0.0 ok", "550 5.7.0 not you"])
async def test_the_client_is_told_of_by_xforward_whether_the_hop_likes_it_or_not(
    answer: str,
) -> None:
    told: list[str] = []

    async def listens(step: Step) -> bytes:
        told.append(step.argument)
        return answer.encode() + b"\r\n"

    async with staged({"XFORWARD": listens}, xforward=True) as stage:
        assert (await deliver(stage)).is_positive

    assert told == ["ADDR=192.0.2.7 HELO=mail.sender.test"]
