import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import failpoints

ROOT = Path(__file__).parent.parent
_REACHED = re.compile(r'\b(?:reach|_?step)\("([^"]+)"\)')


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


def sources() -> list[Path]:
    return [path for name in ("gateway", "quarantine") for path in (ROOT / name).rglob("*.py")]


def test_every_moment_of_the_table_is_in_the_code_and_every_one_of_the_code_in_the_table() -> None:
    reached = [name for path in sources() for name in _REACHED.findall(path.read_text())]

    assert sorted(reached) == sorted(failpoints.POINTS)


def test_nothing_that_is_installed_arms_one() -> None:
    arming = [path.name for path in sources() if re.search(r"\barm\b", path.read_text())]

    assert arming == ["failpoints.py"]


def test_a_moment_calls_what_was_armed_there_and_nothing_else() -> None:
    called: list[str] = []
    failpoints.arm("dot sent", lambda: called.append("dot sent"))
    for name in failpoints.POINTS:
        failpoints.reach(name)

    assert called == ["dot sent"]


def test_a_moment_that_does_not_exist_cannot_be_armed() -> None:
    with pytest.raises(ValueError, match="no such moment: lunch"):
        failpoints.arm("lunch", list)
