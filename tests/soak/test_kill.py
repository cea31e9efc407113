"""The gateway is killed again and again under load, and no message is lost or doubled.

A client keeps each message until it hears 250, as a mail server does, and sends the same bytes
again after anything else. In the end every message is in one place: with the mail server behind,
or in the quarantine. More than once only if the journal could not know (RFC 1047).
"""

import asyncio
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.demo import samples
from gateway.smtp.sink import Sink
from quarantine import load_key, open_lockbox
from tests.support.gateway import gateway
from tests.support.postfix import free_port, wait_for_port
from tests.support.running import letter

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("LAZARETTO_SOAK_SECONDS", "60"))
CLIENTS = 4
_NOT_HEARD = (OSError, asyncio.IncompleteReadError, TimeoutError)


@dataclass
class Ledger:
    """What was sent, and what its client was told."""

    sent: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)

    def message(self, name: str, *, is_bad: bool) -> bytes:
        data = samples.eicar() if is_bad else b"result " * 20
        built = letter(f"{name}.txt", data)
        del built["Subject"]
        built["Subject"] = name
        return built.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def send(port: int, message: bytes) -> bool:
    """One attempt; True only if the reply to the final dot was read, and is 250."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(30):
            for command, expected in (
                (b"", b"220"),
                (b"HELO client.example\r\n", b"250"),
                (b"MAIL FROM:<lab@out.example>\r\n", b"250"),
                (b"RCPT TO:<dr@hospital.example>\r\n", b"250"),
                (b"DATA\r\n", b"354"),
                (message.replace(b"\r\n.", b"\r\n..") + b".\r\n", b"250"),
            ):
                writer.write(command)
                if not (await reader.readline()).startswith(expected):
                    return False
            writer.write(b"QUIT\r\n")
            await reader.readline()
            return True
    finally:
        writer.close()


async def client(number: int, port: int, ledger: Ledger, deadline: float) -> None:
    count = 0
    while time.monotonic() < deadline:
        count += 1
        name = f"soak-{number}-{count}"
        message = ledger.message(name, is_bad=count % 4 == 0)
        while name not in ledger.accepted:
            ledger.sent[name] += 1
            with suppress(*_NOT_HEARD):
                if await send(port, message):
                    ledger.accepted.add(name)
                    break
            await asyncio.sleep(0.1)


def places(sink: Sink, folder: Path) -> Counter[str]:
    """How often each message is anywhere."""
    found: Counter[str] = Counter()
    for delivery in sink.deliveries:
        found[subject(delivery.message)] += 1
    with open_lockbox(folder / "quarantine", load_key(folder / "quarantine.key")) as box:
        box.recover()
        for item in box.items():
            found[subject(box.message(item.id))] += 1
        assert [problem for problem in box.fsck() if problem.kind != "orphan-blob"] == []
    return found


def subject(message: bytes) -> str:
    return message.split(b"\nSubject: ")[1].split(b"\r\n")[0].decode()


async def test_no_message_is_lost_and_none_is_doubled_without_the_journal_in_doubt(
    tmp_path: Path,
) -> None:
    seed = random.randrange(1 << 32)
    chance, ledger, port, kills = random.Random(seed), Ledger(), free_port(), 0
    deadline = time.monotonic() + SECONDS
    async with Sink() as sink:
        async with asyncio.TaskGroup() as group:
            clients = [
                group.create_task(client(number, port, ledger, deadline))
                for number in range(CLIENTS)
            ]
            while time.monotonic() < deadline:
                await asyncio.to_thread(run_and_kill, tmp_path, port, sink, chance)
                kills += 1
            ended = threading.Event()
            last = group.create_task(asyncio.to_thread(run_until, tmp_path, port, sink, ended))
            await asyncio.wait(clients)
            ended.set()
            await last
        found = places(sink, tmp_path)

    lost = ledger.accepted - set(found)
    doubled = {name: count for name, count in found.items() if count > 1}
    print(f"seed {seed}: {kills} kills, {len(found)} messages, twice: {len(doubled)}")
    assert not lost
    assert all(ledger.sent[name] > 1 for name in doubled)
    # Only a kill between the final dot and the next hop's answer leaves a message in doubt.
    assert len(doubled) <= kills * CLIENTS
    assert not [d for d in sink.deliveries if samples.eicar() in d.message]


def run_until(folder: Path, port: int, sink: Sink, ended: threading.Event) -> None:
    with gateway(folder, port=port, next_hop=sink.port):
        ended.wait(120)


def run_and_kill(folder: Path, port: int, sink: Sink, chance: random.Random) -> None:
    with gateway(folder, port=port, next_hop=sink.port) as gate:
        wait_for_port(port)
        time.sleep(chance.uniform(0.05, 2.5))
        gate.process.send_signal(signal.SIGKILL)
        gate.process.wait()
