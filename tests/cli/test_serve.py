"""The real process, its signals, and what its clients hear."""

import signal
import socket
import time
from pathlib import Path

import pytest

from gateway.systemd import notify
from tests.support.gateway import RunningGateway, gateway
from tests.support.postfix import free_port


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
