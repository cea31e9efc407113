import pytest

from gateway.release import Release
from gateway.smtp.outbound import InDoubtError
from gateway.smtp.sink import Sink, Step
from quarantine import State, StateError
from tests.support.house import MALICIOUS, MESSAGE, House, house


def desk(home: House) -> Release:
    return Release(home.lockbox, home.hop, "gate.example")


async def held(home: House) -> str:
    await home.send(MALICIOUS)
    (item,) = home.lockbox.items()
    return item.id


async def test_a_released_message_arrives_byte_for_byte_and_the_item_says_who_did_it() -> None:
    async with house() as home:
        item = await held(home)

        reply = await desk(home).release(item, who="alice", why="sender called")

        (delivery,) = home.sink.deliveries
        details = home.lockbox.item(item)
    assert reply.code == 250
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

        reply = await desk(home).release(item, who="alice", why="x")

        details = home.lockbox.item(item)
    assert str(reply) == "452 4.2.2 mailbox full"
    assert details.item.state is State.HELD
    assert details.changes[-1].why == "452 4.2.2 mailbox full"


async def test_when_the_next_hop_is_down_the_item_stays_held() -> None:
    async with house() as home:
        item = await held(home)
        await home.sink.close()

        reply = await desk(home).release(item, who="alice", why="x")

        assert reply.code == 451
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
