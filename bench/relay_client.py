"""How fast the next hop client delivers, without a server in front of it and without scanning.

    python bench/relay_client.py --port 2601 [--size 100000] [--count 2000] [--connections 8]

Needs a next hop on loopback that costs next to nothing. With ``--journal FILE`` every delivery is
written down as it is in the gateway. Prints one JSON object.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from gateway.model import Envelope, Recipient
from gateway.smtp.journal import Journal
from gateway.smtp.outbound import HopAddress, Limits, NextHop
from gateway.spool import Spool

_LINE = b"." + b"x" * 75 + b"\r\n"
_HEADERS = b"Received: from client.test by gateway.test\r\n"
_ENVELOPE = Envelope("alice@sender.test", (), ("BODY=8BITMIME",), client="192.0.2.7")
_BOB = Recipient("bob@hospital.test")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--size", type=int, default=4_000)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--journal", type=Path)
    return parser.parse_args()


async def _deliver(hop: NextHop, message: Spool, journal: Journal | None, name: str) -> None:
    transaction = await hop.begin(_ENVELOPE)
    await transaction.offer(_BOB)
    if journal is None:
        reply = await transaction.send(_HEADERS, message)
    else:
        key = journal.key(message.sha256 + name, _ENVELOPE)
        reply = await transaction.send(
            _HEADERS, message, before_dot=lambda: journal.begin(name, key)
        )
        await journal.relayed(name, reply)
        journal.settled(name)
    if not reply.is_positive:
        raise SystemExit(f"the next hop answered {reply}")


async def _run(arguments: argparse.Namespace) -> dict[str, float]:
    address = HopAddress("127.0.0.1", arguments.port)
    limits = Limits(connections=arguments.connections, messages=100_000)
    hop = NextHop([address], hostname="gateway.test", limits=limits)
    journal = Journal(arguments.journal, b"bench") if arguments.journal else None
    numbers = iter(range(arguments.count))

    async def worker(message: Spool) -> None:
        for number in numbers:
            await _deliver(hop, message, journal, str(number))

    with Spool() as message:
        message.write(_LINE * max(1, arguments.size // len(_LINE)))
        message.seal()
        began, used = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker(message) for _ in range(arguments.connections)))
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        size = message.size
    await hop.close()
    if journal:
        await journal.close()
    return {
        "octets": size,
        "messages_per_second": round(arguments.count / seconds, 1),
        "megabytes_per_second": round(arguments.count * size / seconds / 1e6, 1),
        "cpu_milliseconds": round(1_000 * cpu / arguments.count, 3),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_run(_arguments()))) + "\n")
