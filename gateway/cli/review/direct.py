"""The quarantine for who may read its key: the same functions that the commands call."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from gateway.cli.preview import preview_lines
from gateway.cli.quarantine.allowing import grant, granted, propose
from gateway.cli.quarantine.desk import who
from gateway.cli.quarantine.ending import legally_held
from gateway.cli.quarantine.releasing import check_clean, check_no_worse, hand_over, settled, told
from gateway.cli.quarantine.taking import take, written_to
from gateway.cli.review.desk import PAGE, SHOWN, Answers, Outcome, Wanted, addressed
from gateway.cli.words import say
from gateway.config import Settings
from gateway.custody.rescan import PREVIEW, look_again
from quarantine import Details, Item, Lockbox, Query


@dataclass(frozen=True, slots=True)
class Direct:
    """See `Desk`."""

    settings: Settings
    box: Lockbox

    def record(self, wanted: Wanted) -> None:
        """Record that somebody looks through the items."""
        self.box.record("listed", who=who(), why=f"review: {wanted.told()}")

    def page(self, wanted: Wanted, after: str = "") -> list[Item]:
        """Up to PAGE items, newest first."""
        query = Query(
            kinds=frozenset(filter(None, (wanted.kind,))),
            states=SHOWN,
            anywhere=wanted.words,
            unseen=wanted.unseen,
            after=after,
            limit=PAGE,
        )
        return list(self.box.items(query))

    def look(self, item: str) -> Details:
        """All about an item; that somebody looked is recorded first."""
        return self.box.view(item, who=who(), why="review")

    def details(self, item: str) -> Details:
        """The same, for somebody who has looked already."""
        return self.box.item(item)

    def needs_two(self, item: Item) -> bool:
        """As the settings say."""
        return item.kind in self.settings.quarantine.two_persons

    def words(self, item: str) -> list[Text]:
        """The words of a message, made harmless by a worker."""
        message = self.box.message(item)
        return [*preview_lines(asyncio.run(look_again(self.settings, message, factory=PREVIEW)))]

    def release(self, item: str, answers: Answers) -> Outcome:
        """Look at it with the newest rules, and hand it over unless it is worse now."""
        check_no_worse(self.settings, self.box, self.box.item(item))
        return self.force(item, answers)

    def force(self, item: str, answers: Answers) -> Outcome:
        """Hand it over as it is."""
        reason, to = answers["reason"], addressed(answers)
        handed = hand_over(self.settings, self.box, item, reason=reason, to=to)
        done, refused = told(item, handed)
        return Outcome(tuple(done), tuple(refused))

    def unlock(self, item: str, answers: Answers) -> Outcome:
        """Look into its locked file with a password, and hand it over if that is clean."""
        check_clean(self.settings, self.box, self.box.item(item), answers["password"])
        return self.force(item, answers)

    def approve(self, item: str, answers: Answers) -> Outcome:
        """Agree to a release that somebody else carries out."""
        self.box.approve(item, who=who(), why=answers["reason"], recipients=addressed(answers))
        done = say("Approved {item}: a second person may release it now.", item=item)
        return Outcome((done,))

    def settle(self, item: str, answers: Answers, *, arrived: bool) -> Outcome:
        """Say what became of a release that was cut off."""
        return Outcome((settled(self.box, item, arrived=arrived, reason=answers["reason"]),))

    def legal_hold(self, item: str, answers: Answers, *, is_held: bool) -> Outcome:
        """Keep it beyond its time, or no longer."""
        kept = self.box.set_legal_hold(item, who=who(), why=answers["reason"], is_held=is_held)
        return Outcome((legally_held(kept),))

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
