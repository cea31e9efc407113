import pytest

from gateway.smtp.sink import Sink, Step
from tests.support.house import CLEAN, MALICIOUS, OPAQUE, House, house


def forget(home: House, identifier: str, *, is_heard: bool) -> None:
    """The client's session goes on, or is lost, after our reply to this message."""
    home.pipeline.means.once.answered(identifier, is_heard=is_heard)


async def test_a_client_that_lost_our_250_is_not_delivered_twice() -> None:
    async with house() as home:
        await home.send(CLEAN, identifier="T1")
        forget(home, "T1", is_heard=False)

        again = await home.send(CLEAN, identifier="T2")

        assert str(again) == "250 2.0.0 accepted as T1"
        assert len(home.sink.deliveries) == 1
        assert home.events[-1] | {"timestamp": ""} == {
            "event": "repeated", "id": "T2", "earlier": "T1", "level": "info", "timestamp": "",
        }  # fmt: skip


async def test_a_client_that_lost_our_250_twice_is_not_delivered_twice() -> None:
    async with house() as home:
        await home.send(CLEAN, identifier="T1")
        forget(home, "T1", is_heard=False)
        await home.send(CLEAN, identifier="T2")
        forget(home, "T2", is_heard=False)

        again = await home.send(CLEAN, identifier="T3")

        assert again.code == 250
        assert len(home.sink.deliveries) == 1


async def test_identical_mail_that_was_acknowledged_is_delivered_again() -> None:
    async with house() as home:
        for identifier in ("T1", "T2"):
            await home.send(CLEAN, identifier=identifier)
            forget(home, identifier, is_heard=True)

        assert len(home.sink.deliveries) == 2


async def test_a_retry_that_was_answered_is_forgotten() -> None:
    async with house() as home:
        await home.send(CLEAN, identifier="T1")
        forget(home, "T1", is_heard=False)
        await home.send(CLEAN, identifier="T2")
        forget(home, "T2", is_heard=True)

        await home.send(CLEAN, identifier="T3")

        assert len(home.sink.deliveries) == 2


@pytest.mark.parametrize("report", [MALICIOUS, OPAQUE])
async def test_what_is_held_is_not_held_twice(report: object) -> None:
    async with house() as home:
        await home.send(report, identifier="T1")  # type: ignore[arg-type]
        forget(home, "T1", is_heard=False)

        again = await home.send(report, identifier="T2")  # type: ignore[arg-type]

        assert again.code == 250
        assert len(list(home.lockbox.items())) == 1


async def test_when_nobody_knows_whether_it_arrived_it_is_delivered_again() -> None:
    answers = iter([b"", b"250 2.0.0 kept\r\n"])

    async def hang_up_once(step: Step) -> bytes:
        if step.verb != ".":
            return step.usual
        if answer := next(answers):
            return answer
        raise ConnectionResetError

    async with house(sink=Sink(conduct=hang_up_once)) as home:
        first = await home.send(CLEAN, identifier="T1")
        second = await home.send(CLEAN, identifier="T2")

        assert (first.code, second.code) == (451, 250)
        assert len(home.sink.deliveries) == 1


async def test_a_refusal_is_not_remembered() -> None:
    async def full(step: Step) -> bytes:
        return b"452 4.2.2 mailbox full\r\n" if step.verb == "." else step.usual

    async with house(sink=Sink(conduct=full)) as home:
        for identifier in ("T1", "T2"):
            assert (await home.send(CLEAN, identifier=identifier)).code == 452
            forget(home, identifier, is_heard=False)
