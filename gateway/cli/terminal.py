"""What goes to a terminal: escaped first, because a sender chose the words."""

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from gateway.cli.words import retell, say
from gateway.config import ConfigError
from gateway.trouble import Trouble
from quarantine import AmbiguousIdError, KeyFileError, LockboxError, NotFoundError, StateError

MISTAKE = 2
"""The caller's mistake."""
FAILURE = 1
"""A failure of ours, of the machine, or of the next hop."""

_CALLERS_MISTAKES = (ConfigError, NotFoundError, AmbiguousIdError, StateError)
_FAILURES = (LockboxError, Trouble)

_WIDTH_OF_A_FILE = 160


class Stopped(typer.Exit):
    """A command ends, and ``message`` was said."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(code)
        self.message = message


console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
"""As wide as the terminal; a file or a pipe gets lines that a person can still read."""


def safe(text: str) -> str:
    """Show control characters and text-direction tricks as escapes; a terminal obeys none."""
    return "".join(_visible(letter) for letter in text)


def cell(text: str, style: str = "") -> Text:
    """A table cell or tree line with a sender's words in it."""
    return Text(safe(text), style=style)


def markup(text: str) -> str:
    """A sender's words inside a string with rich markup."""
    return escape(safe(text))


def stop(message: str, code: int = MISTAKE) -> NoReturn:
    """Say in one line what is wrong and what to do, and end."""
    print(f"lazaretto: {safe(message)}", file=sys.stderr)
    raise Stopped(message, code)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn expected trouble into one clear line for each problem and the right exit code."""
    try:
        yield
    except KeyFileError as error:
        stop(say("{error} (see: lazaretto quarantine keys create --help)", error=error))
    except _CALLERS_MISTAKES as error:
        _say(error, MISTAKE)
    except _FAILURES as error:
        _say(error, FAILURE)
    except OSError as error:
        place = error.filename or say("the system")
        stop(say("{place}: {problem}", place=place, problem=error.strerror or error), FAILURE)


def _say(error: Exception, code: int) -> NoReturn:
    lines = [retell(line) for line in str(error).splitlines()]
    for line in lines:
        print(f"lazaretto: {safe(line)}", file=sys.stderr)
    raise Stopped("\n".join(lines), code)


def _visible(letter: str) -> str:
    # Cc and Cf hold escape sequences and U+202E, Co and Cs what no font shows.
    if unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}:
        return letter.encode("unicode_escape", "surrogatepass").decode("ascii")
    return letter
