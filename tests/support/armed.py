"""The command line with every failpoint armed: ``python -m tests.support.armed FILE COMMAND...``.

At each moment FILE is read. When it has the name of that moment, the process is killed by -9.
"""

import os
import signal
import sys
from functools import partial
from pathlib import Path

from gateway import failpoints
from gateway.cli.main import main


def die_if_told(wish: Path, point: str) -> None:
    if wish.exists() and wish.read_text() == point:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _, wish, *sys.argv[1:] = sys.argv
    for name in failpoints.POINTS:
        failpoints.arm(name, partial(die_if_told, Path(wish), name))
    main()
