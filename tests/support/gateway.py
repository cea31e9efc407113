"""The real gateway as a process of its own, and the real command line beside it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quarantine import create_key

_SETTINGS = """\
[smtp]
listen = ["127.0.0.1:{port}"]
hostname = "gate.example"
recipient_domains = ["hospital.example"]
[next_hop]
hosts = ["127.0.0.1:{next_hop}"]
tls = "off"
[workers]
count = 1
[quarantine]
folder = "{root}/quarantine"
key_file = "{root}/quarantine.key"
disk_floor = "1 MiB"
[state]
folder = "{root}/state"
"""


@dataclass(frozen=True)
class RunningGateway:
    """A gateway that takes mail on ``port``."""

    root: Path
    port: int
    process: subprocess.Popen[bytes]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``lazaretto WORDS`` with the settings of this gateway."""
        return lazaretto(*words, "--config", str(self.root / "lazaretto.toml"))

    def held(self, subject: str) -> dict[str, str]:
        """The one item that is held with this subject."""
        lines = self.command("quarantine", "list", "--json").stdout.splitlines()
        (item,) = [item for item in map(json.loads, lines) if item["summary"]["subject"] == subject]
        return dict(item)

    def events(self) -> list[dict[str, object]]:
        lines = (self.root / "events.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


def lazaretto(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    command = [sys.executable, "-m", "gateway.cli", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, **options
    )


@contextmanager
def gateway(root: Path, *, port: int, next_hop: int, extra: str = "") -> Iterator[RunningGateway]:
    """``lazaretto serve`` in ``root``, in front of the mail server on port ``next_hop``."""
    root.mkdir(parents=True, exist_ok=True)
    settings = root / "lazaretto.toml"
    health = "" if "[health]" in extra else '[health]\nlisten = ""\n'
    settings.write_text(_SETTINGS.format(port=port, next_hop=next_hop, root=root) + health + extra)
    if not (root / "quarantine.key").exists():
        create_key(root / "quarantine.key")
    with (root / "events.jsonl").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve", "--config", settings], stderr=log
        )
        running = RunningGateway(root, port, process)
        try:
            _wait_for_start(running)
            yield running
        finally:
            process.terminate()
            process.wait(timeout=40)


def _wait_for_start(running: RunningGateway, *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    log = running.root / "events.jsonl"
    while time.monotonic() < deadline and running.process.poll() is None:
        if '"event": "started"' in log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"the gateway did not start: {log.read_text()}")
