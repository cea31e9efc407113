import os
import signal
from pathlib import Path

import pytest

from quarantine.errors import LockedError, StoreError
from quarantine.exclusive import only_one
from tests.support.vault import lock_and_wait, start_child


def test_a_second_one_is_told_who_has_the_lock(tmp_path: Path) -> None:
    with (
        only_one(tmp_path, "gateway"),
        pytest.raises(LockedError, match=f"is locked by pid {os.getpid()} "),
        only_one(tmp_path, "gateway"),
    ):
        pass
    with only_one(tmp_path, "gateway"), only_one(tmp_path, "upkeep"):
        pass


def test_a_process_that_was_killed_keeps_no_lock(tmp_path: Path) -> None:
    child = start_child(lock_and_wait, tmp_path)
    while not (tmp_path / "locked").exists():
        child.join(0.01)
    with (
        pytest.raises(LockedError, match=f"pid {child.pid} "),
        only_one(tmp_path, "gateway"),
    ):
        pass
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join(10)

    with only_one(tmp_path, "gateway"):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"), only_one(tmp_path / "nowhere", "gateway"):
        pass
