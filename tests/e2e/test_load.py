"""Load from outside: many sessions at once, a thousand idle ones, a large message among small."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.processes import family, proportional_bytes
from gateway.smtp.sink import Sink
from tests.support.gateway import RunningGateway, gateway
from tests.support.postfix import free_port

pytestmark = pytest.mark.e2e
IDLE = 1_000
_LIMITS = "[smtp.limits]\nconnections = 1200\nconnections_per_client = 1200\n"


async def source(port: int, *words: str) -> None:
    """Postfix's own load generator. It ends with an error when a message is refused."""
    tool = shutil.which("smtp-source", path="/usr/sbin:/usr/bin")
    assert tool, "install postfix first"
    addresses = ["-f", "lab@out.example", "-t", "dr@hospital.example"]
    command = [tool, *addresses, *words, f"inet:127.0.0.1:{port}"]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=120)


@asynccontextmanager
async def served(folder: Path, sink: Sink, extra: str = "") -> AsyncIterator[RunningGateway]:
    """A gateway process; the loop stays free for the sink while it starts and ends."""
    running = gateway(folder, port=free_port(), next_hop=sink.port, extra=extra)
    gate = await asyncio.to_thread(running.__enter__)
    try:
        yield gate
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def test_five_hundred_messages_over_twenty_sessions_all_arrive(tmp_path: Path) -> None:
    async with Sink() as sink, served(tmp_path, sink) as gate:
        await source(gate.port, "-s", "20", "-m", "500", "-l", "4096")

    assert len(sink.deliveries) == 500


async def test_a_thousand_idle_clients_cost_little_and_hinder_nobody(tmp_path: Path) -> None:
    async with Sink() as sink, served(tmp_path, sink, _LIMITS) as gate:
        before = proportional_bytes(gate.process.pid)
        idle = [await asyncio.open_connection("127.0.0.1", gate.port) for _ in range(IDLE)]
        greetings = [await reader.readline() for reader, _ in idle]
        await source(gate.port, "-s", "4", "-m", "100")
        grown = proportional_bytes(gate.process.pid) - before
        for _, writer in idle:
            writer.close()

    print(f"{IDLE} idle clients: {grown / 1e6:.1f} MB more")
    assert all(greeting.startswith(b"220 ") for greeting in greetings)
    assert len(sink.deliveries) == 100
    assert grown < 50e6


async def test_a_gateway_that_ends_leaves_no_process_behind(tmp_path: Path) -> None:
    async with Sink() as sink, served(tmp_path, sink) as gate:
        relatives = list(family(gate.process.pid))

    assert len(relatives) > 2
    assert not [pid for pid in relatives if Path(f"/proc/{pid}").exists()]
