from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from gateway.allowances.book import AllowanceBook
from gateway.allowances.leniency import Leniency
from tests.support.allowing import ALLOWANCE, FRONT, REPORT, SIGNED
from tests.support.house import MESSAGE, NOON, House, house


@asynccontextmanager
async def lenient(folder: Path) -> AsyncIterator[House]:
    async with house() as home:
        leniency = Leniency(
            AllowanceBook(folder / "a.json"), FRONT, home.pipeline.means.events, lambda: NOON
        )
        home.pipeline = replace(home.pipeline, leniency=leniency)
        yield home


def allow(folder: Path) -> None:
    AllowanceBook(folder / "a.json").add(lambda number: replace(ALLOWANCE, number=number))


async def test_what_is_allowed_is_delivered_from_the_next_message_on(tmp_path: Path) -> None:
    async with lenient(tmp_path) as home:
        await home.send(REPORT, SIGNED, identifier="T1")
        assert not home.sink.deliveries
        allow(tmp_path)

        await home.send(REPORT, SIGNED + b"x\r\n", identifier="T2")

        assert len(home.sink.deliveries) == 1
        allowed = [event for event in home.events if event["event"] == "allowed"]
    assert [(event["id"], event["number"]) for event in allowed] == [("T2", 1)]


async def test_the_same_from_somebody_who_was_not_authenticated_is_held(tmp_path: Path) -> None:
    allow(tmp_path)
    async with lenient(tmp_path) as home:
        await home.send(REPORT, MESSAGE)

        assert not home.sink.deliveries
        assert len(list(home.lockbox.items())) == 1


async def test_exceptions_that_cannot_be_read_allow_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"nonsense")
    async with lenient(tmp_path) as home:
        await home.send(REPORT, SIGNED)

        assert not home.sink.deliveries
        failed = [event for event in home.events if event["event"] == "failed"]
    assert [event["stage"] for event in failed] == ["allowances"]
