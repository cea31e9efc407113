"""Rows G1, G8, G9 and G18: too many clients and too much mail for a gateway of its own.

Times are compared with each other, for the machine may be busy.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from bench.processes import cpu_seconds, proportional_bytes
from tests.support.ledger import Letter, call
from tests.support.phoenix import Phoenix, phoenix
from tests.support.smtp import Client

pytestmark = [pytest.mark.slow, pytest.mark.alone]

MEBI = 1 << 20
IDLE = 1_000
LETTERS = 50


@asynccontextmanager
async def idle(bird: Phoenix, count: int) -> AsyncIterator[list[Client]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(call(bird.port)) for _ in range(count)]


async def median_seconds(bird: Phoenix, times: int = 15) -> float:
    """How long one letter takes, from the connection to the answer."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        await bird.ledger.attempt(bird.ledger.write(), bird.port)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


async def test_g1_a_thousand_idle_clients_cost_little_and_the_next_hundred_are_sent_away(
    tmp_path: Path,
) -> None:
    limits = f"[smtp.limits]\nconnections = {IDLE + 50}\nconnections_per_client = 2000\n"
    async with phoenix(tmp_path, extra=limits) as bird:
        alone = await median_seconds(bird)
        size = proportional_bytes(bird.life.process.pid)
        async with idle(bird, IDLE) as clients:
            greetings = [await client.reply() for client in clients]
            grown = proportional_bytes(bird.life.process.pid) - size
            among = await median_seconds(bird)
            async with idle(bird, 150) as more:
                too_many = [await client.reply() for client in more]

        print(f"{grown / 1e6:.1f} MB more; a letter takes {among / alone:.2f} times as long")
        assert {greeting[:3] for greeting in greetings} == {"220"}
        assert {greeting[:9] for greeting in too_many[50:]} == {"421 4.7.0"}
        assert grown < 50e6
        assert among < 4 * alone
        assert bird.count() == {"once": 30}


async def test_g8_a_flood_of_connections_takes_little_and_hinders_nobody(tmp_path: Path) -> None:
    flood = 2_000
    async with phoenix(tmp_path) as bird:
        before = cpu_seconds(bird.life.process.pid)
        for _ in range(flood // 50):
            await asyncio.gather(*(come_and_go(bird.port) for _ in range(50)))
        spent = cpu_seconds(bird.life.process.pid) - before
        answer = await bird.ledger.attempt(bird.ledger.write(), bird.port)

        print(f"{1000 * spent / flood:.2f} ms of processor time for each connection")
        assert spent / flood < 0.01
        assert answer.is_accepted
        assert bird.count() == {"once": 1}


async def come_and_go(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.transport.abort()


async def test_g9_with_few_descriptors_clients_are_sent_away_before_there_are_none(
    tmp_path: Path,
) -> None:
    async with phoenix(tmp_path, before=["prlimit", "--nofile=128:128"]) as bird:
        pid = bird.life.process.pid
        async with idle(bird, 60) as clients:
            greetings = [(await client.reply())[:3] for client in clients]
            began, before = time.monotonic(), cpu_seconds(pid)
            await asyncio.sleep(2)
            busy = (cpu_seconds(pid) - before) / (time.monotonic() - began)
        *_, answer = await bird.ledger.deliver(bird.ledger.write(), bird.port)

        print(f"{greetings.count('220')} were let in; then busy for {busy:.1%} of the time")
        assert set(greetings) == {"220", "421"}
        assert 5 < greetings.count("220") < 40
        assert busy < 0.2  # asyncio accepts in a busy loop when it has no descriptor left
        assert answer.is_accepted
        assert bird.count() == {"once": 1}


async def test_g18_fifty_large_letters_at_once_take_no_more_than_their_budget(
    tmp_path: Path,
) -> None:
    budget = 16 * MEBI
    limits = f'[smtp.limits]\nin_flight = "{budget // MEBI} MiB"\nin_flight_time = "1s"\n'
    async with phoenix(tmp_path, extra=limits) as bird:
        letters = [bird.ledger.write(padding=MEBI) for _ in range(LETTERS)]
        size = anonymous_bytes(bird.life.process.pid)
        done = asyncio.Event()
        watching = asyncio.ensure_future(watch(bird.life.process.pid, done))
        await asyncio.gather(*(persevere(bird, letter) for letter in letters))
        done.set()
        spooled, most = await watching

        deferred = [a.reply for letter in letters for a in letter.answers if not a.is_accepted]
        print(f"spools: {spooled / 1e6:.0f} MB, the rest: {(most - size) / 1e6:.0f} MB more")
        assert {reply[:9] for reply in deferred} <= {"452 4.3.1", "451 4.3.2"}
        assert budget // 2 < spooled < budget * 1.2
        # What is read and not yet spooled, and the pieces on their way out, for each connection.
        assert most - size < LETTERS * MEBI // 2
        assert bird.count() == {"once": LETTERS}


async def persevere(bird: Phoenix, letter: Letter) -> None:
    await bird.ledger.deliver(letter, bird.port, attempts=1000, pause=0.5)


async def watch(pid: int, done: asyncio.Event) -> tuple[int, int]:
    """The most that its spools, and its own memory, took at any time."""
    spooled = most = 0
    while not done.is_set():
        spooled = max(spooled, spooled_bytes(pid))
        most = max(most, anonymous_bytes(pid))
        await asyncio.sleep(0.02)
    return spooled, most


def spooled_bytes(pid: int) -> int:
    """Of all messages in the memory files of a process."""
    sizes: dict[int, int] = {}
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            if "memfd:message" in str(link.readlink()):
                found = link.stat()
                sizes[found.st_ino] = found.st_size  # one that is mapped has a second descriptor
    return sum(sizes.values())


def anonymous_bytes(pid: int) -> int:
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return int(fields["RssAnon"].split()[0]) * 1024
