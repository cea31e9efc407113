import asyncio
import os
import signal
import time

import pytest

from gateway.model import Pack
from gateway.packs.format import RulePack
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool, PoolStartError
from tests.support.engines import PACK
from tests.support.pools import parent_of, scan, started, until_gone, worker_of


async def test_start_tells_what_the_zygote_said() -> None:
    pool = Pool(Setup(), factory="tests.support.engines:with_problems")

    said = await pool.start()

    await pool.close()
    assert said.pack == PACK
    assert said.problems == ("x.yar:12: undefined identifier",)
    assert {layer.name for layer in said.layers} >= {"seccomp", "limits", "landlock"}


@pytest.mark.alone
async def test_a_killed_zygote_is_back_within_two_seconds() -> None:
    async with started(queue_seconds=5) as pool:
        zygote = parent_of(await worker_of(pool))
        os.kill(zygote, signal.SIGKILL)
        killed = time.monotonic()
        await asyncio.sleep(0.05)

        assert parent_of(await worker_of(pool)) != zygote
        assert time.monotonic() - killed < 2


async def test_a_message_whose_zygote_dies_is_a_gap() -> None:
    async with started(queue_seconds=5) as pool:
        zygote = parent_of(await worker_of(pool))
        under_way = asyncio.ensure_future(scan(pool, b"sleep 3600"))
        await asyncio.sleep(0.1)
        os.kill(zygote, signal.SIGKILL)

        assert (await under_way).gaps[0].detail == "the worker died with its zygote"


async def test_a_worker_that_is_killed_while_idle_is_replaced_unseen() -> None:
    async with started() as pool:
        for pid in {await worker_of(pool) for _ in range(6)}:
            os.kill(pid, signal.SIGKILL)
            until_gone(pid)

        assert all([(await scan(pool, b"clean")).is_clean for _ in range(6)])


async def test_a_missing_layer_that_is_required_keeps_the_pool_from_starting() -> None:
    without_landlock = "tests.support.engines:without_landlock"
    pool = Pool(Setup(), factory=without_landlock, required=frozenset({"landlock"}))

    with pytest.raises(PoolStartError, match=r"landlock \(.*not implemented\)"):
        await pool.start()


async def test_a_missing_layer_that_is_not_required_is_only_told() -> None:
    pool = Pool(Setup(), factory="tests.support.engines:without_landlock")

    said = await pool.start()

    await pool.close()
    assert [layer.name for layer in said.layers if not layer.holds] == ["landlock"]


def rules(version: str) -> Setup:
    return Setup(packs=(RulePack("core", version, ()),))


async def test_new_rules_judge_from_the_next_message_on() -> None:
    async with started("tests.support.engines:named_by_rules", setup=rules("1")) as pool:
        before = await scan(pool, b"")
        said = await pool.reload(rules("2"))

        assert before.pack == Pack("core", "1")
        assert said.pack == Pack("core", "2")
        assert {(await scan(pool, b"")).pack.version for _ in range(6)} == {"2"}


async def test_a_message_under_way_is_finished_under_the_rules_that_it_began_with() -> None:
    async with started() as pool:
        under_way = asyncio.ensure_future(scan(pool, b"sleep 0.5"))
        await asyncio.sleep(0.1)
        await pool.reload(Setup())

        assert (await scan(pool, b"clean")).is_clean
        assert (await under_way).is_clean


async def test_rules_that_do_not_load_leave_the_old_ones_at_work() -> None:
    async with started("tests.support.engines:named_by_rules", setup=rules("1")) as pool:
        with pytest.raises(PoolStartError):
            await pool.reload(Setup())

        assert (await scan(pool, b"")).pack.version == "1"
