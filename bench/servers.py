"""The servers of a benchmark, each run as a process of its own; each prints its port.

python -m bench.servers drain
python -m bench.servers gateway SETTINGS    the whole gateway
python -m bench.servers front SETTINGS      the same, but nothing looks at the mail
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import drain
from gateway import app
from gateway.config import Settings, load
from gateway.model import Pack, Report
from gateway.spool import Spool
from gateway.telemetry.events import Events
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool, Started
from quarantine import create_key

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
_NOWHERE = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as we are
_NOTHING = Report((), (), (), Pack("none", ""))


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that takes mail on loopback."""

    port: int
    pid: int


@contextmanager
def running(what: str = "gateway") -> Iterator[Running]:
    """A gateway (``what``: or only its front) before a drain, its state in a temporary folder."""
    with _folder() as folder, _process("drain") as (_, drain_port):
        settings = Path(folder, "lazaretto.toml")
        settings.write_text(_SETTINGS.format(port=drain_port, folder=folder), "utf-8")
        create_key(Path(folder, "quarantine.key"))
        with _process(what, str(settings)) as (pid, port):
            yield Running(port, pid)


def _folder() -> AbstractContextManager[str]:
    return tempfile.TemporaryDirectory(prefix="lazaretto-bench-")


@contextmanager
def _process(*words: str) -> Iterator[tuple[int, int]]:
    """Run a server until the block ends; gives its process and its port."""
    command = [sys.executable, "-m", "bench.servers", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.pid, int(process.stdout.readline() if process.stdout else 0)
        finally:
            process.terminate()


class _Blind(Pool):
    """Calls every message clean without a look."""

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        """Nothing is found."""
        del message, name, declared_type, sender_domain
        return _NOTHING


@asynccontextmanager
async def _blind(_settings: Settings, _events: Events) -> AsyncIterator[app.Scanner]:
    yield app.Scanner(_Blind(Setup(())), Started(_NOTHING.pack, (), ()), ())


async def _drain() -> None:
    print(await drain.start(), flush=True)
    await asyncio.Event().wait()


async def _gateway(settings: Path, scanners: app.Scanners | None = None) -> None:
    """The gateway, its log thrown away."""
    async with app.run(load(settings), log=_NOWHERE, scanners=scanners) as gateway:
        print(gateway.addresses[0][1], flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until we are ended."""
    match sys.argv[1:]:
        case ["drain"]:
            asyncio.run(_drain())
        case ["front", settings]:
            asyncio.run(_gateway(Path(settings), _blind))
        case ["gateway", settings]:
            asyncio.run(_gateway(Path(settings)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
