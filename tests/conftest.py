"""Every test reads English and writes into memory, whatever the machine of whoever runs it."""

import os
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_MEMORY = "/dev/shm"
_ENOUGH = 1 << 30
_SLOW = tuple(
    _HERE / name
    for name in (
        *("cli", "contracts", "desk", "e2e", "faults", "fuzz", "opinions", "properties", "rules"),
        *("soak", "workers", "mime/test_linear.py", "mime/test_tricks.py", "scan/test_known.py"),
        *("test_app.py", "test_corpus.py", "test_reload.py", "test_wheel.py"),
    )
)
"""Most of what is here starts programs, or tries thousands of things: none of it is quick."""


def _has_room(folder: str) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and found.f_bavail * found.f_frsize >= _ENOUGH


os.environ["LC_ALL"] = "C.UTF-8"
# A third of the time of the suite was spent on waiting for the disk (fsync).
if _has_room(_MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whoever leaves out what is slow does not wait for it to be read either."""
    leaves_out = config.option.markexpr == "not slow"
    return True if leaves_out and collection_path in _SLOW else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(place == item.path or place in item.path.parents for place in _SLOW):
            item.add_marker(pytest.mark.slow)
