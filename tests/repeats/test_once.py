from collections.abc import Iterable
from contextlib import AbstractContextManager

import pytest

from gateway.smtp.sink import Sink, Step
from quarantine import StoreError
from quarantine.memory import MemoryBlobs
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
        (told,) = [event for event in home.events if event["event"] == "in_doubt"]
        assert (told["id"], told["earlier"]) == ("T2", "T1")


async def test_a_refusal_is_not_remembered() -> None:
    async def full(step: Step) -> bytes:
        return b"452 4.2.2 mailbox full\r\n" if step.verb == "." else step.usual

    async with house(sink=Sink(conduct=full)) as home:
        for identifier in ("T1", "T2"):
            assert (await home.send(CLEAN, identifier=identifier)).code == 452
            forget(home, identifier, is_heard=False)


class Killed(BaseException):
    """Stands for kill -9: nothing of ours can catch it and say that it did not happen."""


class Stop:
    """Breaks off once, after the quarantine has committed an item."""

    def __init__(self, error: BaseException) -> None:
        self._errors = [error]

    def __call__(self, where: str) -> None:
        if where == "row committed" and self._errors:
            raise self._errors.pop()


@pytest.mark.slow
async def test_what_was_held_when_the_disk_failed_is_not_held_twice() -> None:
    async with house(step=Stop(StoreError("the disk failed"))) as home:
        first = await home.send(MALICIOUS, identifier="T1")
        again = await home.send(MALICIOUS, identifier="T2")

        assert (first.code, str(again)) == (451, "250 2.0.0 accepted as T1")
        assert len(list(home.lockbox.items())) == 1


async def test_what_was_held_when_we_died_is_not_held_twice() -> None:
    async with house(step=Stop(Killed())) as home:
        before = home.pipeline.means.once
        with pytest.raises(Killed):
            await home.send(MALICIOUS, identifier="T1")
        home.restart()

        again = await home.send(MALICIOUS, identifier="T2")
        forget(home, "T2", is_heard=False)
        third = await home.send(MALICIOUS, identifier="T3")

        assert before is not home.pipeline.means.once
        assert [str(again), str(third)] == ["250 2.0.0 accepted as T1"] * 2
        assert len(list(home.lockbox.items())) == 1


async def test_what_was_not_held_yet_when_we_died_is_held_by_the_retry() -> None:
    class Torn(MemoryBlobs):
        torn = True

        def put(self, name: str, chunks: Iterable[bytes]) -> AbstractContextManager[None]:
            if self.torn:
                self.torn = False
                raise Killed
            return super().put(name, chunks)

    async with house(blobs=Torn()) as home:
        with pytest.raises(Killed):
            await home.send(MALICIOUS, identifier="T1")
        home.restart()

        again = await home.send(MALICIOUS, identifier="T2")

        assert str(again) == "250 2.0.0 accepted as T2"
        assert len(list(home.lockbox.items())) == 1


async def test_while_the_quarantine_cannot_be_asked_the_sender_keeps_the_message() -> None:
    async with house(step=Stop(Killed())) as home:
        with pytest.raises(Killed):
            await home.send(MALICIOUS, identifier="T1")
        home.index.is_broken = True
        refused = await home.send(MALICIOUS, identifier="T2")
        home.index.is_broken = False

        again = await home.send(MALICIOUS, identifier="T3")

        assert (refused.code, str(again)) == (451, "250 2.0.0 accepted as T1")
        assert len(list(home.lockbox.items())) == 1


async def attempt(home: House, identifier: str, *, original: str, begins: bool) -> None:
    """One more try at a message whose first copy ended in doubt, with its original held."""
    once = home.pipeline.means.once
    async with once.turn(identifier, "key") as answer:
        assert (answer, once.original(identifier)) == (None, original)
        if begins:
            await once.begin(identifier, "key", original, has_copy=True)
            once.doubt(identifier)


@pytest.mark.parametrize("begins", [False, True])
async def test_an_original_whose_copy_is_in_doubt_is_found_until_that_is_known(
    *, begins: bool
) -> None:
    async with house() as home:
        await home.send(MALICIOUS, identifier="T0")
        (item,) = home.lockbox.items()
        await home.pipeline.means.once.begin("T1", "key", item.id, has_copy=True)
        home.restart()

        for identifier in ("T2", "T3"):
            await attempt(home, identifier, original=item.id, begins=begins)
        home.restart()
        await attempt(home, "T4", original=item.id, begins=True)

        assert home.pipeline.means.once.original("T4") == ""


async def test_of_an_original_that_was_taken_back_nobody_has_a_copy() -> None:
    async with house() as home:
        await home.send(MALICIOUS, identifier="T0")
        (item,) = home.lockbox.items()
        await home.pipeline.means.once.begin("T1", "key", item.id, has_copy=True)
        home.pipeline.means.once.doubt("T1")
        home.lockbox.delete(item.id, who="intake", why="refused")

        await attempt(home, "T2", original="", begins=False)
        assert not [event for event in home.events if event["event"] == "in_doubt"]
