"""Load from outside: many sessions at once, and what is left when it has ended."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.processes import family
from gateway.smtp.sink import Sink
from tests.support.gateway import RunningGateway, gateway
from tests.support.ports import free_port

pytestmark = pytest.mark.e2e


async def source(port: int, *words: str) -> None:
    """Postfix's own load generator. It ends with an error when a message is refused."""
    tool = shutil.which("smtp-source", path="/usr/sbin:/usr/bin")
    assert tool, "install postfix first"
    addresses = ["-f", "lab@out.example", "-t", "dr@hospital.example"]
    command = [tool, *addresses, *words, f"inet:127.0.0.1:{port}"]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=120)


@asynccontextmanager
async def served(folder: Path, sink: Sink) -> AsyncIterator[RunningGateway]:
    """A gateway process; the loop stays free for the sink while it starts and ends."""
    running = gateway(folder, port=free_port(), next_hop=sink.port)
    gate = await asyncio.to_thread(running.__enter__)
    try:
        yield gate
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def test_five_hundred_messages_over_twenty_sessions_all_arrive(tmp_path: Path) -> None:
    async with Sink() as sink, served(tmp_path, sink) as gate:
        await source(gate.port, "-s", "20", "-m", "500", "-l", "4096")

    assert len(sink.deliveries) == 500


async def test_a_gateway_that_ends_leaves_no_process_behind(tmp_path: Path) -> None:
    async with Sink() as sink, served(tmp_path, sink) as gate:
        relatives = list(family(gate.process.pid))

    assert len(relatives) > 2
    assert not [pid for pid in relatives if Path(f"/proc/{pid}").exists()]
