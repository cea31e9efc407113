"""Other accounts of this machine that use the command line, and the desk that they come to."""

import asyncio
import grp
import multiprocessing
import os
import pwd
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from gateway.cli import errand, main
from gateway.desk.roles import Groups, Role
from gateway.desk.service import serving
from gateway.telemetry.events import Events, open_log
from gateway.telemetry.metrics import Metrics

assert errand  # imported here, since another account may not read where Python is

VIEWER, ANALYST, ADMINISTRATOR, OUTSIDER = "games", "mail", "daemon", "bin"
"""Accounts that every Debian has, each with a group of its own name."""
NUMBERS = {"games": (5, 60), "mail": (8, 8), "daemon": (1, 1), "bin": (2, 2)}
NOBODY_KNOWS = (54321, 54321)
GROUPS = {Role.VIEWER: ["games"], Role.ANALYST: ["mail"], Role.ADMINISTRATOR: ["daemon"]}

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int | None
    out: str
    err: str


@dataclass
class Visit:
    """A command that runs."""

    process: multiprocessing.process.BaseProcess
    folder: Path

    def end(self) -> Done:
        """Wait for it."""
        self.process.join(60)
        assert not self.process.is_alive(), "the command hangs"
        out, err = ((self.folder / name).read_text("utf-8") for name in ("out", "err"))
        return Done(self.process.exitcode, out, err)


def start(
    numbers: tuple[int, int], config: Path, *words: str, typed: str = "", **variables: str
) -> Visit:
    """``lazaretto quarantine WORDS`` as another account does it."""
    folder = config.parent / f"visit-{os.urandom(4).hex()}"
    folder.mkdir(mode=0o700)
    (folder / "in").write_text(typed)
    environment = {"LAZARETTO_CONFIG": str(config), **variables}
    process = _processes.Process(target=_become, args=(numbers, folder, words, environment))
    process.start()
    return Visit(process, folder)


def run(person: str, config: Path, *words: str, **options: str) -> Done:
    """The same, to its end."""
    return start(NUMBERS[person], config, *words, **options).end()


def _become(
    numbers: tuple[int, int], folder: Path, words: tuple[str, ...], environment: Mapping[str, str]
) -> None:
    for descriptor, name in enumerate(("in", "out", "err")):
        opened = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    uid, gid = numbers
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["lazaretto", "quarantine", *words]
    try:
        main.main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def my_groups(*roles: Role) -> Groups:
    """The account of this test run has the highest of these roles, or none."""
    return {role: [grp.getgrgid(os.getegid()).gr_name] for role in roles}


def me() -> str:
    """The account of this test run."""
    return pwd.getpwuid(os.geteuid()).pw_name


def mine(place: Path, *words: str, typed: str = "") -> Done:
    """``lazaretto quarantine WORDS`` through the desk at ``place``, by this very account."""
    with ExitStack() as open_files:
        files = [open_files.enter_context(TemporaryFile("w+")) for _ in range(3)]
        files[0].write(typed)
        files[0].seek(0)
        answer = errand.ask(place, words, [file.fileno() for file in files])
        for file in files:
            file.seek(0)
        return Done(answer.code, files[1].read(), answer.problem or files[2].read())


def children() -> list[str]:
    """The commands that this process runs at the moment."""
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    numbers = [number for file in listed for number in file.read_text().split()]
    told = [Path(f"/proc/{number}/cmdline").read_bytes().decode() for number in numbers]
    return [line for line in told if "main()\0quarantine" in line]


async def gathered(count: int) -> None:
    """Wait until so many commands run."""
    for _ in range(400):
        if len(children()) == count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"expected {count} commands, found {children()}")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@asynccontextmanager
async def desk(config: Path, log: StringIO, groups: Groups = GROUPS) -> AsyncIterator[Path]:
    """The desk of the settings in ``config``; gives its socket."""
    place = config.parent / "desk.sock"
    if "[desk]" not in config.read_text():
        with config.open("a") as settings:
            settings.write(f'[desk]\nsocket = "{place}"\n')
    events = Events(open_log("json", log), Metrics())
    environment = {"LAZARETTO_CONFIG": str(config)}
    async with serving(place, groups, environment=environment, events=events):
        yield place
