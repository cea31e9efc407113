"""What workers cost: forks, memory, milliseconds a message, and rules by the thousand.

Processor time is counted, where others are at work on the same machine; time by the clock is told
beside it.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from statistics import median

from bench.client import on_the_wire, send_all
from bench.processes import (
    cpu_seconds,
    family,
    family_cpu_seconds,
    private_bytes,
    proportional_bytes,
    resident_bytes,
)
from bench.servers import running
from bench.whole import letter
from gateway.demo import samples
from gateway.packs import load
from gateway.packs.format import RuleFile, RulePack
from gateway.spool import Spool
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool

_SIZES = {4_000: 400, 100_000: 100, 1_000_000: 20, 10_000_000: 6}
_ENDURED = 10_000
_RULES = 8_000
_FORKS = 50
_MB = 1e6


def main() -> None:
    """Print a line for each figure."""
    setup = Setup(load.load().packs)
    _at_rest()
    asyncio.run(_forks(setup))
    _tell_stages("built-in rules", setup)
    _tell_stages(f"{_RULES} rules more", Setup((*setup.packs, _many_rules(_RULES))))
    asyncio.run(_endurance(setup))


@asynccontextmanager
async def _pool(setup: Setup, *, workers: int = 1, recycle_after: int = 200) -> AsyncIterator[Pool]:
    pool = Pool(setup, workers=workers, recycle_after=recycle_after)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def _scan(pool: Pool, data: bytes) -> None:
    with Spool() as spool:
        spool.write(data)
        spool.seal()
        await pool.scan(
            spool, name="message", declared_type="message/rfc822", sender_domain="out.example"
        )


def _at_rest() -> None:
    """The memory of a whole gateway before and after it has work."""
    began = time.perf_counter()
    with running() as gateway:
        print(f"started after {time.perf_counter() - began:.2f} s")
        asyncio.run(send_all(gateway.port, [on_the_wire(letter(4_000, 0))]))
        _tell_memory("at rest", gateway.pid)
        for round_of_four in range(5):
            letters = [letter(10_000_000, 4 * round_of_four + n) for n in range(4)]
            asyncio.run(send_all(gateway.port, list(map(on_the_wire, letters))))
        time.sleep(0.5)
        _tell_memory("after 20 messages of 10 MB", gateway.pid)


def _tell_memory(when: str, pid: int) -> None:
    parent, zygote, *workers = family(pid)
    print(
        f"{when}: parent {proportional_bytes(parent) / _MB:.0f} MB, "
        f"zygote {proportional_bytes(zygote) / _MB:.0f} MB (PSS); "
        f"an idle worker {max(map(private_bytes, workers)) / _MB:.1f} MB of its own"
    )


async def _forks(setup: Setup) -> None:
    """Every message is another worker's: what a fork costs."""
    data = letter(4_000, 1)
    kept = await _cost(setup, data, recycle_after=1_000)
    forked = await _cost(setup, data, recycle_after=1)
    print(f"a fork, and the end of a worker: {forked - kept:.1f} ms of processor time")


async def _cost(setup: Setup, data: bytes, *, recycle_after: int) -> float:
    async with _pool(setup, recycle_after=recycle_after) as pool:
        await _scan(pool, data)
        used = family_cpu_seconds(os.getpid())
        for _ in range(_FORKS):
            await _scan(pool, data)
        await asyncio.sleep(0.3)
        return 1000 * (family_cpu_seconds(os.getpid()) - used) / _FORKS


def _tell_stages(name: str, setup: Setup) -> None:
    """For each size: the scan alone, with its worker around it, and what takes its time."""
    began = time.process_time()
    scanner = build_engine(setup).scanner
    print(f"\n{name}: loaded in {time.process_time() - began:.1f} s of processor time")
    print(f"{'size':>12} {'scan':>9} {'whole':>9} {'by the clock':>13} {'msg/s':>7}  (one lane)")
    for size, count in _SIZES.items():
        messages = [letter(size, number) for number in range(count)]
        for data in messages[:3]:
            scanner.scan(data, "message", declared_type="message/rfc822")
        alone = median(_milliseconds(scanner.scan, data) for data in messages)
        whole, clock = asyncio.run(_in_worker(setup, messages))
        print(f"{size:>12,} {alone:7.2f}ms {whole:7.2f}ms {clock:11.2f}ms {1000 / clock:7.1f}")


def _milliseconds(scan: Callable[..., object], data: bytes) -> float:
    began = time.process_time()
    scan(data, "message", declared_type="message/rfc822")
    return 1000 * (time.process_time() - began)


async def _in_worker(setup: Setup, messages: list[bytes]) -> tuple[float, float]:
    """Milliseconds of processor time of all processes, and by the clock, for each message."""
    async with _pool(setup, recycle_after=10_000) as pool:
        for data in messages[:4]:
            await _scan(pool, data)
        used, began = family_cpu_seconds(os.getpid()), time.perf_counter()
        for data in messages:
            await _scan(pool, data)
        seconds = time.perf_counter() - began
        used = family_cpu_seconds(os.getpid()) - used
    return 1000 * used / len(messages), 1000 * seconds / len(messages)


async def _endurance(setup: Setup) -> None:
    """The memory of the parent over ten thousand messages, one in ten with a finding."""
    print(f"\nthe parent over {_ENDURED:,} messages, of which a tenth cost their worker its place")
    bad = letter(4_000, 0).replace(b"Dear colleague", samples.eicar())
    async with _pool(setup, workers=2) as pool:
        used = cpu_seconds(os.getpid())
        for number in range(_ENDURED + 1):
            if number % (_ENDURED // 5) == 0:
                descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - shorter
                size = resident_bytes(os.getpid()) / _MB
                print(f"{number:>12,} {size:7.1f} MB (RSS) {descriptors:4} descriptors")
            await _scan(pool, bad if number % 10 == 0 else letter(4_000, number % 50))
        cost = 1000 * (cpu_seconds(os.getpid()) - used) / _ENDURED
        print(f"processor time of the parent: {cost:.2f} ms a message")


def _many_rules(count: int) -> RulePack:
    """Rules of the kind and size of published packs, the same in every run."""
    chance = random.Random(8_000)
    files = (_rule_file(chance, number) for number in range(count // 20))
    return RulePack("synthetic", "1", tuple(files))


def _rule_file(chance: random.Random, number: int) -> RuleFile:
    rules = "\n".join(_rule(chance, f"r{number}_{n}") for n in range(20))
    return RuleFile(f"synthetic/{number}.yar", rules)


def _rule(chance: random.Random, name: str) -> str:
    words = (chance.randbytes(chance.randint(5, 16)).hex() for _ in range(4))
    texts = "\n".join(f'    $s{n} = "{word}" ascii wide' for n, word in enumerate(words))
    code = " ".join(chance.randbytes(12).hex(" ").split())
    return (
        f"rule {name} {{\n  strings:\n{texts}\n    $h = {{ {code} ?? {code} }}\n"
        "  condition: uint16(0) == 0x5A4D and filesize < 5MB and 2 of them or all of ($s*)\n}"
    )


if __name__ == "__main__":
    main()
