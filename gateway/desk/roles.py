"""Who may do what at the desk: a role for each command, Unix groups for each role.

1. A command that the tables do not name is refused; a test keeps them complete.
2. Nothing that a person types is opened as a file of this machine: commands that do so are
   ``ONLY_HERE``, and ``export`` gives guests a pipe.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum


class Role(IntEnum):
    """What a person may do; each may do all that the one before may."""

    VIEWER = 1
    ANALYST = 2
    ADMINISTRATOR = 3

    @property
    def word(self) -> str:
        """As people write it."""
        return self.name.lower()


Groups = Mapping[Role, Sequence[str]]
"""The Unix groups of each role."""


class RefusedError(Exception):
    """The desk does not do that. The text is one clear line for who asked."""


NEEDED: Mapping[str, Role] = {
    "list": Role.VIEWER,
    "show": Role.VIEWER,
    "stats": Role.VIEWER,
    "allowances": Role.VIEWER,
    "release": Role.ANALYST,
    "approve": Role.ANALYST,
    "settle": Role.ANALYST,
    "delete": Role.ANALYST,
    "report": Role.ANALYST,
    # Only into a pipe: the command itself writes no file for a guest.
    "export": Role.ANALYST,
    "rescan": Role.ANALYST,
    "allow": Role.ANALYST,
    "disallow": Role.ANALYST,
    "legal-hold": Role.ADMINISTRATOR,
    "purge": Role.ADMINISTRATOR,
    "fsck": Role.ADMINISTRATOR,
    "reindex": Role.ADMINISTRATOR,
    "keys show": Role.ADMINISTRATOR,
    "keys rotate": Role.ADMINISTRATOR,
    "audit list": Role.ADMINISTRATOR,
    "audit head": Role.ADMINISTRATOR,
    "audit verify": Role.ADMINISTRATOR,
}
"""By the words behind ``lazaretto quarantine``."""

OPTIONS: Mapping[tuple[str, str], Role] = {
    # The words of a letter to a patient, and not only that there is one.
    ("show", "--text"): Role.ANALYST,
    ("show", "--raw"): Role.ANALYST,
}
"""What needs more than its command does."""

ONLY_HERE: Mapping[str, str] = {
    "review": "the screen runs as whoever looks at it, and asks for each thing that is done",
    "backup": "it writes files of that machine: only the gateway's own user does",
    "restore": "it reads files of that machine, while the gateway stands still",
    "keys create": "it writes files of that machine: only the gateway's own user does",
}
"""Commands that the desk does not run, and why."""

_SETTINGS = "--config"


def role_of(groups: AbstractSet[str], known: Groups) -> Role | None:
    """The highest role that an account in ``groups`` has."""
    return max((role for role, names in known.items() if groups & {*names}), default=None)


def check(words: Sequence[str], role: Role, known: Groups) -> str:
    """The name of the command, if ``role`` may run it. Raises RefusedError."""
    name = _name(words)
    if any(_is(word, _SETTINGS) for word in words):
        raise RefusedError("leave out --config: the gateway has settings of its own")
    asked = [need for (of, option), need in OPTIONS.items() if of == name and _has(words, option)]
    needed = max([NEEDED[name], *asked])
    if role < needed:
        raise RefusedError(f"{name} needs the role {needed.word}{_where(needed, known)}")
    return name


def _name(words: Sequence[str]) -> str:
    for name in (" ".join(words[:1]), " ".join(words[:2])):
        if why := ONLY_HERE.get(name):
            raise RefusedError(f"the desk does not run {name}: {why}")
        if name in NEEDED:
            return name
    raise RefusedError("the desk knows no such command: see lazaretto quarantine --help")


def _has(words: Sequence[str], option: str) -> bool:
    # Also where it is only the value of another option: asking for too much is no harm.
    return any(_is(word, option) for word in words)


def _is(word: str, option: str) -> bool:
    return word == option or word.startswith(f"{option}=")


def _where(needed: Role, known: Groups) -> str:
    names = [name for role in Role if role >= needed for name in known.get(role, ())]
    return f": ask for the group {' / '.join(names)}" if names else ", which no group has"
