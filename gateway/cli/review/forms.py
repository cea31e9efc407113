"""What is asked before something is done to an item: one form for each deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from rich.text import Text

from gateway.cli.quarantine.desk import who
from gateway.cli.review.desk import Answers, Desk, Outcome
from gateway.cli.terminal import cell
from gateway.cli.words import retell, say
from gateway.custody import records
from gateway.model import Level
from quarantine import Details, Item, State


@dataclass(frozen=True, slots=True)
class Question:
    """One line to fill in."""

    name: str
    label: str
    usual: str = ""
    """What stands there already."""
    is_needed: bool = True
    is_secret: bool = False


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
_TO = Question("to", "Only to these addresses (empty: to all)", is_needed=False)
_HANDING_OVER = "Looking at it with the newest rules, then handing it over ..."


def release(desk: Desk, details: Details) -> Form:
    """Hand it over."""
    item = details.item
    return Form(
        say("Release {item}", item=item.id),
        (*_mail(item), *_second_person(desk, item)),
        (_REASON, _TO),
        _HANDING_OVER,
        desk.release,
    )


def force(desk: Desk, details: Details) -> Form:
    """Hand it over as it is."""
    item = details.item
    warning = cell(say("The newest rules are not asked: you answer for what is in it."), "bold red")
    return Form(
        say("Release {item} without looking at it again", item=item.id),
        (*_mail(item), warning, *_second_person(desk, item)),
        (_REASON, _TO),
        "Handing it over ...",
        desk.force,
    )


def unlock(desk: Desk, details: Details) -> Form:
    """Hand it over if its locked file is clean inside."""
    item = details.item
    password = Question("password", "The password of its locked file", is_secret=True)
    return Form(
        say("Release {item} if its locked file is clean", item=item.id),
        (*_mail(item), *_second_person(desk, item)),
        (password, _REASON, _TO),
        _HANDING_OVER,
        desk.unlock,
    )


def approve(desk: Desk, details: Details) -> Form:
    """Agree to a release."""
    item = details.item
    told = say("Somebody else releases it, to just these addresses.")
    return Form(
        say("Approve a release of {item}", item=item.id),
        (*_mail(item), cell(told)),
        (_REASON, _TO),
        "Recording it ...",
        desk.approve,
    )


def arrived(desk: Desk, details: Details) -> Form:
    """A release that was cut off has arrived."""
    return _settle(desk, details, say("{item} has arrived", item=details.item.id), arrived=True)


def not_arrived(desk: Desk, details: Details) -> Form:
    """A release that was cut off has not arrived."""
    title = say("{item} has not arrived", item=details.item.id)
    return _settle(desk, details, title, arrived=False)


def legal_hold(desk: Desk, details: Details) -> Form:
    """Keep it beyond its time, or no longer."""
    item = details.item
    is_held = not item.legal_hold
    title = "Legal hold for {item}" if is_held else "End the legal hold of {item}"
    return Form(
        say(title, item=item.id),
        _mail(item),
        (_REASON,),
        "Recording it ...",
        partial(desk.legal_hold, is_held=is_held),
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
    "approve": approve,
    "unlock": unlock,
    "force": force,
    "arrived": arrived,
    "not-arrived": not_arrived,
    "legal-hold": legal_hold,
}

MORE: Mapping[str, tuple[str, str]] = {
    "release": ("r", "Release it"),
    "unlock": ("w", "Release it with the password of its locked file"),
    "force": ("f", "Release it without looking at it again"),
    "approve": ("p", "Approve its release, for a second person"),
    "arrived": ("y", "Its release was cut off, and it has arrived"),
    "not-arrived": ("n", "Its release was cut off, and it has not arrived"),
    "legal-hold": ("l", "Put it under legal hold, or end that"),
    "allow": ("a", "Allow what was found in it, from now on"),
    "export": ("e", "Export it into a locked file"),
    "delete": ("d", "Delete it for good"),
}
"""The deeds, each with its key in the menu."""

_ONLY: Mapping[State, frozenset[str]] = {
    State.HELD: frozenset(MORE) - {"arrived", "not-arrived"},
    State.RELEASING: frozenset({"arrived", "not-arrived", "legal-hold", "export"}),
}


def possible(item: Item) -> list[str]:
    """The deeds that the state of an item allows."""
    return [deed for deed in MORE if deed in _ONLY.get(item.state, ())]


def _settle(desk: Desk, details: Details, title: str, *, arrived: bool) -> Form:
    told = say("Look into the mail server first: only it knows.")
    return Form(
        title,
        (*_mail(details.item), cell(told, "bold")),
        (_REASON,),
        "Recording it ...",
        partial(desk.settle, arrived=arrived),
    )


def _mail(item: Item) -> tuple[Text, ...]:
    said = item.summary
    return (
        cell(say("{kind}: {reasons}", kind=item.kind, reasons=", ".join(item.reasons[:3]))),
        cell(f"{say('From')} {said.get('sender', '') or retell(item.damage) or '<>'}"),
        cell(f"{say('To')} {said.get('recipients', '')}"),
        cell(f"{say('Subject')} {said.get('subject', '')}"),
    )


def _second_person(desk: Desk, item: Item) -> tuple[Text, ...]:
    """What one person alone can do with it."""
    if not desk.needs_two(item):
        return ()
    if not item.approved_by:
        told = "{kind} mail needs two persons: you approve it, and somebody else releases it."
    elif item.approved_by == who():
        told = "You have approved it already: somebody else has to release it."
    else:
        told = "{person} has approved it: you are the second person, and it leaves."
    return (cell(say(told, kind=item.kind, person=item.approved_by), "bold yellow"),)
