"""Table A: kill -9 at every stage of a message, and the retry of its client after the restart.

One gateway lives through the whole table: what one row starts again, the next one kills.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.support.ledger import on_the_wire
from tests.support.phoenix import Phoenix, phoenix

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Row:
    """Where it is killed, and with which kind of letter."""

    point: str
    is_infected: bool = False
    is_suspicious: bool = False
    padding: int = 0
    first: str = ""
    """What the client hears before the restart."""
    doubts: int = 0


ROWS = {
    "A1 before the greeting": Row("client connected"),
    "A3 after the final dot": Row("message received"),
    "A4 while a worker looks at it": Row("worker asked"),
    "A5 infected, before it is held": Row("verdict reached", is_infected=True),
    "A6 written and not synced": Row("blob written", is_infected=True),
    "A7 synced and the folder not": Row("blob synced", is_infected=True),
    "A8 on the disk and not in the index": Row("folder synced", is_infected=True),
    "A9 in the index and without a name": Row("row committed", is_infected=True),
    "A9 held and not answered": Row("blob named", is_infected=True),
    "A10 after the answer": Row("answer sent", first="250"),
    "A11 clean, before it is sent": Row("verdict reached"),
    "A12 the next hop knows its recipient": Row("recipient accepted"),
    "A13 in the middle of sending": Row("part sent", padding=2 << 20),
    "A14 the dot is sent": Row("dot sent", doubts=1),
    "A15 the next hop has said 250": Row("next hop answered", doubts=1),
    "A16 the journal knows": Row("answer due"),
    "A16 the journal knows that it is held": Row("answer due", is_infected=True),
    "W1 without its bad file, before it is sent": Row("verdict reached", is_suspicious=True),
    "W2 the original on the disk and not in the index": Row("folder synced", is_suspicious=True),
    "W3 the original in the index": Row("row committed", is_suspicious=True),
    "W3 the original held and the copy not sent": Row("original held", is_suspicious=True),
    "W4 the dot of the copy is sent": Row("dot sent", is_suspicious=True, doubts=1),
    "W5 the next hop has the copy": Row("next hop answered", is_suspicious=True, doubts=1),
    "W6 the quarantine knows of the copy": Row("copy recorded", is_suspicious=True, doubts=1),
    "W7 the journal knows": Row("answer due", is_suspicious=True),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Phoenix]:
    async with phoenix(tmp_path_factory.mktemp("phoenix")) as bird:
        yield bird


@pytest_asyncio.fixture(loop_scope="module")
async def bird(shared: Phoenix) -> Phoenix:
    """Alive, whatever became of the row before."""
    await shared.revive()
    shared.begin()
    return shared


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_kill_loses_no_letter_and_delivers_none_twice(bird: Phoenix, row: Row) -> None:
    letter = bird.ledger.write(
        is_infected=row.is_infected, is_suspicious=row.is_suspicious, padding=row.padding
    )
    letter.doubts = row.doubts
    bird.wish.write_text(row.point)
    first = await bird.ledger.attempt(letter, bird.port)
    await bird.rise()
    if not letter.is_accepted:
        await bird.ledger.deliver(letter, bird.port)

    assert first.reply[:3] == row.first
    assert letter.is_accepted
    assert bird.count() == {"twice" if row.doubts else "once": 1}


async def test_a2_a_kill_in_the_middle_of_a_message_leaves_nothing_of_it(bird: Phoenix) -> None:
    letter = bird.ledger.write(padding=1 << 20)
    half = len(letter.message) // 2
    async with bird.ledger.begun(letter, bird.port) as client:
        await client.send(on_the_wire(letter)[:half])
        await asyncio.sleep(0.2)
        bird.wish.write_text("part received")
        await client.send(on_the_wire(letter)[half:-10])
        await client.rest()
    await bird.rise()
    left = bird.count()
    await bird.ledger.deliver(letter, bird.port)

    assert left == {"nowhere": 1}
    assert bird.count() == {"once": 1}


async def test_a10_what_was_acknowledged_before_the_kill_is_taken_again_after_it(
    bird: Phoenix,
) -> None:
    letter = bird.ledger.write()
    letter.doubts = 1
    await bird.ledger.attempt(letter, bird.port)  # its QUIT tells that it heard us
    await asyncio.sleep(0.2)
    bird.life.process.kill()
    await bird.rise()
    await bird.ledger.attempt(letter, bird.port)

    assert bird.count() == {"twice": 1}
