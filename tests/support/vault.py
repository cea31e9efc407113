"""Lockboxes for tests: real ones, with keys made on the spot, and processes that die on the way."""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from quarantine import reindexing, upkeep
from quarantine.errors import StoreError
from quarantine.exclusive import only_one
from quarantine.files import Step
from quarantine.item import Field, NewItem
from quarantine.keys import MasterKey
from quarantine.lockbox import Lockbox
from quarantine.opening import open_lockbox
from quarantine.store import Blobs

CANARY = "DUPONT-Jeanne-1840675"
KEY = MasterKey(b"the key that tests are held with")
OTHER_KEY = MasterKey(b"a key of some other lockbox here")

# Children are forked from a clean process that has imported everything already: no threads of the
# test run are copied, and each starts in milliseconds.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["__main__", __name__])


class Memory:
    """A message that can only be viewed for a while, as a spool in a memory file is."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.is_viewed = False

    @contextmanager
    def view(self) -> Iterator[memoryview]:
        self.is_viewed = True
        with memoryview(self._data) as view:
            yield view
        self.is_viewed = False


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def new_item(
    message: bytes | memoryview | Memory = b"Subject: x\r\n\r\nx\r\n", **fields: Any
) -> NewItem:
    """A plain item to hold; ``fields`` replace what a test cares for."""
    given = {
        "envelope": b'{"sender": "a@example.org"}',
        "report": b'{"findings": []}',
        "kind": "malicious",
        "action": "quarantine",
        "reasons": ("macro.autoexec", "encrypted"),
        "pack": "core 1",
        "summary": {"sender": "a@example.org", "subject": "Résultat"},
    }
    return NewItem(message=message, **(given | fields))


def open_box(folder: Path, **options: Any) -> Lockbox:
    """The lockbox in ``folder``, under KEY and without a reserve unless told otherwise."""
    return open_lockbox(folder, options.pop("key", KEY), **({"reserve_bytes": 0} | options))


def keep(blobs: Blobs, name: str, *chunks: bytes) -> None:
    """Put bytes that belong to an item."""
    with blobs.put(name, chunks):
        pass


def kill_at(name: str) -> Step:
    """A step that ends the process at the moment called ``name``, as a loss of power would."""

    def step(reached: str) -> None:
        if reached == name:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def in_child(work: Callable[..., None], *arguments: object) -> int | None:
    """Run ``work`` in another process; its exit code, negative when a signal ended it."""
    child = _processes.Process(target=work, args=arguments)
    child.start()
    child.join(timeout=20)
    assert not child.is_alive(), "the child hangs"
    code = child.exitcode
    child.close()
    return code


def start_child(
    work: Callable[..., None], *arguments: object
) -> multiprocessing.process.BaseProcess:
    """Run ``work`` in another process, beside this one."""
    child = _processes.Process(target=work, args=arguments)
    child.start()
    return child


def hold_and_die(folder: Path, step: str) -> None:
    with open_box(folder, step=kill_at(step)) as box:
        box.hold(new_item(CANARY.encode() * 10_000, summary={"subject": CANARY}))


def delete_and_die(folder: Path, item: str, step: str) -> None:
    with open_box(folder, step=kill_at(step)) as box:
        box.delete(item, who="alice", why="spam")


def purge_and_die(folder: Path, step: str) -> None:
    def later() -> datetime:
        return datetime.now(UTC) + timedelta(days=99)

    with open_box(folder, step=kill_at(step), clock=later) as box:
        list(box.upkeep.purge({}, clock_is_right=True))


def rekey_and_die(folder: Path, step: str) -> None:
    """Two at a time, so that there is a half way."""
    upkeep._BATCH = 2
    with open_box(folder, key=OTHER_KEY, older_keys=[KEY], step=kill_at(step)) as box:
        list(box.upkeep.rekey(who="alice"))


def reindex_and_die(folder: Path, step: str) -> None:
    """Two at a time, so that there is a half way."""
    reindexing._BATCH = 2
    with open_box(folder, step=kill_at(step)) as box:
        list(box.reindexing.run(by_subject, who="alice"))


def by_subject(_: bytes, __: bytes, summary: Mapping[str, str]) -> dict[Field, tuple[str, ...]]:
    """What an item is found by: its subject."""
    return {Field.SUBJECT: (summary["subject"],)}


def lock_and_wait(folder: Path) -> None:
    with only_one(folder, "gateway"):
        (folder / "locked").touch()
        signal.pause()


def hold_several(folder: Path, count: int) -> None:
    with open_box(folder) as box:
        for _ in range(count):
            box.hold(new_item())


def hold_over_the_file_limit(folder: Path) -> None:
    """Exit code 0 if a file over the limit is refused in good order and a small one still fits."""
    with open_box(folder) as box:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
        try:
            box.hold(new_item(os.urandom(1_000_000)))
        except StoreError as error:
            assert "File too large" in str(error)  # noqa: PT017 - this is a child process
        else:
            raise AssertionError("it was held over the limit")
        box.hold(new_item())


def files_with(folder: Path, needle: bytes) -> list[Path]:
    """The files anywhere below ``folder`` that have ``needle`` in them or in their names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [p for p in files if needle in p.read_bytes() or needle in str(p).encode()]
