"""Kernels that lack one layer of the sandbox, as far as a new Python process can tell."""

from pathlib import Path

LAYERS = {
    "namespaces": "sandbox._leave_namespaces",
    "privileges": "sandbox._drop_privileges",
    "privacy": "sandbox._hide",
    "landlock": "landlock.confine",
    "lifetime": "sandbox.die_with_parent",
    "limits": "sandbox._limit",
    "seccomp": "seccomp.confine",
}
"""Each layer, and what puts it in force."""

_SHIM = """\
import errno, os
from gateway.workers import landlock, sandbox, seccomp

really, calls = {place}, []

def missing(*arguments):
    calls.append(arguments)
    if {allowed} >= len(calls):
        return really(*arguments)
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

{place} = missing
"""


def kernel_without(layer: str, folder: Path) -> Path:
    """A folder that, first on the path of a Python process, gives it such a kernel."""
    # A zygote ties its own life to the gateway's before any worker does.
    allowed = 1 if layer == "lifetime" else 0
    shim = _SHIM.format(place=LAYERS[layer], allowed=allowed)
    (folder / "sitecustomize.py").write_text(shim)
    return folder
