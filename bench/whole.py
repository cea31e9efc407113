"""The whole gateway over loopback: messages a second, latency, processor time, memory.

A sink and a gateway as processes of their own, eight connections, every message scanned with the
built-in rules before its 250. Latency is from MAIL to the reply to the final dot.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from time import perf_counter

from bench.processes import family_cpu_seconds, proportional_bytes
from quarantine import create_key

_CONNECTIONS = 8
_SIZES = {4_000: 600, 100_000: 300, 1_000_000: 60, 10_000_000: 12}
_SETTINGS = """\
[smtp]
listen = ["127.0.0.1:0"]
[next_hop]
hosts = ["127.0.0.1:{port}"]
tls = "off"
[quarantine]
folder = "{folder}/quarantine"
key_file = "{folder}/quarantine.key"
disk_floor = "1 MiB"
[state]
folder = "{folder}/state"
[health]
listen = ""
"""


@dataclass(frozen=True, slots=True)
class _Gateway:
    port: int
    pid: int


def main() -> None:
    """Print one line for each size of message."""
    with tempfile.TemporaryDirectory(prefix="lazaretto-bench-") as name, _gateway(name) as gateway:
        asyncio.run(_run(gateway, [_message(4_000, number) for number in range(50)]))  # warm
        print(f"{'size':>12} {'msg/s':>8} {'MB/s':>7} {'p50':>7} {'p95':>7} {'p99':>7}  CPU")
        for size, count in _SIZES.items():
            messages = [_message(size, number) for number in range(count)]
            _tell(size, messages, gateway)
        print(f"memory of all its processes: {proportional_bytes(gateway.pid) / 1e6:.0f} MB (PSS)")


def _tell(size: int, messages: list[bytes], gateway: _Gateway) -> None:
    used, began = family_cpu_seconds(gateway.pid), perf_counter()
    spent = sorted(asyncio.run(_run(gateway, messages)))
    seconds = perf_counter() - began
    cpu = 1000 * (family_cpu_seconds(gateway.pid) - used) / len(messages)
    p50, p95, p99 = (1000 * spent[int(len(spent) * part)] for part in (0.5, 0.95, 0.99))
    rate = len(messages) / seconds
    print(
        f"{size:>12,} {rate:8.1f} {rate * size / 1e6:7.1f} {p50:5.0f}ms {p95:5.0f}ms {p99:5.0f}ms"
        f"  {cpu:.1f} ms a message"
    )


def _message(size: int, number: int) -> bytes:
    """A letter with an attachment of fresh random bytes, so that nothing is looked up twice."""
    message = EmailMessage()
    message["From"], message["To"] = "lab@out.example", "dr@hospital.example"
    message["Subject"] = f"Result {number}"
    message.set_content("Dear colleague, please find the result attached.\n")
    data = random.Random(number * 31 + size).randbytes(size * 3 // 4)
    message.add_attachment(data, maintype="image", subtype="jpeg", filename="scan.jpg")
    return message.as_bytes(policy=SMTP)


async def _run(gateway: _Gateway, messages: list[bytes]) -> list[float]:
    waiting = iter(messages)
    clients = (_client(gateway.port, waiting) for _ in range(_CONNECTIONS))
    return [spent for client in await asyncio.gather(*clients) for spent in client]


async def _client(port: int, waiting: Iterator[bytes]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    spent: list[float] = []

    async def say(text: bytes, expected: bytes) -> None:
        writer.write(text)
        await writer.drain()
        while (line := await reader.readline())[3:4] == b"-":
            continue
        if not line.startswith(expected):
            sys.exit(f"expected {expected.decode()}, got {line.decode()!r}")

    await say(b"", b"220")
    await say(b"EHLO bench.example\r\n", b"250")
    for message in waiting:
        began = perf_counter()
        await say(b"MAIL FROM:<lab@out.example>\r\n", b"250")
        await say(b"RCPT TO:<dr@hospital.example>\r\n", b"250")
        await say(b"DATA\r\n", b"354")
        await say(message.replace(b"\r\n.", b"\r\n..") + b".\r\n", b"250")
        spent.append(perf_counter() - began)
    await say(b"QUIT\r\n", b"221")
    writer.close()
    return spent


@contextmanager
def _gateway(folder: str) -> Iterator[_Gateway]:
    with _process("sink") as (_, sink_port):
        settings = Path(folder, "lazaretto.toml")
        settings.write_text(_SETTINGS.format(port=sink_port, folder=folder), "utf-8")
        create_key(Path(folder, "quarantine.key"))
        with _process("gateway", str(settings)) as (pid, port):
            yield _Gateway(port, pid)


@contextmanager
def _process(*words: str) -> Iterator[tuple[int, int]]:
    """Run a server until the block ends; gives its process and its port."""
    command = [sys.executable, "-m", "bench.servers", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.pid, int(process.stdout.readline() if process.stdout else 0)
        finally:
            process.terminate()
