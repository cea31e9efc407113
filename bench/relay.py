"""The front process alone: SMTP in, recipients checked, journal on disk, SMTP out, nothing scanned.

A client and a next hop as processes of their own, eight connections, medians of five rounds.
"""

import asyncio
import os
from statistics import median
from time import perf_counter

from bench.client import on_the_wire, send_all
from bench.processes import cpu_seconds
from bench.servers import Running, running

_SIZES = {4_000: 1200, 100_000: 600, 1_000_000: 120}
_ROUNDS = 5
_LINE = 76


def main() -> None:
    """Print one line for each size of message."""
    with running("front") as front:
        _round(front, 4_000, 200)  # warm
        print(f"{'size':>12} {'msg/s':>8} {'MB/s':>7} {'CPU ms':>7} {'at full CPU':>12}")
        for size, count in _SIZES.items():
            rounds = [_round(front, size, count) for _ in range(_ROUNDS)]
            rate, cpu = (median(values) for values in zip(*rounds, strict=True))
            print(
                f"{size:>12,} {rate:8.0f} {rate * size / 1e6:7.1f} {1000 * cpu:7.2f}"
                f" {1 / cpu:8.0f} msg/s"
            )


def _round(front: Running, size: int, count: int) -> tuple[float, float]:
    """Messages a second, and processor seconds of the front for each."""
    lines = os.urandom(size * 3 // 8).hex()
    text = "\r\n".join(lines[place : place + _LINE] for place in range(0, len(lines), _LINE))
    wires = [
        on_the_wire(b"Subject: %d\r\n\r\n%s\r\n" % (number, text.encode()))
        for number in range(count)
    ]
    used, began = cpu_seconds(front.pid), perf_counter()
    asyncio.run(send_all(front.port, wires))
    return count / (perf_counter() - began), (cpu_seconds(front.pid) - used) / count
