"""The layers that confine a worker, from the zygote that it is forked from to its last system call.

Rule 1. Every layer is in force before the first byte of a message is read.
Rule 2. No layer needs root. Each says whether it holds; the pool decides whether that is enough.
Rule 3. A layer is a wall of its own: none relies on another to be there.
"""

import resource
import signal
from collections.abc import Callable

from gateway.workers import kernel, landlock, seccomp
from gateway.workers.frames import Layer, Setup

REQUIRED = frozenset({"lifetime", "privacy", "privileges", "limits", "seccomp"})
"""Layers without which a pool does not start: every Linux that is still maintained has them.

Landlock is missing before Linux 5.13, and some distributions forbid user namespaces.
"""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_DESCRIPTORS = 32


def enclose_zygote() -> tuple[Layer, ...]:
    """Confine this process before it loads anything. Its children inherit all but its lifetime."""
    # A change of credentials undoes the last two: they come after it.
    layers = (
        _layer("namespaces", _leave_namespaces),
        _layer("privileges", _drop_privileges),
        _layer("privacy", _hide),
    )
    die_with_parent()
    return layers


def close_files() -> Layer:
    """Confine this process once it has loaded everything: from here on it opens no file."""
    return _layer("landlock", landlock.confine)


def enclose_worker(setup: Setup, born_bytes: int) -> tuple[Layer, ...]:
    """Confine this process, freshly forked with ``born_bytes`` of address space."""
    return (
        _layer("lifetime", die_with_parent),
        _layer("limits", lambda: _limit(setup, born_bytes)),
        _layer("seccomp", seccomp.confine),
    )


def die_with_parent() -> None:
    """Have the kernel kill this process as soon as its parent is gone."""
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def address_space() -> int:
    """Bytes of address space that this process has. Opens a file of /proc."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - no pathlib in a worker
        pages = int(statm.read(64).split()[0])
    return pages * resource.getpagesize()


def _layer(name: str, apply: Callable[[], None]) -> Layer:
    try:
        apply()
    except (OSError, ValueError) as error:
        return Layer(name, str(error))
    return Layer(name)


def _hide() -> None:
    """No core file, no debugger, nobody of the same user looks into the memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel.prctl(_PR_SET_DUMPABLE, 0)


def _leave_namespaces() -> None:
    """A network without interfaces, and no shared memory with anybody."""
    kernel.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)


def _drop_privileges() -> None:
    """No capability, not even inside the new user namespace, and none to be had by exec."""
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
    kernel.drop_capabilities()


def _limit(setup: Setup, born_bytes: int) -> None:
    most_bytes = born_bytes + setup.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    # The first of the two sends SIGXCPU, by which the death explains itself.
    resource.setrlimit(resource.RLIMIT_CPU, (setup.cpu_seconds, setup.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    # Sockets are not files: only memfds and files on disk meet this one.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
