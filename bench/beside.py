"""How long a small message takes while another client sends a big one.

The front alone, no scanning. p99 of small messages on an idle gateway, and while a process of its
own sends 45 MB again and again; five rounds of each in turn, medians.
"""

import asyncio
import subprocess
import sys
from statistics import median

from bench.client import Client, on_the_wire, send_all
from bench.servers import Running, running

_SMALL = 200
_ROUNDS = 5
_LINE = b"x" * 76 + b"\r\n"
_LETTER = on_the_wire(b"Subject: small\r\n\r\n" + _LINE * 50)


def main() -> None:
    """Print both, and their ratio."""
    with running("front") as front:
        rounds = [(_p99(front), _beside(front)) for _ in range(_ROUNDS)]
    alone, beside = (median(values) for values in zip(*rounds, strict=True))
    print(f"p99 alone {1000 * alone:.1f} ms, beside {1000 * beside:.1f} ms: x {beside / alone:.1f}")


def _beside(front: Running) -> float:
    command = [sys.executable, "-m", "bench.beside", str(front.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as busy:
        try:
            if busy.stdout:
                busy.stdout.readline()  # the first big message has arrived: the next is under way
            return _p99(front)
        finally:
            busy.terminate()


def _p99(front: Running) -> float:
    spent = asyncio.run(send_all(front.port, [_LETTER] * _SMALL, connections=1))
    return sorted(spent)[int(len(spent) * 0.99)]


async def _keep_busy(port: int) -> None:
    client = await Client.connect(port)
    big = on_the_wire(b"Subject: big\r\n\r\n" + _LINE * (45_000_000 // len(_LINE)))
    while True:
        await client.send(big)
        print("again", flush=True)


if __name__ == "__main__":
    asyncio.run(_keep_busy(int(sys.argv[1])))
