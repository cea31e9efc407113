import asyncio

from gateway.smtp.inbound.memory import Memory


async def test_room_is_found_at_once_or_not_at_all() -> None:
    memory = Memory(100)
    memory.take(60)

    assert await memory.room(40, seconds=0)
    assert not await memory.room(41, seconds=0)


async def test_all_who_wait_hear_of_room_that_is_given_back() -> None:
    memory = Memory(100)
    memory.take(100)
    waiting = [asyncio.ensure_future(memory.room(10, seconds=20)) for _ in range(3)]
    await asyncio.sleep(0)
    memory.give_back(50)

    assert await asyncio.gather(*waiting) == [True, True, True]
