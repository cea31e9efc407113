import asyncio
from collections.abc import Callable
from datetime import timedelta

from gateway.custody.holding import Patience
from gateway.custody.upkeep import Every, Upkeep
from gateway.notices.alarm import Alarm
from gateway.smtp.sink import Sink, Step
from tests.support.house import MALICIOUS, NOON, House, house
from tests.support.vault import Clock

MAIL = ("it@hospital.example",)


def upkeep(home: House, *, retention: timedelta = timedelta(days=30)) -> Upkeep:
    return Upkeep(
        home.lockbox,
        home.hop,
        home.pipeline.means.events,
        {"malicious": retention},
        Alarm("fr", "postmaster@hospital.example", now=lambda: NOON),
        MAIL,
        Every(0.02, 0.02, 0.02),
    )


async def run(home: House, until: Callable[[], bool], **options: timedelta) -> None:
    """Look after the house until this is true."""
    async with upkeep(home, **options).running(), asyncio.timeout(10):
        while not until():  # noqa: ASYNC110 - nobody tells when a line is in the log
            await asyncio.sleep(0.01)


async def event(home: House, name: str, **options: timedelta) -> dict[str, object]:
    """Look after the house until this event, and give it."""

    def found() -> list[dict[str, object]]:
        return [one for one in home.events if one["event"] == name]

    await run(home, lambda: bool(found()), **options)
    return found()[0]


def _figure(home: House, name: str) -> float | None:
    return home.pipeline.means.events._metrics.registry.get_sample_value(name)


def overdue_at_once() -> Patience:
    return Patience({"malicious": -1})


async def test_what_nobody_looked_at_is_an_event_a_figure_and_a_mail_once() -> None:
    async with house(patience=overdue_at_once()) as home:
        await home.send(MALICIOUS)
        (item,) = home.lockbox.items()

        await run(home, lambda: bool(home.sink.deliveries))

        overdue = await event(home, "overdue")
        assert (overdue["item"], overdue["class"]) == (item.id, "malicious")
        assert _figure(home, "lazaretto_quarantine_overdue") == 1
        (mail,) = home.sink.deliveries
        assert [entry.address for entry in mail.envelope.recipients] == [*MAIL]
        assert item.id.encode() in mail.message
        assert b"secret result" not in mail.message
        assert b"Auto-Submitted: auto-generated" in mail.message
        home.lockbox.view(item.id, who="alice")
        await run(home, lambda: _figure(home, "lazaretto_quarantine_overdue") == 0)
        assert [e["event"] for e in home.events].count("overdue") == 1


async def test_an_alarm_that_cannot_be_mailed_is_said() -> None:
    is_refusing = False

    async def refuse(step: Step) -> bytes:
        is_refused = is_refusing and step.verb == "RCPT"
        return b"550 no such user\r\n" if is_refused else step.usual

    async with house(sink=Sink(conduct=refuse), patience=overdue_at_once()) as home:
        await home.send(MALICIOUS)
        is_refusing = True

        told = await event(home, "upkeep_failed")

        assert told["what"] == "alarm mail"
        assert "no such user" in str(told["why"])


async def test_what_is_older_than_its_retention_is_purged() -> None:
    async with house() as home:
        await home.send(MALICIOUS)

        told = await event(home, "purged", retention=timedelta(seconds=-1))

        assert told["items"] == 1
        assert [item.state for item in home.lockbox.items()] == ["purged"]


async def test_a_clock_that_jumped_is_said_and_the_gateway_goes_on() -> None:
    clock = Clock()
    async with house(lockbox_clock=clock) as home:
        await home.send(MALICIOUS)
        clock.advance(days=99)

        told = await event(home, "upkeep_failed")

        assert told["what"] == "purge"
        assert "the clock says" in str(told["why"])
        assert [item.state for item in home.lockbox.items()] == ["held"]
        assert (await home.send(MALICIOUS, identifier="T2")).code == 250


async def test_the_head_of_the_audit_goes_into_the_log() -> None:
    async with house() as home:
        await home.send(MALICIOUS)

        told = await event(home, "audit_head")

        assert told["head"] == str(home.lockbox.audit.head())


async def test_e9_a_held_message_whose_file_is_gone_is_an_alarm_and_a_figure() -> None:
    async with house() as home:
        await home.send(MALICIOUS)
        (item,) = home.lockbox.items()
        home.lockbox._parts.blobs.remove(item.id)

        told = await event(home, "quarantine_damaged")

        assert (told["lost"], told["items"], told["index_is_older"]) == (1, [item.id], False)
        assert _figure(home, "lazaretto_quarantine_lost") == 1


async def test_a_quarantine_in_order_raises_no_alarm() -> None:
    async with house() as home:
        await home.send(MALICIOUS)
        (item,) = home.lockbox.items()
        home.lockbox.delete(item.id, who="alice", why="spam")
        await home.send(MALICIOUS, identifier="T2")

        await event(home, "audit_head")

        assert not [told for told in home.events if told["event"] == "quarantine_damaged"]
        assert _figure(home, "lazaretto_quarantine_lost") == 0
