"""Every test reads English and writes into memory, whatever the machine of whoever runs it."""

import os

_MEMORY = "/dev/shm"
_ENOUGH = 1 << 30


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
