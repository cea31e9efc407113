"""Which connection a transaction gets, and what happens when none can be had."""

import asyncio
from dataclasses import dataclass

import pytest

from gateway.smtp.outbound import HopAddress, Limits, NextHop, NextHopError, Timeouts
from gateway.smtp.sink import Sink, Step
from tests.support.next_hop import (
    BOB,
    ENVELOPE,
    Fault,
    Script,
    Stage,
    accepts_and_hangs_up,
    adds,
    answers_and_hangs_up,
    hangs,
    hangs_up,
    says,
    spooled,
    staged,
    usual,
)
from tests.support.ports import free_port


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


async def deliver(stage: Stage) -> None:
    transaction = await stage.begin(BOB)
    with spooled() as message:
        assert (await transaction.send(b"", message)).is_positive


def hop_at(*ports: int, clock: Clock) -> NextHop:
    addresses = [HopAddress("127.0.0.1", port) for port in ports]
    return NextHop(addresses, hostname="gateway.test", clock=clock)


async def test_a_connection_that_the_hop_closed_meanwhile_is_replaced_unnoticed() -> None:
    async with staged({".": answers_and_hangs_up}) as stage:
        await deliver(stage)
        await deliver(stage)

        assert len(stage.messages) == 2


async def test_a_connection_out_of_step_does_not_cost_the_others() -> None:
    async with staged({".": [usual, adds("250 2.0.0 and more")]}) as stage:
        transactions = [await stage.begin(BOB) for _ in range(2)]
        for transaction in transactions:
            with spooled() as message:
                await transaction.send(b"", message)
        await deliver(stage)

        assert stage.steps.count("CONNECT") == 2
        assert len(stage.messages) == 3


async def test_a_connection_that_turns_out_dead_at_mail_is_replaced_unnoticed() -> None:
    async with staged() as stage:
        await deliver(stage)
        stage.script.faults = {"MAIL": [hangs_up]}
        await deliver(stage)

        assert stage.steps.count("CONNECT") == 2
        assert len(stage.messages) == 2


async def test_a_connection_that_was_idle_for_long_is_not_used_again() -> None:
    clock = Clock()
    async with staged(clock=clock) as stage:
        await deliver(stage)
        clock.now += 31
        await deliver(stage)

        assert stage.steps.count("CONNECT") == 2


async def test_an_idle_connection_is_ended_with_a_goodbye() -> None:
    gone = asyncio.Event()

    async def hears(_: object) -> bytes:
        gone.set()
        return b"221 bye\r\n"

    async with staged({"QUIT": hears}, limits=Limits(idle_seconds=0.05)) as stage:
        await deliver(stage)
        async with asyncio.timeout(5):
            await gone.wait()


async def test_a_connection_that_was_used_just_now_stays() -> None:
    async with staged(clock=Clock(), limits=Limits(idle_seconds=0.02)) as stage:
        await deliver(stage)
        await asyncio.sleep(0.05)
        await deliver(stage)

        assert stage.steps.count("CONNECT") == 1


async def test_a_connection_serves_only_so_many_messages() -> None:
    async with staged(limits=Limits(messages=2)) as stage:
        for _ in range(4):
            await deliver(stage)

        assert stage.steps.count("CONNECT") == 2


async def test_no_more_connections_are_opened_than_allowed() -> None:
    async with staged(limits=Limits(connections=2)) as stage:
        await asyncio.gather(*(deliver(stage) for _ in range(10)))

        assert stage.steps.count("CONNECT") == 2
        assert len(stage.messages) == 10


async def test_who_finds_no_connection_free_is_told_so() -> None:
    timeouts = Timeouts(slot=0.1)
    async with staged({"RCPT": hangs}, limits=Limits(connections=1), timeouts=timeouts) as stage:
        busy = await stage.begin()
        async with asyncio.TaskGroup() as group:
            offer = group.create_task(busy.offer(BOB))
            await asyncio.sleep(0)
            with pytest.raises(NextHopError, match="no connection became free"):
                await stage.begin()
            offer.cancel()


async def test_clients_that_keep_a_transaction_open_do_not_keep_the_others_out() -> None:
    async with staged(limits=Limits(connections=2)) as stage:
        hoarded = [await stage.begin(BOB) for _ in range(5)]
        await deliver(stage)
        for transaction in hoarded:
            with spooled() as message:
                assert (await transaction.send(b"", message)).is_positive

        assert len(stage.messages) == 6
        assert stage.steps.count("CONNECT") == 2


async def test_a_transaction_gives_way_when_somebody_waited_for_it_to_rest() -> None:
    answer = asyncio.Event()

    async def takes_its_time(step: Step) -> bytes:
        await answer.wait()
        return step.usual

    faults: dict[str, Fault | list[Fault]] = {"RCPT": [takes_its_time]}
    async with staged(faults, limits=Limits(connections=1)) as stage:
        first = await stage.begin()
        async with asyncio.TaskGroup() as group:
            offer = group.create_task(first.offer(BOB))
            await asyncio.sleep(0)
            group.create_task(deliver(stage))
            await asyncio.sleep(0)
            answer.set()
        with spooled() as message:
            await first.send(b"", message)

        assert offer.result().is_positive
        assert len(stage.messages) == 2


@pytest.mark.parametrize("fault", ["MAIL", "RCPT", "DATA", "RSET", "BODY", "."])
@pytest.mark.parametrize("play", [hangs_up, accepts_and_hangs_up, says("421 bye"), says("??")])
async def test_a_failure_never_costs_a_slot(fault: str, play: Fault) -> None:
    async with staged({fault: play}, limits=Limits(connections=1, first_pause=0)) as stage:
        for _ in range(3):
            await _try(stage)
        stage.script.faults = {}

        await deliver(stage)


async def _try(stage: Stage) -> None:
    try:
        transaction = await stage.hop.begin(ENVELOPE)
        await transaction.offer(BOB)
        if not transaction.accepted:
            await transaction.abandon()
            return
        with spooled() as message:
            await transaction.send(b"", message)
    except Exception:  # noqa: BLE001 - only what comes after is of interest
        return


async def test_the_second_address_takes_over_when_the_first_is_dead() -> None:
    async with Sink() as sink:
        hop = hop_at(free_port(), sink.port, clock=Clock())
        transaction = await hop.begin(ENVELOPE)
        await transaction.offer(BOB)
        with spooled() as message:
            await transaction.send(b"", message)
        await hop.close()

        assert len(sink.deliveries) == 1


async def test_a_refused_connection_is_an_error_and_the_address_is_left_alone() -> None:
    clock = Clock()
    hop = hop_at(free_port(), clock=clock)
    with pytest.raises(NextHopError, match="refused"):
        await hop.begin(ENVELOPE)
    with pytest.raises(NextHopError, match="a moment ago"):
        await hop.begin(ENVELOPE)

    clock.now += 1.5
    with pytest.raises(NextHopError, match="refused"):
        await hop.begin(ENVELOPE)


async def test_each_further_failure_doubles_the_pause_up_to_a_limit() -> None:
    clock = Clock()
    script = Script({"CONNECT": says("421 4.3.2 not now")})
    async with Sink(conduct=script) as sink:
        hop = hop_at(sink.port, clock=clock)
        for _ in range(600):
            with pytest.raises(NextHopError):
                await hop.begin(ENVELOPE)
            clock.now += 0.5

    # At 0, 1, 3, 7, 15 seconds, and then every 30: 45, 75 ... 285.
    assert script.steps == ["CONNECT"] * 14


async def test_after_a_pause_one_caller_tries_and_the_others_are_told_at_once() -> None:
    clock = Clock()
    script = Script({"CONNECT": [says("421 4.3.2 not now"), hangs]})
    async with Sink(conduct=script) as sink:
        hop = hop_at(sink.port, clock=clock)
        with pytest.raises(NextHopError):
            await hop.begin(ENVELOPE)
        clock.now += 1.5
        async with asyncio.TaskGroup() as group:
            first = group.create_task(hop.begin(ENVELOPE))
            await asyncio.sleep(0)
            with pytest.raises(NextHopError, match="a moment ago"):
                await hop.begin(ENVELOPE)
            first.cancel()


async def test_a_hop_that_is_back_is_used_at_once() -> None:
    clock = Clock()
    async with staged({"CONNECT": [says("421 4.3.2 not now")]}, clock=clock) as stage:
        with pytest.raises(NextHopError):
            await stage.begin()
        clock.now += 1.5
        await deliver(stage)
        await deliver(stage)

        assert len(stage.messages) == 2


async def test_a_probe_asks_though_the_address_is_left_alone_and_ends_the_pause() -> None:
    async with staged({"CONNECT": [says("421 4.3.2 not now")]}, clock=Clock()) as stage:
        with pytest.raises(NextHopError):
            await stage.begin()
        assert "8BITMIME" in await stage.hop.probe()

        await deliver(stage)


async def test_nothing_is_known_of_a_hop_before_the_first_contact() -> None:
    hop = hop_at(free_port(), clock=Clock())

    assert hop.extensions() == frozenset()
    assert hop.size_limit() is None
