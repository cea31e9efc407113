"""The lock files: every package pinned and hashed, from no named place, and in step."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(_PIN.findall((ROOT / name).read_text()))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_hashed_and_no_index_is_named(name: str) -> None:
    text = (ROOT / name).read_text()

    assert len(pins(name)) == len(re.findall(r"(?m)^[^\s#].*\\\n    --hash=sha256:", text)) > 0
    assert "://" not in text
    assert "index" not in re.sub(r"(?m)^.*==", "", text)


def test_the_screen_needs_what_the_gateway_needs_and_a_few_packages_more() -> None:
    run, screen = pins("requirements.txt"), pins("requirements-tui.txt")

    assert run.items() < screen.items()
    assert "textual" in screen.keys() - run.keys()
    assert "textual" not in run
    assert len(screen) - len(run) < 10
