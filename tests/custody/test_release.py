from collections.abc import Callable

import pytest

from gateway.custody.release import Release
from gateway.smtp.outbound import InDoubtError
from gateway.smtp.sink import Sink, Step
from gateway.spool import Spool
from quarantine import State, StateError
from tests.support.house import MALICIOUS, MARKS, MESSAGE, House, house


def desk(home: House) -> Release:
    return Release(home.lockbox, home.hop, "gate.example", MARKS)


async def held(home: House) -> str:
    await home.send(MALICIOUS)
    (item,) = home.lockbox.items()
    return item.id


async def test_a_released_message_arrives_byte_for_byte_and_the_item_says_who_did_it() -> None:
    async with house() as home:
        item = await held(home)

        handed = await desk(home).release(item, who="alice", why="sender called")

        (delivery,) = home.sink.deliveries
        details = home.lockbox.item(item)
    assert handed.reply.code == 250
    assert delivery.message.endswith(MESSAGE)
    assert f"X-Lazaretto: released; id={item}\r\n".encode() in delivery.message
    assert details.item.state is State.RELEASED
    assert [(change.who, change.became) for change in details.changes[1:]] == [
        ("alice", State.RELEASING),
        ("alice", State.RELEASED),
    ]


async def test_a_message_can_be_released_to_some_recipients_only() -> None:
    async with house() as home:
        item = await held(home)

        await desk(home).release(item, who="a", why="b", recipients=("it@hospital.example",))

        (delivery,) = home.sink.deliveries
    assert [entry.address for entry in delivery.envelope.recipients] == ["it@hospital.example"]


async def test_when_the_next_hop_says_452_the_item_stays_held() -> None:
    async def full(step: Step) -> bytes:
        return b"452 4.2.2 mailbox full\r\n" if step.verb == "." else step.usual

    async with house(sink=Sink(conduct=full)) as home:
        item = await held(home)

        handed = await desk(home).release(item, who="alice", why="x")

        details = home.lockbox.item(item)
    assert str(handed.reply) == "452 4.2.2 mailbox full"
    assert details.item.state is State.HELD
    assert details.changes[-1].why == "452 4.2.2 mailbox full"


async def test_when_the_next_hop_is_down_the_item_stays_held() -> None:
    async with house() as home:
        item = await held(home)
        await home.sink.close()

        handed = await desk(home).release(item, who="alice", why="x")

        assert handed.reply.code == 451
        assert home.lockbox.item(item).item.state is State.HELD


async def test_when_the_answer_got_lost_only_a_person_can_know() -> None:
    async def hang_up(step: Step) -> bytes:
        if step.verb == ".":
            raise ConnectionResetError
        return step.usual

    async with house(sink=Sink(conduct=hang_up)) as home:
        item = await held(home)

        with pytest.raises(InDoubtError):
            await desk(home).release(item, who="alice", why="x")

        assert home.lockbox.item(item).item.state is State.RELEASING


async def test_what_was_released_is_not_released_again() -> None:
    async with house() as home:
        item = await held(home)
        await desk(home).release(item, who="alice", why="x")

        with pytest.raises(StateError, match=r"already released .* by alice"):
            await desk(home).release(item, who="bob", why="x")

        assert len(home.sink.deliveries) == 1


# --- a released message that comes back to us -----------------------------------------------------


async def released(home: House) -> bytes:
    """What the mail server got, as it sends it on to us again."""
    await desk(home).release(await held(home), who="alice", why="sender called")
    return b"Received: from gate.example by mail\r\n" + home.sink.deliveries[-1].message


async def test_what_was_released_is_not_held_again_when_it_comes_back() -> None:
    async with house() as home:
        again = await released(home)

        assert (await home.send(MALICIOUS, again, identifier="T2")).code == 250

        assert len(list(home.lockbox.items())) == 1
        assert home.sink.deliveries[-1].message.endswith(again)
        assert home.events[-1] | {"action": "tag", "class": "malicious"} == home.events[-1]


@pytest.mark.parametrize(
    "changed",
    [
        lambda message: message + b"more\r\n",
        lambda message: b"Content-Type: multipart/mixed; boundary=end\r\n" + message,
        lambda message: message.replace(b"released ", b"passed "),
    ],
)
async def test_what_was_changed_since_its_release_is_held(
    changed: Callable[[bytes], bytes],
) -> None:
    async with house() as home:
        again = changed(await released(home))

        await home.send(MALICIOUS, again, identifier="T2")

        assert len(list(home.lockbox.items())) == 2


async def test_a_release_is_for_those_to_whom_it_was_made() -> None:
    async with house() as home:
        again = await released(home)
        home.scanner.answer = MALICIOUS
        passage = await home.begin("dr@hospital.example", "everybody@hospital.example")
        with Spool() as spool:
            spool.write(again)
            spool.seal()
            await passage.commit(spool, "T2")

        assert len(list(home.lockbox.items())) == 2


async def test_what_was_never_released_is_held_whatever_it_says() -> None:
    async with house() as home:
        item = await held(home)
        again = MARKS.released(item).encode() + b"\r\n" + MESSAGE
        unknown = MARKS.released("0" * 16).encode() + b"\r\n" + MESSAGE

        await home.send(MALICIOUS, again, identifier="T2")
        await home.send(MALICIOUS, unknown, identifier="T3")

        assert len(list(home.lockbox.items())) == 3


async def test_when_the_quarantine_cannot_say_whether_it_was_released_it_is_not_delivered() -> None:
    async with house() as home:
        again = await released(home)
        home.index.is_broken = True

        await home.send(MALICIOUS, again, identifier="T2")

        assert len(home.sink.deliveries) == 1
