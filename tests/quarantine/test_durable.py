import os
from pathlib import Path

import pytest

from quarantine.durable import check_owner, make_file, make_folder, sync_folder
from quarantine.errors import StoreError


def test_folders_are_made_for_their_owner_only(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")

    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_file_is_made_for_its_owner_only_and_left_alone_when_it_is_there(tmp_path: Path) -> None:
    make_file(tmp_path / "index")
    (tmp_path / "index").write_bytes(b"kept")
    make_file(tmp_path / "index")

    assert (tmp_path / "index").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "index").read_bytes() == b"kept"


def test_a_folder_is_synced_and_not_a_file(tmp_path: Path) -> None:
    synced: list[int] = []

    sync_folder(tmp_path, synced.append)

    assert len(synced) == 1
    make_file(tmp_path / "file")
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files that others cannot open")
@pytest.mark.parametrize("below", ["", "new", "new/newer"])
def test_root_makes_nothing_in_a_folder_of_somebody_else(tmp_path: Path, below: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    check_owner(theirs / below)
    os.chown(theirs, 65534, -1)

    with pytest.raises(StoreError, match=r"theirs belongs to .*sudo -u"):
        check_owner(theirs / below)
