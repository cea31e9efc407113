import errno
import fcntl
import os
from pathlib import Path

import pytest

from quarantine.errors import NoRoomError, StoreError
from quarantine.files import FileBlobs
from tests.support.vault import keep


class FailingDisk:
    """An fsync that fails from the ``nth`` call on, as the kernel's does when a disk goes bad."""

    def __init__(self, nth: int, number: int) -> None:
        self._calls_left = nth
        self._number = number

    def __call__(self, descriptor: int) -> None:
        self._calls_left -= 1
        if self._calls_left <= 0:
            raise OSError(self._number, os.strerror(self._number))
        os.fsync(descriptor)


def test_the_steps_are_taken_in_the_order_that_survives_a_crash(tmp_path: Path) -> None:
    steps = []

    def step(name: str) -> None:
        steps.append((name, sorted(path.name for path in tmp_path.iterdir())))

    with FileBlobs(tmp_path, step=step).put("one", [b"a"]):
        step("row committed")

    assert steps == [
        ("blob written", ["one.tmp"]),
        ("blob synced", ["one.tmp"]),
        ("folder synced", ["one.tmp"]),
        ("row committed", ["one.tmp"]),
        ("blob named", ["one"]),
    ]


def test_both_the_file_and_the_folder_are_synced(tmp_path: Path) -> None:
    synced = []
    blobs = FileBlobs(
        tmp_path, sync=lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").readlink())
    )

    keep(blobs, "one", b"a")

    assert synced == [tmp_path / "one.tmp", tmp_path]


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    keep(FileBlobs(tmp_path), "one", b"a")

    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("nth", [1, 2])
def test_a_failed_fsync_is_final(tmp_path: Path, nth: int) -> None:
    disk = FailingDisk(nth, errno.EIO)
    blobs = FileBlobs(tmp_path, sync=disk)

    with pytest.raises(StoreError, match=r"the disk failed to keep .*start the program anew"):
        keep(blobs, "one", b"a")
    disk.__init__(99, errno.EIO)
    with pytest.raises(StoreError, match="the disk failed to keep"):
        keep(blobs, "two", b"b")
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_not_final(tmp_path: Path, number: int) -> None:
    disk = FailingDisk(1, number)
    blobs = FileBlobs(tmp_path, sync=disk)

    with pytest.raises(NoRoomError, match=r"full.*make room"):
        keep(blobs, "one", b"a")
    disk.__init__(99, number)
    keep(blobs, "one", b"a")

    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "gone")

    for use in (lambda: keep(blobs, "one", b"a"), blobs.free_bytes, lambda: list(blobs.ages())):
        with pytest.raises(StoreError, match=r"gone.*No such file"):
            use()


def remove_all(_: str) -> bool:
    return False


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_crash_left_gets_its_name_if_it_belongs_to_an_item_and_goes_if_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "dead.tmp").write_bytes(b"half")
    (tmp_path / "whole.tmp").write_bytes(b"a")
    blobs = FileBlobs(tmp_path)
    keep(blobs, "one", b"a")

    assert blobs.settle(lambda name: name == "whole") == 1
    assert blobs.settle(remove_all) == 0
    assert names(tmp_path) == ["one", "whole"]


def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    cleared = []
    other = FileBlobs(tmp_path)
    other._began += 3600  # as one that starts later
    writing = FileBlobs(tmp_path, step=lambda _: cleared.append(other.settle(remove_all)))

    keep(writing, "one", b"a")

    assert cleared == [0, 0, 0, 0]
    with other.open("one") as stream:
        assert stream.read(9) == b"a"


def test_what_failed_in_this_life_is_removed_in_the_next_one(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    with pytest.raises(StoreError), blobs.put("one", [b"a"]):
        raise StoreError("nobody knows whether the row is there")

    assert blobs.settle(remove_all) == 0
    assert names(tmp_path) == ["one.tmp"]
    with blobs.open("one") as stream:
        assert stream.read(9) == b"a"
    blobs._began += 3600
    assert blobs.settle(remove_all) == 1
    assert names(tmp_path) == []


def test_of_two_with_one_name_the_first_stays(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    keep(blobs, "one", b"first")
    with pytest.raises(StoreError), blobs.put("one", [b"second"]):
        raise StoreError("there is one of this id")

    blobs._began += 3600
    assert blobs.settle(lambda _: True) == 1
    with blobs.open("one") as stream:
        assert stream.read(9) == b"first"


def test_a_name_that_cannot_be_given_is_given_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    blobs = FileBlobs(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", refuse)
        keep(blobs, "one", b"a")

    assert names(tmp_path) == ["one.tmp"]
    with blobs.open("one") as stream:
        assert stream.read(9) == b"a"
    assert FileBlobs(tmp_path).settle(lambda name: name == "one") == 0
    assert names(tmp_path) == ["one"]


def test_an_unfinished_file_has_no_age(tmp_path: Path) -> None:
    (tmp_path / "dead.tmp").write_bytes(b"half")

    assert list(FileBlobs(tmp_path).ages()) == []


def test_a_file_that_was_cleared_before_its_writer_had_the_lock_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, blobs = fcntl.flock, FileBlobs(tmp_path)
    other = FileBlobs(tmp_path)
    other._began += 3600  # as one that starts later
    clearings = [other]

    def flock(file: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX and clearings:
            assert clearings.pop().settle(remove_all) == 1
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    keep(blobs, "one", b"a")

    with blobs.open("one") as stream:
        assert stream.read(9) == b"a"
