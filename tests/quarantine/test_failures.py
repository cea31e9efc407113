"""Pull the plug: each failure, what it leaves, and that the next start puts it right."""

import json
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from quarantine.errors import StateError
from quarantine.item import State
from tests.support.vault import (
    CANARY,
    delete_and_die,
    files_with,
    hold_and_die,
    hold_over_the_file_limit,
    hold_several,
    in_child,
    new_item,
    open_box,
    start_child,
)

_KILLED = -9


@pytest.mark.parametrize(
    ("step", "unfinished", "files", "rows"),
    [
        ("blob written", 1, 0, 0),
        ("blob synced", 1, 0, 0),
        ("folder synced", 1, 0, 0),
        ("row committed", 0, 1, 1),
        ("blob named", 0, 1, 1),
    ],
)
def test_a21_a_kill_while_holding_leaves_all_or_nothing(
    tmp_path: Path, step: str, unfinished: int, files: int, rows: int
) -> None:
    assert in_child(hold_and_die, tmp_path, step) == _KILLED
    assert not files_with(tmp_path, CANARY.encode())

    with open_box(tmp_path) as box:
        assert box.recover().unfinished == unfinished
        names = [path.name for path in (tmp_path / "messages").iterdir()]
        assert len(names) == files
        assert not any(name.endswith(".tmp") for name in names)
        assert [item.summary for item in box.items()] == [{"subject": CANARY}] * rows
        assert [box.message(i.id) for i in box.items()] == [CANARY.encode() * 10_000] * rows
        assert box.recover().unfinished == 0
        assert list(box.fsck()) == []


@pytest.mark.parametrize("step", ["end recorded", "blob removed", "key wiped"])
def test_a_kill_while_deleting_is_brought_to_its_end_at_the_next_start(
    tmp_path: Path, step: str
) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item(summary={"subject": CANARY}))
        box.hold(new_item())
        (row,) = box._parts.index.find(held.id, 1)
    assert in_child(delete_and_die, tmp_path, held.id, step) == _KILLED

    with open_box(tmp_path) as box:
        assert box.item(held.id).item.state is State.DELETED
        with pytest.raises(StateError, match="was already deleted"):
            box.message(held.id)
        box.recover()
        assert list(box.fsck()) == []
        assert [r.action for r in box.item(held.id).records][-2:] == ["deleted", "shredded"]
        assert not files_with(tmp_path, row.wrapped_key or b"")
        assert not (tmp_path / "messages" / held.id).exists()


def test_a_limit_on_the_size_of_files_is_an_error_and_not_a_death(tmp_path: Path) -> None:
    assert in_child(hold_over_the_file_limit, tmp_path) == 0

    with open_box(tmp_path) as box:
        assert len(list(box.items())) == 1
        assert list(box.fsck()) == []


def test_threads_may_hold_at_once(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        threads = [
            threading.Thread(target=lambda: [box.hold(new_item()) for _ in range(5)])
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(list(box.items())) == 30
        assert list(box.fsck()) == []


def test_processes_may_hold_at_once_in_a_folder_that_none_has_made(tmp_path: Path) -> None:
    children = [start_child(hold_several, tmp_path / "box", 5) for _ in range(4)]
    for child in children:
        child.join(timeout=20)

    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    with open_box(tmp_path / "box") as box:
        assert len(list(box.items())) == 20
        assert box.recover().unfinished == 0
        assert list(box.fsck()) == []


def _can_mount() -> bool:
    probe = ["unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/tmp"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    )


def _can_trace() -> bool:
    probe = ["strace", "-o", "/dev/null", "true"]
    return (
        shutil.which("strace") is not None
        and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    )


def _run(command: list[str], script: str, folder: Path) -> Any:
    """What ``script`` prints as JSON, when ``command`` starts it with the name of a folder."""
    done = subprocess.run(
        [*command, sys.executable, "-c", textwrap.dedent(_IMPORTS + script), str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _on_a_small_disk(folder: Path, options: str) -> list[str]:
    mounted = f'mount -t tmpfs -o {options} none {folder} && exec "$@"'
    return ["unshare", "-Urm", "sh", "-c", mounted, "sh"]


_IMPORTS = """
    import json, os, subprocess, sys
    from pathlib import Path
    from quarantine.errors import LockboxError, NoRoomError
    from quarantine.intake import Intake
    from tests.support.vault import new_item, open_box

    folder = Path(sys.argv[1])
    box = open_box(folder / "box")
"""

_HOLD_UNTIL_FULL = """
    strangers = folder / "of another program"
    strangers.write_bytes(bytes(200_000))
    held = []

    def hold_until_full(size):
        while len(held) < 1000:
            try:
                held.append(box.hold(new_item(os.urandom(size))).id)
            except NoRoomError as error:
                return str(error)

    said = [hold_until_full(100_000), hold_until_full(1)]
    Intake._needed = lambda *_: 0  # from here on it is the disk itself that refuses
    said += [hold_until_full(100_000), hold_until_full(1)]
    when_full = len(held)
    strangers.unlink()
    box.delete(held.pop(0), who="alice", why="room")
    held.append(box.hold(new_item(os.urandom(1000))).id)
    print(json.dumps({
        "said": said,
        "when_full": when_full,
        "problems": [problem.message for problem in box.fsck()],
        "readable": sum(bool(box.message(name)) for name in held) == len(held),
        "unfinished": len(list(folder.rglob("*.tmp"))),
    }))
"""

_OPEN_READ_ONLY = """
    box.hold(new_item())
    box.close()
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    try:
        open_box(folder / "box")
    except LockboxError as error:
        print(json.dumps(str(error)))
"""

_HOLD_TWICE = """
    said = []
    for _ in range(2):
        try:
            box.hold(new_item())
        except LockboxError as error:
            said.append(str(error))
    print(json.dumps(said))
"""


@pytest.mark.slow
@pytest.mark.skipif(not _can_mount(), reason="this system lets no user mount a small disk")
@pytest.mark.parametrize(
    "options", ["size=1m", "nr_inodes=14"], ids=["B3 no blocks", "B5 no inodes"]
)
def test_a_full_disk_is_said_and_mended_by_making_room(tmp_path: Path, options: str) -> None:
    outcome = _run(_on_a_small_disk(tmp_path, options), _HOLD_UNTIL_FULL, tmp_path)

    assert all("make room" in said for said in outcome["said"])
    assert outcome["when_full"] > 3
    assert outcome["problems"] == []
    assert outcome["readable"]
    assert outcome["unfinished"] == 0


@pytest.mark.slow
@pytest.mark.skipif(not _can_mount(), reason="this system lets no user mount a small disk")
def test_b8_a_disk_that_is_read_only_is_said(tmp_path: Path) -> None:
    said = _run(_on_a_small_disk(tmp_path, "size=2m"), _OPEN_READ_ONLY, tmp_path)

    assert "must exist and be writable" in said


@pytest.mark.slow
@pytest.mark.skipif(not _can_trace(), reason="strace is not here or may not trace")
@pytest.mark.parametrize("call", ["fsync", "fdatasync"])  # of the message, and of the index
def test_a_disk_that_fails_to_keep_is_never_asked_again(tmp_path: Path, call: str) -> None:
    with open_box(tmp_path / "box") as box:
        held = box.hold(new_item())
    failing = ["strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:error=EIO:when=1"]
    said = _run(failing, _HOLD_TWICE, tmp_path)

    assert len(said) == 2
    assert all("the disk failed to keep" in sentence for sentence in said)
    with open_box(tmp_path / "box") as box:
        box.recover()
        assert held in box.items()
        assert list(box.fsck()) == []


_WORK_ON_A_FULL_DISK = """
    box.recover()
    item = box.hold(new_item())
    others = [box.hold(new_item(os.urandom(20_000))) for _ in range(3)]
    box.close()
    box = open_box(folder / "box", reserve_bytes=1_600_000)
    box.recover()
    ballast = (folder / "box" / "ballast").stat().st_size
    strangers = (folder / "of another program").open("wb", buffering=0)
    try:
        while True:
            strangers.write(bytes(4096))
    except OSError:
        pass
    said = []
    try:
        box.hold(new_item())
    except NoRoomError:
        said.append("no room")
    for number in range(10):
        box.view(item.id, who="alice", why="w" * 500)
    for other in others:
        box.delete(other.id, who="alice", why="spam")
    print(json.dumps({
        "ballast": ballast,
        "is_dropped": not (folder / "box" / "ballast").exists(),
        "said": said,
        "views": len(box.item(item.id).records) - 1,
        "problems": [problem.message for problem in box.fsck()],
    }))
"""


@pytest.mark.slow
@pytest.mark.skipif(not _can_mount(), reason="this system lets no user mount a small disk")
def test_b4_on_a_disk_that_something_else_filled_the_ballast_lets_people_work_and_be_recorded(
    tmp_path: Path,
) -> None:
    outcome = _run(_on_a_small_disk(tmp_path, "size=4m"), _WORK_ON_A_FULL_DISK, tmp_path)

    assert outcome == {
        "ballast": 400_000,
        "is_dropped": True,
        "said": ["no room"],
        "views": 10,
        "problems": [],
    }


def test_e2_a_log_of_the_index_that_was_lost_is_said(tmp_path: Path) -> None:
    """What was acknowledged since the last checkpoint is in the log only."""
    with open_box(tmp_path / "box") as box:
        box.hold(new_item())
    with open_box(tmp_path / "box") as box:
        held = box.hold(new_item()).id
        shutil.copytree(
            tmp_path / "box", tmp_path / "torn", ignore=shutil.ignore_patterns("*-wal", "*-shm")
        )
        assert box.state_of(held) is State.HELD

    with open_box(tmp_path / "torn") as torn:
        assert torn.state_of(held) is None
        problems = [problem.message for problem in torn.fsck()]
    assert problems == ["the audit is broken: record 3 is missing: it once went up to 3"]


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    with open_box(tmp_path) as box:
        held = box.hold(new_item()).id
        before = _open_descriptors()
        for _ in range(20):
            box.message(box.hold(new_item()).id)
            box.item(held)
        after = _open_descriptors()

    assert after == before


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
