"""What a reviewer asks of the quarantine, and what comes of it.

Two answer: `direct.py` for who may read the key, `errands.py` for everybody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rich.text import Text

from gateway.cli.terminal import FAILURE, Stopped, cell, clear_errors, stop
from gateway.cli.words import say
from gateway.workers.pool import PoolBusyError
from quarantine import Details, Item, State

SHOWN = frozenset({State.HELD, State.RELEASING})
"""What somebody has to decide about."""
PAGE = 200
"""So many items are opened at once; more when somebody gets to their end."""

Result = TypeVar("Result")
Answers = Mapping[str, str]
"""What a reviewer typed, by the name of the question."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of something that was asked for: what was done, and what was not."""

    done: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """All of it. The mail server's words are in it."""
        word, style = _TITLES[bool(self.done), bool(self.undone)]
        return Text("\n").join([Text(say(word), style), *map(cell, self.done + self.undone)])


_TITLES = {
    (True, False): ("Done", "bold green"),
    (False, True): ("Not done", "bold red"),
    (True, True): ("Done in part", "bold yellow"),
    (False, False): ("", ""),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reviewer wants to see."""

    kind: str = ""
    words: str = ""
    unseen: bool = False

    def told(self, say: Callable[[str], str] = str) -> str:
        """For the audit, and in the reader's language for the top of the screen."""
        words = f"'{self.words}'" if self.words else ""
        parts = [self.kind, words, say("unseen") if self.unseen else ""]
        return ", ".join(filter(None, parts)) or say("all")


class Desk(Protocol):
    """The quarantine, as one person works on it. Every call blocks, and stops on trouble."""

    def record(self, wanted: Wanted) -> None:
        """Record that somebody looks through the items."""
        ...

    def page(self, wanted: Wanted, after: str = "") -> list[Item]:
        """Up to PAGE items, newest first; all of the words may stand in any one field."""
        ...

    def look(self, item: str) -> Details:
        """All about an item; that somebody looked is recorded first."""
        ...

    def details(self, item: str) -> Details:
        """The same, for somebody who has looked already."""
        ...

    def needs_two(self, item: Item) -> bool:
        """True if one person alone cannot release it."""
        ...

    def words(self, item: str) -> list[Text]:
        """The words of a message, made harmless by a worker."""
        ...

    def release(self, item: str, answers: Answers) -> Outcome:
        """Look at it with the newest rules, and hand it over unless it is worse now."""
        ...

    def force(self, item: str, answers: Answers) -> Outcome:
        """Hand it over as it is."""
        ...

    def unlock(self, item: str, answers: Answers) -> Outcome:
        """Look into its locked file with a password, and hand it over if that is clean."""
        ...

    def approve(self, item: str, answers: Answers) -> Outcome:
        """Agree to a release that somebody else carries out."""
        ...

    def settle(self, item: str, answers: Answers, *, arrived: bool) -> Outcome:
        """Say what became of a release that was cut off."""
        ...

    def legal_hold(self, item: str, answers: Answers, *, is_held: bool) -> Outcome:
        """Keep it beyond its time, or no longer."""
        ...

    def delete(self, item: str, answers: Answers) -> Outcome:
        """Destroy its key."""
        ...

    def export(self, item: str, answers: Answers) -> Outcome:
        """Write it into a locked zip."""
        ...

    def allow(self, item: str, answers: Answers) -> Outcome:
        """Make an exception of what was found in it."""
        ...


def addressed(answers: Answers) -> tuple[str, ...]:
    """The recipients that were typed, in whichever way people part them."""
    return tuple(answers["to"].replace(",", " ").split())


def attempt(work: Callable[[], Result]) -> Result | Outcome:
    """What comes of it; or what was not done, in the words of the commands."""
    try:
        with clear_errors():
            try:
                return work()
            except PoolBusyError as error:
                stop(say("{error}: try again, or raise workers.queue", error=error), FAILURE)
    except Stopped as stopped:
        return Outcome(undone=(stopped.message,))
