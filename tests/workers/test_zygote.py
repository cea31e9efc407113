import asyncio
import sys

import pytest

from gateway.workers.frames import Setup
from gateway.workers.pool import Pool, PoolStartError
from tests.support.pools import parent_of, scan, started, until_gone, worker_of


async def test_a_kernel_that_refuses_to_fork_is_asked_again() -> None:
    async with started("tests.support.engines:without_room_to_fork", queue_seconds=5) as pool:
        assert (await scan(pool, b"clean")).is_clean


async def test_a_zygote_that_cannot_start_is_told() -> None:
    pool = Pool(Setup(), factory="tests.support.engines:cannot_start")

    with pytest.raises(PoolStartError, match="status 7"):
        await pool.start()


async def test_workers_die_with_a_gateway_that_is_killed() -> None:
    script = """
import asyncio
from tests.support.pools import parent_of, started, worker_of

async def main():
    async with started() as pool:
        worker = await worker_of(pool)
        print(worker, parent_of(worker), flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""
    gateway = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert gateway.stdout
    worker, zygote = map(int, (await gateway.stdout.readline()).split())

    gateway.kill()
    await gateway.wait()

    until_gone(zygote)
    until_gone(worker)


async def test_nothing_is_left_running_when_the_pool_is_closed() -> None:
    async with started() as pool:
        worker = await worker_of(pool)
        zygote = parent_of(worker)

    until_gone(zygote)
    until_gone(worker)
