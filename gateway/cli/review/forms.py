"""What is asked before something is done to an item: one form for each deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.text import Text

from gateway.cli.quarantine.desk import who
from gateway.cli.review.desk import Answers, Desk, Outcome
from gateway.cli.terminal import cell
from gateway.cli.words import say
from gateway.custody import records
from gateway.model import Level
from quarantine import Details, Item


@dataclass(frozen=True, slots=True)
class Question:
    """One line to fill in."""

    name: str
    label: str
    usual: str = ""
    """What stands there already."""
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked, and what is done with the answers."""

    title: str
    about: tuple[Text, ...]
    questions: tuple[Question, ...]
    doing: str
    """What is said meanwhile."""
    deed: Callable[[str, Answers], Outcome]


_REASON = Question("reason", "Why? It is kept with the item for ever")


def release(desk: Desk, details: Details) -> Form:
    """Hand it over."""
    item = details.item
    warnings = _second_person(desk, item)
    to = Question("to", "Only to these addresses (empty: to all)", is_needed=False)
    return Form(
        say("Release {item}", item=item.id),
        (*_mail(item), *warnings),
        (_REASON, to),
        "Looking at it with the newest rules, then handing it over ...",
        desk.release,
    )


def delete(desk: Desk, details: Details) -> Form:
    """End it."""
    item = details.item
    warning = cell(say("Its key is destroyed: nobody can ever read it again."), "bold")
    return Form(
        say("Delete {item} for good", item=item.id),
        (*_mail(item), warning),
        (_REASON,),
        "Deleting it ...",
        desk.delete,
    )


def export(desk: Desk, details: Details) -> Form:
    """Take it along."""
    item = details.item
    file = Question("file", "Into which new file? A zip with the password infected")
    return Form(
        say("Export {item}", item=item.id),
        _mail(item),
        (file, _REASON),
        "Writing it ...",
        desk.export,
    )


def allow(desk: Desk, details: Details) -> Form:
    """Let what was found pass from now on."""
    item = details.item
    found = records.decode_report(details.report).findings if details.report else ()
    rules = list(dict.fromkeys(one.rule or one.code for one in found if one.level > Level.NOTE))
    narrow = say("Only this rule, in this kind of file, from this sender, if authenticated.")
    return Form(
        say("Allow what was found in {item}", item=item.id),
        (*_mail(item), cell(narrow), cell(say("Rules: {rules}", rules=", ".join(rules)))),
        (
            Question("rule", "Which rule?", next(iter(rules), "")),
            Question("time", "For how long? A year at most", "90d"),
            _REASON,
        ),
        "Allowing it ...",
        desk.allow,
    )


FORMS: Mapping[str, Callable[[Desk, Details], Form]] = {
    "release": release,
    "delete": delete,
    "export": export,
    "allow": allow,
}


def _mail(item: Item) -> tuple[Text, ...]:
    said = item.summary
    return (
        cell(f"{item.kind}: {', '.join(item.reasons[:3])}"),
        cell(f"{say('From')} {said.get('sender', '') or item.damage or '<>'}"),
        cell(f"{say('To')} {said.get('recipients', '')}"),
        cell(f"{say('Subject')} {said.get('subject', '')}"),
    )


def _second_person(desk: Desk, item: Item) -> tuple[Text, ...]:
    """What one person alone can do with it."""
    if item.kind not in desk.settings.quarantine.two_persons:
        return ()
    if not item.approved_by:
        told = "{kind} mail needs two persons: you approve it, and somebody else releases it."
    elif item.approved_by == who():
        told = "You have approved it already: somebody else has to release it."
    else:
        told = "{person} has approved it: you are the second person, and it leaves."
    return (cell(say(told, kind=item.kind, person=item.approved_by), "bold yellow"),)
