"""A bit that is wrong anywhere in the index is found, or is where nothing is kept."""

import random
import shutil
from pathlib import Path

import pytest

from quarantine.errors import LockboxError
from quarantine.item import Field
from quarantine.lockbox import Lockbox
from tests.support.vault import new_item, open_box

_FLIPS = 75


def _content(box: Lockbox) -> list[object]:
    return [
        (details, box.message(details.item.id))
        for details in (box.item(item.id) for item in box.items())
    ]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    with open_box(folder / "box") as box:
        for number in range(5):
            searchable = {Field.SUBJECT: (f"one two number{number}",)}
            held = box.hold(new_item(b"%d" % number, searchable=searchable))
            box.view(held.id, who="alice", why="curious")
        box.begin_release(held.id, who="alice", why="urgent")
    return folder / "box"


@pytest.mark.slow
def test_e1_a_flipped_bit_in_the_index_is_an_error_a_problem_or_nowhere(
    sound: Path, tmp_path: Path
) -> None:
    with open_box(sound) as box:
        expected = _content(box)
    index = (sound / "index.sqlite").read_bytes()
    chance = random.Random(4)
    noticed = 0
    for number in range(_FLIPS):
        folder = tmp_path / f"{number}"
        shutil.copytree(sound, folder)
        damaged = bytearray(index)
        damaged[chance.randrange(len(index))] ^= 1 << chance.randrange(8)
        (folder / "index.sqlite").write_bytes(damaged)
        try:
            with open_box(folder) as box:
                problems = list(box.fsck())
                if not problems:
                    assert _content(box) == expected
        except LockboxError as error:
            problems = [error]
        noticed += bool(problems)
        shutil.rmtree(folder)

    assert noticed > _FLIPS / 10
