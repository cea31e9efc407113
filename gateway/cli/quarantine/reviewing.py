"""``quarantine review``: everything that is held on a whole screen, to look through and decide."""

import sys
from importlib.util import find_spec

from gateway.cli.errand import desk
from gateway.cli.options import ConfigFile
from gateway.cli.quarantine.desk import opened
from gateway.cli.terminal import FAILURE, clear_errors, stop
from gateway.cli.words import say


def review(config: ConfigFile = None) -> None:
    """Look through what is held on a whole screen, and release, delete or export it there.

    Keys stand in the last line, m shows more. / searches by a word, and every look and deed is
    recorded as that of the commands is. It works over ssh, from 80x24 on, and with NO_COLOR=1 in
    black and white. Where the gateway runs your commands, it does what your role may do.

    Example: lazaretto quarantine review
    """
    if find_spec("textual") is None:
        stop(
            say("the screen needs more packages: install requirements-tui.txt, or lazaretto[tui]"),
            FAILURE,
        )
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        stop(
            say("review needs a terminal; for a program there is lazaretto quarantine list --json")
        )
    from gateway.cli.review.app import Review  # noqa: PLC0415 - the extra [tui] may not be there
    from gateway.cli.review.direct import Direct  # noqa: PLC0415 - the same
    from gateway.cli.review.errands import Errands  # noqa: PLC0415 - the same

    with clear_errors():
        place = None if config else desk()
    if place:
        Review(Errands(place)).run()
        return
    with opened(config) as (settings, box):
        Review(Direct(settings, box)).run()
