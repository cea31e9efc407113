import asyncio

import pytest

from gateway import acts
from gateway.model import Action, Class, Envelope, Gap, Reason, Recipient
from gateway.notices.held import Notices
from gateway.policy import Policy
from gateway.smtp import replies
from gateway.smtp.sink import Sink, Step
from gateway.spool import Spool
from quarantine import StoreError
from quarantine.memory import MemoryBlobs
from tests.support.house import CLEAN, MALICIOUS, MARKS, MESSAGE, OPAQUE, house, report


async def test_a_clean_message_arrives_byte_for_byte_below_the_trace_headers() -> None:
    async with house() as home:
        reply = await home.send(CLEAN)

        (delivery,) = home.sink.deliveries
    assert reply.code == 250
    assert delivery.message.endswith(MESSAGE)
    headers = delivery.message.removesuffix(MESSAGE).decode()
    assert headers.removesuffix(f"{MARKS.passed('T1')}\r\n") == (
        "Received: from out.example ([192.0.2.1])\r\n"
        "\tby gate.example (Lazaretto) with ESMTP id T1;\r\n"
        "\tMon, 23 Nov 2026 12:00:00 +0000\r\n"
        "X-Lazaretto: clean; id=T1; rules=2026.11.23\r\n"
    )


async def test_a_bad_message_is_held_and_the_sender_is_told_that_all_is_well() -> None:
    async with house() as home:
        reply = await home.send(MALICIOUS)

        (item,) = home.lockbox.items()
        assert reply == replies.accepted("T1")
        assert not home.sink.deliveries
        assert home.lockbox.message(item.id) == MESSAGE
    assert (item.kind, item.action, item.reasons) == (
        "malicious",
        "quarantine",
        ("macro.dropper",),
    )


async def test_mail_that_is_encrypted_for_its_reader_is_delivered_and_says_so() -> None:
    gap = Gap(Reason.ENCRYPTED_MAIL, "S/MIME", ("message",))
    async with house() as home:
        await home.send(report(gap))

        (delivery,) = home.sink.deliveries
    assert b"X-Lazaretto: opaque; id=T1" in delivery.message
    assert b"X-Lazaretto-Reasons: encrypted-mail\r\n" in delivery.message


@pytest.mark.parametrize(
    ("action", "reply"),
    [(Action.DEFER, replies.DEFERRED), (Action.REJECT, replies.REJECTED)],
)
async def test_a_message_that_is_refused_is_nowhere(action: Action, reply: replies.Reply) -> None:
    policy = Policy(dict.fromkeys(Class, action))
    async with house(policy=policy) as home:
        assert await home.send(OPAQUE) == reply

        assert not home.sink.deliveries
        assert not list(home.lockbox.items())


async def test_without_a_free_worker_the_sender_keeps_the_message() -> None:
    async with house() as home:
        assert await home.send(None) == replies.BUSY

        assert not home.sink.deliveries
        assert not list(home.lockbox.items())
        assert home.events[-1]["event"] == "refused"


async def test_without_room_in_the_quarantine_a_bad_message_is_not_passed_on() -> None:
    async with house(capacity_bytes=10) as home:
        assert await home.send(MALICIOUS) == replies.NO_ROOM

        assert not home.sink.deliveries


async def test_the_refusal_of_the_next_hop_is_ours() -> None:
    async def full(step: Step) -> bytes:
        return b"452 4.2.2 mailbox full\r\n" if step.verb == "." else step.usual

    async with house(sink=Sink(conduct=full)) as home:
        reply = await home.send(CLEAN)

        assert str(reply) == "452 4.2.2 mailbox full"
        assert not list(home.lockbox.items())


async def test_a_recipient_that_the_next_hop_refuses_gets_nothing() -> None:
    async def picky(step: Step) -> bytes:
        return b"550 5.1.1 unknown\r\n" if "<nobody@" in step.argument else step.usual

    async with house(sink=Sink(conduct=picky)) as home:
        passage = await home.begin("dr@hospital.example")
        refused = await passage.offer(Recipient("nobody@hospital.example"))
        with Spool() as message:
            message.write(MESSAGE)
            message.seal()
            await passage.commit(message, "T1")

        (delivery,) = home.sink.deliveries
    assert str(refused) == "550 5.1.1 unknown"
    assert [entry.address for entry in delivery.envelope.recipients] == ["dr@hospital.example"]


async def test_when_the_next_hop_is_down_the_sender_keeps_the_message() -> None:
    async with house() as home:
        await home.sink.close()

        assert await home.pipeline.begin(Envelope("a@b.example", ())) == replies.NEXT_HOP_DOWN


async def test_when_the_next_hop_falls_silent_the_sender_tries_again() -> None:
    async def hang_up(step: Step) -> bytes:
        if step.verb == ".":
            raise ConnectionResetError
        return step.usual

    async with house(sink=Sink(conduct=hang_up)) as home:
        assert await home.send(CLEAN) == replies.IN_DOUBT

        assert not list(home.lockbox.items())


async def test_one_event_tells_what_became_of_a_message_and_nothing_personal() -> None:
    async with house() as home:
        await home.send(OPAQUE)

        (event,) = home.events
        (item,) = home.lockbox.items()
    assert event["event"] == "decided"
    assert event["id"] == "T1"
    assert (event["class"], event["action"], event["reasons"]) == (
        "opaque",
        "withhold",
        ["encrypted"],
    )
    assert (event["reply"], event["item"], event["bytes"]) == (250, item.id, len(MESSAGE))
    assert set(event["milliseconds"]) == {"scan", "clean", "act"}  # type: ignore[call-overload]
    for word in ("secret", "lab@", "dr@", "out.example", "a.zip"):
        assert word not in home.log.getvalue()


async def test_an_administrator_may_ask_for_names_in_the_log() -> None:
    async with house(personal=True) as home:
        await home.send(CLEAN)

        (event,) = home.events
    assert (event["sender"], event["to"], event["subject"]) == (
        "lab@out.example",
        ["dr@hospital.example"],
        "secret result",
    )


async def test_the_scan_knows_the_domain_of_the_sender() -> None:
    async with house() as home:
        await home.send(CLEAN)

        assert home.scanner.asked == ["out.example"]


async def test_past_the_deadline_nothing_is_delivered_and_the_sender_keeps_it() -> None:
    async with house(deadline_seconds=0.05) as home:
        home.scanner.gate = asyncio.Event()

        assert await home.send(CLEAN) == replies.TOO_LATE

        assert not home.sink.deliveries
        assert not list(home.lockbox.items())


async def test_a_delivery_that_has_begun_is_brought_to_its_end_whatever_the_deadline() -> None:
    async def slow(step: Step) -> bytes:
        if step.verb == ".":
            await asyncio.sleep(0.3)
        return step.usual

    async with house(sink=Sink(conduct=slow), deadline_seconds=0.15) as home:
        assert (await home.send(CLEAN)).code == 250

        assert len(home.sink.deliveries) == 1


async def test_without_room_in_the_quarantine_no_message_is_begun() -> None:
    async with house(capacity_bytes=1000) as home:
        envelope = Envelope("a@b.example", (), ("BODY=8BITMIME", "SIZE=5000"))

        assert await home.pipeline.begin(envelope) == replies.NO_ROOM


async def test_many_scans_share_few_connections() -> None:
    async with house(connections=20) as home:
        home.scanner.gate = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            sent = [
                group.create_task(home.send(CLEAN, b"Subject: %d\r\n\r\n" % n, identifier=f"T{n}"))
                for n in range(30)
            ]
            await home.scanner.was_asked(30)
            home.scanner.gate.set()

        assert {task.result().code for task in sent} == {250}
        assert len(home.sink.deliveries) == 30


async def test_after_a_mistake_of_ours_the_next_hop_is_free_for_others() -> None:
    async with house(connections=1) as home:
        home.scanner.mistake = ValueError("a bug")
        with pytest.raises(ValueError, match="a bug"):
            await home.send(CLEAN)
        home.scanner.mistake = None

        assert (await home.send(CLEAN)).code == 250


async def test_when_the_quarantine_cannot_be_asked_no_message_is_begun() -> None:
    class Unreachable(MemoryBlobs):
        def free_bytes(self) -> int:
            raise StoreError("no such folder")

    async with house(blobs=Unreachable()) as home:
        assert await home.pipeline.begin(Envelope("a@b.example", ())) == replies.INTERNAL
        assert home.events[-1]["stage"] == "quarantine"


async def test_the_sender_does_not_wait_long_for_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent_to_notices(step: Step) -> bytes:
        if step.argument.startswith("FROM:<>"):
            await asyncio.Event().wait()
        return step.usual

    monkeypatch.setattr(acts, "_NOTICE_SECONDS", 0.05)
    notices = Notices("en", "postmaster@hospital.example", "the IT desk")
    async with house(sink=Sink(conduct=silent_to_notices), notices=notices) as home:
        assert await home.send(OPAQUE) == replies.accepted("T1")

        assert len(list(home.lockbox.items())) == 1
        assert "notice_failed" in [event["event"] for event in home.events]


@pytest.mark.parametrize(("offer", "limit"), [("SIZE 10000", 5904), ("SIZE", None)])
async def test_our_headers_have_room_in_what_the_next_hop_takes(
    offer: str, limit: int | None
) -> None:
    async with house(sink=Sink(extensions=(offer,))) as home:
        await home.hop.probe()

        assert home.pipeline.size_limit() == limit
