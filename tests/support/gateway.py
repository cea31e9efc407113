"""The real gateway as a process of its own, and the real command line beside it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
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
{smtp}
[next_hop]
hosts = ["127.0.0.1:{next_hop}"]
tls = "off"
[workers]
count = 1
[quarantine]
folder = "{root}/quarantine"
key_file = "{root}/quarantine.key"
disk_floor = "1 MiB"
two_persons = []
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
    furnish(root, port=port, next_hop=next_hop, extra=extra)
    running = start(root, port)
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.wait(timeout=40)


def furnish(root: Path, *, port: int, next_hop: int, extra: str = "", smtp: str = "") -> None:
    """Settings, a key and a folder for temporary files; ``smtp`` are more keys of that table."""
    (root / "tmp").mkdir(parents=True, exist_ok=True)
    settings = root / "lazaretto.toml"
    health = "" if "[health]" in extra else '[health]\nlisten = ""\n'
    usual = _SETTINGS.format(port=port, next_hop=next_hop, root=root, smtp=smtp)
    settings.write_text(usual + health + extra)
    if not (root / "quarantine.key").exists():
        create_key(root / "quarantine.key")


def start(root: Path, port: int, *program: str, before: Sequence[str] = ()) -> RunningGateway:
    """Start it where it was furnished, and wait until it takes mail; its log is written on.

    ``program`` takes the place of the command line's own module, ``before`` stands before all.
    """
    words = (
        "-m",
        *(program or ("gateway.cli",)),
        "serve",
        "--config",
        str(root / "lazaretto.toml"),
    )
    lives = _lives(root)
    with (root / "events.jsonl").open("ab") as log:
        process = subprocess.Popen(
            [*before, sys.executable, *words],
            stderr=log,
            env={**os.environ, "TMPDIR": str(root / "tmp")},
        )
    running = RunningGateway(root, port, process)
    try:
        _wait_for_start(running, lives)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return running


def _lives(root: Path) -> int:
    """How often it has started."""
    log = root / "events.jsonl"
    return log.read_text().count('"event": "started"') if log.exists() else 0


def _wait_for_start(running: RunningGateway, lives: int, *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and running.process.poll() is None:
        if _lives(running.root) > lives:
            return
        time.sleep(0.05)
    raise AssertionError(f"it did not start: {(running.root / 'events.jsonl').read_text()}")
