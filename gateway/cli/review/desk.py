"""What a reviewer asks of the quarantine: the same functions that the commands call."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rich.text import Text

from gateway.cli.preview import preview_lines
from gateway.cli.quarantine.allowing import grant, granted, propose
from gateway.cli.quarantine.desk import who
from gateway.cli.quarantine.releasing import check_no_worse, hand_over, told
from gateway.cli.quarantine.taking import take, written_to
from gateway.cli.terminal import FAILURE, Stopped, cell, clear_errors, stop
from gateway.cli.words import say
from gateway.config import Settings
from gateway.custody.rescan import PREVIEW, look_again
from gateway.workers.pool import PoolBusyError
from quarantine import Details, Field, Item, Lockbox, Query, State

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


@dataclass(frozen=True, slots=True)
class Desk:
    """The quarantine, as one person works on it. Every call blocks."""

    settings: Settings
    box: Lockbox

    def record(self, wanted: Wanted) -> None:
        """Record that somebody looks through the items."""
        self.box.record("listed", who=who(), why=f"review: {wanted.told()}")

    def page(self, wanted: Wanted, after: str = "") -> list[Item]:
        """Up to PAGE items, newest first; words may stand in any field, all of them in one."""
        query = Query(
            kinds=frozenset(filter(None, (wanted.kind,))),
            states=SHOWN,
            unseen=wanted.unseen,
            after=after,
            limit=PAGE,
        )
        if not wanted.words:
            return list(self.box.items(query))
        found = {item.id: item for field in Field for item in self._found(query, field, wanted)}
        return sorted(found.values(), key=lambda item: item.id, reverse=True)[:PAGE]

    def look(self, item: str) -> Details:
        """All about an item; that somebody looked is recorded first."""
        return self.box.view(item, who=who(), why="review")

    def details(self, item: str) -> Details:
        """The same, for somebody who has looked already."""
        return self.box.item(item)

    def words(self, item: str) -> list[Text]:
        """The words of a message, made harmless by a worker."""
        message = self.box.message(item)
        return [*preview_lines(asyncio.run(look_again(self.settings, message, factory=PREVIEW)))]

    def release(self, item: str, answers: Answers) -> Outcome:
        """Look at it with the newest rules, and hand it over unless it is worse now."""
        to = tuple(answers["to"].replace(",", " ").split())
        check_no_worse(self.settings, self.box, self.box.item(item))
        handed = hand_over(self.settings, self.box, item, reason=answers["reason"], to=to)
        done, refused = told(item, handed)
        return Outcome(tuple(done), tuple(refused))

    def delete(self, item: str, answers: Answers) -> Outcome:
        """Destroy its key."""
        self.box.delete(item, who=who(), why=answers["reason"])
        return Outcome((say("Deleted {item}.", item=item),))

    def export(self, item: str, answers: Answers) -> Outcome:
        """Write it into a locked zip."""
        file = Path(answers["file"]).expanduser()
        written = take(self.box, item, file, reason=answers["reason"])
        return Outcome(written_to(item, file, written))

    def allow(self, item: str, answers: Answers) -> Outcome:
        """Make an exception of what was found in it."""
        rule, reason, time = answers["rule"], answers["reason"], answers["time"]
        wish = propose(self.settings, self.box, item, rule=rule, reason=reason, time=time)
        made = grant(self.settings, self.box, wish)
        return Outcome((granted(made),))

    def _found(self, query: Query, field: Field, wanted: Wanted) -> Iterable[Item]:
        return self.box.items(replace(query, terms=((field, wanted.words),)))


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
