"""Table H, and G12: starting, stopping and changing the settings while there is mail to take."""

import asyncio
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.gateway import furnish, lazaretto
from tests.support.ledger import call
from tests.support.phoenix import Phoenix, phoenix
from tests.support.ports import free_port

pytestmark = pytest.mark.slow


async def event(bird: Phoenix, name: str, *, times: int = 1) -> dict[str, object]:
    """The last event of this name, once there are so many."""
    async with asyncio.timeout(60):
        while True:
            found = [line for line in bird.life.events() if line["event"] == name]
            if len(found) >= times:
                return found[-1]
            await asyncio.sleep(0.05)


async def code(bird: Phoenix) -> int:
    return await asyncio.to_thread(bird.life.process.wait, 40)


async def test_h1_a_stop_sends_idle_clients_away_and_takes_no_time(tmp_path: Path) -> None:
    async with phoenix(tmp_path) as bird, call(bird.port) as client:
        await client.reply()
        began = time.monotonic()
        bird.life.process.send_signal(signal.SIGTERM)

        assert (await client.reply()).startswith("421 4.3.2")
        assert await code(bird) == 0
        assert time.monotonic() - began < 10  # and not the 30 s that clients in flight may take


async def test_h4_broken_settings_change_nothing_and_the_log_names_the_key(tmp_path: Path) -> None:
    async with phoenix(tmp_path) as bird:
        settings = bird.root / "lazaretto.toml"
        good = settings.read_text()
        settings.write_text(good.replace('tls = "off"', 'tls = "of"'))
        bird.life.process.send_signal(signal.SIGHUP)
        why = (await event(bird, "reload_failed"))["why"]
        await bird.ledger.deliver(bird.ledger.write(), bird.port)

        assert "next_hop.tls" in str(why)
        assert str(settings) in str(why)
        assert bird.count() == {"once": 1}


async def test_h5_new_settings_under_load_cost_no_letter_an_attempt(tmp_path: Path) -> None:
    async with phoenix(tmp_path) as bird:
        done = asyncio.Event()

        async def load() -> None:
            while not done.is_set():
                await bird.ledger.attempt(bird.ledger.write(), bird.port)

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(load())
            for times in range(1, 4):
                bird.life.process.send_signal(signal.SIGHUP)
                await event(bird, "reloaded", times=times)
            done.set()

        letters = bird.ledger.letters
        assert len(letters) > 20
        assert [letter for letter in letters if not letter.is_accepted] == []
        assert bird.count() == {"once": len(letters)}


def test_h6_a_mistake_in_the_settings_is_told_and_no_port_is_opened(tmp_path: Path) -> None:
    port = free_port()
    furnish(tmp_path, port=port, next_hop=9, extra="[limits]\ndepht = 3\n")
    run = lazaretto("serve", "--config", str(tmp_path / "lazaretto.toml"))

    assert run.returncode == 2
    assert "did you mean 'depth'" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_h7_a_port_in_use_is_told_with_its_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        furnish(tmp_path, port=port, next_hop=9)
        run = lazaretto("serve", "--config", str(tmp_path / "lazaretto.toml"))

    assert run.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in run.stderr


async def test_g12_a_new_certificate_is_served_and_an_unreadable_one_changes_nothing(
    tmp_path: Path,
) -> None:
    old, new = Authority(), Authority()
    pem = tmp_path / "certificate.pem"
    pem.touch(mode=0o600)
    pem.write_bytes(old.pem("gate.example"))
    tls = f'tls_certificate = "{pem}"\ntls_key = "{pem}"\n'
    async with phoenix(tmp_path, smtp=tls) as bird:
        await handshake(bird, old)
        pem.write_bytes(new.pem("gate.example"))
        bird.life.process.send_signal(signal.SIGHUP)
        await event(bird, "reloaded")
        await handshake(bird, new)
        pem.write_bytes(b"no certificate")
        bird.life.process.send_signal(signal.SIGHUP)
        why = (await event(bird, "reload_failed"))["why"]
        await handshake(bird, new)

        assert "smtp.tls_certificate" in str(why)
        assert str(pem) in str(why)


async def handshake(bird: Phoenix, authority: Authority) -> None:
    async with call(bird.port) as client:
        await client.reply()
        await client.ask(b"STARTTLS")
        await client.writer.start_tls(authority.client(), server_hostname="gate.example")
        assert (await client.ask(b"EHLO client.example")).startswith("250")
