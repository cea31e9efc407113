"""The real process, its signals, and what its clients hear."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench import processes
from gateway.smtp.sink import Sink, Step
from gateway.telemetry.systemd import notify
from gateway.workers.sandbox import REQUIRED
from quarantine import create_key
from tests.support.gateway import RunningGateway, furnish, gateway, lazaretto, start
from tests.support.layers import kernel_without
from tests.support.ledger import Ledger, call, on_the_wire
from tests.support.ports import free_port
from tests.support.postfix import wait_for_port

pytestmark = pytest.mark.slow


def wait_for(gate: RunningGateway, event: str) -> dict[str, object]:
    for _ in range(200):
        found = [line for line in gate.events() if line["event"] == event]
        if found:
            return found[-1]
        time.sleep(0.05)
    raise AssertionError(f"no {event} in {gate.events()}")


def test_a_stop_tells_idle_clients_and_ends_in_good_order(tmp_path: Path) -> None:
    with gateway(tmp_path, port=free_port(), next_hop=9) as gate:
        with socket.create_connection(("127.0.0.1", gate.port), timeout=10) as client:
            assert client.recv(100).startswith(b"220")

            gate.process.send_signal(signal.SIGTERM)

            assert client.recv(100).startswith(b"421 4.3.2")
        assert gate.process.wait(timeout=20) == 0
        assert gate.events()[-1]["event"] == "stopped"


class Hold:
    """A next hop that answers the final dot when it is let go."""

    def __init__(self) -> None:
        self.has_message = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, step: Step) -> bytes:
        if step.verb == ".":
            self.has_message.set()
            await self.go.wait()
        return step.usual


@asynccontextmanager
async def served(root: Path, next_hop: int, smtp: str = "") -> AsyncIterator[RunningGateway]:
    port = free_port()
    furnish(root, port=port, next_hop=next_hop, smtp=smtp)
    gate = await asyncio.to_thread(start, root, port)
    try:
        yield gate
    finally:
        gate.process.kill()
        await asyncio.to_thread(gate.process.wait, 40)


async def test_h2_a_client_in_flight_hears_what_really_became_of_its_message(
    tmp_path: Path,
) -> None:
    hold, ledger = Hold(), Ledger()
    async with Sink(conduct=hold) as sink, served(tmp_path, sink.port) as gate:
        sending = asyncio.ensure_future(ledger.attempt(ledger.write(), gate.port))
        await hold.has_message.wait()
        gate.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        hold.go.set()
        answer = await sending

        assert answer.reply.startswith("250")
        assert await asyncio.to_thread(gate.process.wait, 30) == 0
        assert len(sink.deliveries) == 1
        assert gate.events()[-1]["event"] == "stopped"


async def test_h2_a_message_that_is_being_looked_at_is_looked_at_to_the_end(
    tmp_path: Path,
) -> None:
    async with Sink() as sink, served(tmp_path, sink.port) as gate:
        ledger = Ledger()
        letter = ledger.write(is_infected=True, padding=10 << 20)
        async with ledger.begun(letter, gate.port) as client:
            await client.send(on_the_wire(letter) + b"\r\n")
            gate.process.send_signal(signal.SIGTERM)

            assert (await client.reply()).startswith("250 2.0.0 accepted as")
        assert await asyncio.to_thread(gate.process.wait, 30) == 0
        assert not sink.deliveries
        assert wait_for(gate, "decided")["action"] == "quarantine"


async def test_h3_a_client_that_is_stuck_is_cut_off_and_counted(tmp_path: Path) -> None:
    async with Sink() as sink, served(tmp_path, sink.port, 'drain = "1s"') as gate:
        ledger = Ledger()
        async with ledger.begun(ledger.write(), gate.port) as client:
            await client.send(b"Subject: half a mess")
            began = time.monotonic()
            gate.process.send_signal(signal.SIGTERM)

            assert await client.reply() == ""
        assert await asyncio.to_thread(gate.process.wait, 30) == 0
        assert time.monotonic() - began < 15
        assert not sink.deliveries
        assert wait_for(gate, "cut_off")["clients"] == 1
        assert gate.events()[-1]["event"] == "stopped"


async def test_h8_a_second_sigterm_ends_it_at_once_and_the_client_keeps_its_mail(
    tmp_path: Path,
) -> None:
    hold, ledger = Hold(), Ledger()
    async with Sink(conduct=hold) as sink, served(tmp_path, sink.port) as gate:
        letter = ledger.write()
        sending = asyncio.ensure_future(ledger.attempt(letter, gate.port))
        await hold.has_message.wait()
        family = list(processes.family(gate.process.pid))
        gate.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        gate.process.send_signal(signal.SIGTERM)

        assert await asyncio.to_thread(gate.process.wait, 5) == 1
        assert (await sending).reply == ""
        await asyncio.sleep(0.5)
        assert not [pid for pid in family if Path(f"/proc/{pid}/exe").exists()]
        hold.go.set()
        again = await asyncio.to_thread(start, tmp_path, gate.port)
        await ledger.deliver(letter, gate.port)
        again.process.terminate()
        await asyncio.to_thread(again.process.wait, 40)

        assert letter.is_accepted


async def test_b14_a_log_that_nobody_reads_stops_no_mail(tmp_path: Path) -> None:
    port, ledger = free_port(), Ledger()
    async with Sink() as sink:
        furnish(tmp_path, port=port, next_hop=sink.port)
        words = ("-m", "gateway.cli", "serve", "--config", str(tmp_path / "lazaretto.toml"))
        reading, writing = os.pipe()
        process = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=writing)
        await asyncio.to_thread(wait_for_port, port)
        for _ in range(1000):  # a line each: more than the pipe takes
            async with call(port) as client:
                await client.ask(b"GET / HTTP/1.1")
        answer = await ledger.attempt(ledger.write(), port)
        process.terminate()

        assert await asyncio.wait_for(process.wait(), 20) == 0
        assert answer.reply.startswith("250")
        jammed = os.read(reading, 1 << 20)
        assert len(jammed) > 60_000
        assert b"decided" not in jammed
    os.close(reading)
    os.close(writing)


def test_broken_settings_change_nothing_and_the_log_says_why(tmp_path: Path) -> None:
    with gateway(tmp_path, port=free_port(), next_hop=9) as gate:
        settings = tmp_path / "lazaretto.toml"
        settings.write_text(settings.read_text() + "\n[smpt]\n")

        gate.process.send_signal(signal.SIGHUP)

        why = wait_for(gate, "reload_failed")["why"]
        assert "unknown key 'smpt'; did you mean 'smtp'?" in str(why)
        with socket.create_connection(("127.0.0.1", gate.port), timeout=10) as client:
            assert client.recv(100).startswith(b"220")


def test_settings_are_read_again_on_sighup(tmp_path: Path) -> None:
    with gateway(tmp_path, port=free_port(), next_hop=9) as gate:
        gate.process.send_signal(signal.SIGHUP)

        assert str(wait_for(gate, "reloaded")["pack"]).startswith("core ")


def serve(folder: Path) -> subprocess.CompletedProcess[str]:
    """``lazaretto serve`` until it ends by itself."""
    create_key(folder / "key")
    (folder / "lazaretto.toml").write_text(
        f'[quarantine]\nfolder = "{folder}/held"\nkey_file = "{folder}/key"\n'
        f'[state]\nfolder = "{folder}/state"\n'
    )
    return lazaretto("serve", "--config", str(folder / "lazaretto.toml"))


@pytest.mark.parametrize("layer", sorted(REQUIRED))
def test_a_kernel_that_cannot_confine_the_workers_keeps_the_gateway_from_starting(
    layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{kernel_without(layer, tmp_path)}:{Path.cwd()}")

    ended = serve(tmp_path)

    assert ended.returncode == 1
    assert f"layers of the sandbox do not hold: {layer} (" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("layer", ["seccomp", "landlock", "namespaces"])
def test_a_setting_lets_it_start_all_the_same_and_the_log_says_what_is_missing(
    layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{kernel_without(layer, tmp_path)}:{Path.cwd()}")
    monkeypatch.setenv("LAZARETTO_WORKERS__REQUIRE_SANDBOX", "false")
    with gateway(tmp_path, port=free_port(), next_hop=9) as gate:
        sandbox = wait_for(gate, "started")["sandbox"]

    assert isinstance(sandbox, dict)
    assert "not implemented" in sandbox.pop(layer)
    assert set(sandbox.values()) == {"holds"}


def test_systemd_is_told_when_it_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))

        notify("READY=1")
        notify("RELOADING=1", monotonic=True)

        assert systemd.recv(100) == b"READY=1"
        assert systemd.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify("READY=1")
