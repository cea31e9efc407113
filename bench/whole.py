"""The whole gateway over loopback: messages a second, latency, processor time, memory.

Every message is scanned with the built-in rules before its 250; eight connections. Medians of five
rounds for letters of one size and for a mix; latency is from MAIL to the reply to the final dot.
"""

import asyncio
import random
from dataclasses import astuple, dataclass
from email.message import EmailMessage
from email.policy import SMTP
from statistics import median
from time import perf_counter

from bench import mix
from bench.client import on_the_wire, send_all
from bench.processes import family, family_cpu_seconds, proportional_bytes
from bench.servers import Running, running

_SIZES = {4_000: 300, 100_000: 150, 1_000_000: 30, 10_000_000: 8}
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class _Round:
    """Messages and megabytes a second, milliseconds of latency and of processor a message."""

    messages: float
    megabytes: float
    p50: float
    p95: float
    p99: float
    cpu: float


def main() -> None:
    """Print one line for each size of message, and one for the mix."""
    with running() as gateway:
        _round(gateway, [letter(4_000, number) for number in range(50)])  # warm
        print(f"{'':>12} {'msg/s':>8} {'MB/s':>7} {'p50':>7} {'p95':>7} {'p99':>7}  CPU")
        for size, count in _SIZES.items():
            letters = [letter(size, number) for number in range(count)]
            _tell(f"{size:,}", gateway, letters)
        _tell("mix of 500", gateway, mix.messages())
        _tell_memory(gateway)


def _tell(name: str, gateway: Running, messages: list[bytes]) -> None:
    rounds = [astuple(_round(gateway, messages)) for _ in range(_ROUNDS)]
    found = _Round(*(median(values) for values in zip(*rounds, strict=True)))
    print(
        f"{name:>12} {found.messages:8.1f} {found.megabytes:7.1f} {found.p50:5.0f}ms"
        f" {found.p95:5.0f}ms {found.p99:5.0f}ms  {found.cpu:.1f} ms a message"
    )


def _round(gateway: Running, messages: list[bytes]) -> _Round:
    wires = [on_the_wire(message) for message in messages]
    used, began = family_cpu_seconds(gateway.pid), perf_counter()
    spent = sorted(asyncio.run(send_all(gateway.port, wires)))
    seconds = perf_counter() - began
    cpu = family_cpu_seconds(gateway.pid) - used
    p50, p95, p99 = (1000 * spent[int(len(spent) * part)] for part in (0.5, 0.95, 0.99))
    count, octets = len(wires), sum(map(len, wires))
    return _Round(count / seconds, octets / seconds / 1e6, p50, p95, p99, 1000 * cpu / count)


def _tell_memory(gateway: Running) -> None:
    all_of_it = sum(map(proportional_bytes, family(gateway.pid)))
    front = proportional_bytes(gateway.pid)
    print(f"memory (PSS): {all_of_it / 1e6:.0f} MB in all, {front / 1e6:.0f} MB of it the front")


def letter(size: int, number: int) -> bytes:
    """A letter with an attachment of fresh random bytes, so that nothing is looked up twice."""
    message = EmailMessage()
    message["From"], message["To"] = "lab@out.example", "dr@hospital.example"
    message["Subject"] = f"Result {number}"
    message.set_content("Dear colleague, please find the result attached.\n")
    data = random.Random(number * 31 + size).randbytes(size * 3 // 4)
    message.add_attachment(data, maintype="image", subtype="jpeg", filename="scan.jpg")
    return message.as_bytes(policy=SMTP)
