import json
import socket
from pathlib import Path

from tests.support.commands import run, settings
from tests.support.gateway import gateway
from tests.support.ports import free_port


def with_health(folder: Path, port: int) -> Path:
    file = settings(folder)
    file.write_text(f'[health]\nlisten = "127.0.0.1:{port}"\n' + file.read_text())
    return file


def test_without_a_gateway_that_is_said(tmp_path: Path) -> None:
    done = run("status", "--config", with_health(tmp_path, free_port()))

    assert done.exit_code == 1
    assert "no gateway answers at 127.0.0.1:" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_health_port_that_is_off_is_said(tmp_path: Path) -> None:
    file = settings(tmp_path)
    file.write_text('[health]\nlisten = ""\n' + file.read_text())

    assert "set health.listen" in run("status", "--config", file).stderr


async def test_a_running_gateway_tells_whether_it_can_take_mail(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as unused:
        dead = unused.getsockname()[1]
    health = f'[health]\nlisten = "127.0.0.1:{port}"\n'
    with gateway(tmp_path / "gate", port=free_port(), next_hop=dead, extra=health) as gate:
        down = gate.command("status", "--json")
        shown = gate.command("status")

    assert down.returncode == 1
    told = json.loads(down.stdout)
    assert told["ready"] is False
    assert told["problems"] == [f"next hop: [127.0.0.1]:{dead}: Connection refused"]
    assert "It cannot take mail." in shown.stdout
