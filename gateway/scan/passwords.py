"""The passwords that a locked file of a message may have: those that its words name come first.

An attacker locks a file so that no filter sees into it, and writes the password beside it; honest
senders do the same. Nothing is read until some extractor asks, so other mail does not pay for it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from gateway.mime import heading
from gateway.model import Finding, Level, Lineage
from gateway.scan.formats.passwordwords import WORDS, plain, suggestions
from gateway.scan.kinds import Kind


class Cost(IntEnum):
    """How many passwords are tried on one file, by what each of them costs."""

    CHEAP = 500
    """Microseconds: the old encryption of ZIP."""
    FAIR = 60
    """A few milliseconds: AES in ZIP, PDF."""
    DEAR = 10
    """A quarter of a second: 7z, RAR, Office since 2007."""


@dataclass(frozen=True, slots=True)
class Password:
    """One that is tried, and where it is from."""

    text: str
    source: str
    is_likely: bool = True
    """False for a mere word of the message: it is tried where that costs little."""


_SPOKEN = (Kind.MESSAGE, Kind.HTML, Kind.TEXT, Kind.HPRIM)
_MOST_TEXTS = 40
_MOST_NAMES = 200
_TEXT_BYTES = 64 << 10
_MOST_FROM_TEXTS = 400
_TRIES = {Cost.CHEAP: 20_000, Cost.FAIR: 1_200, Cost.DEAR: 60}
"""For all files of one message together: some seconds of each kind."""
_FROM_MESSAGE_WHEN_DEAR = 6
"""As many of the message's own words go first, then the site's and the usual ones."""

_USUAL = (
    "infected", "1234", "12345", "123456", "password", "0000", "2026", "2025", "2024", "test",
    "malware", "virus", "abc123", "1111", "111", "123", "12345678", "123456789", "1234567890",
    "passw0rd", "Password", "Password1", "admin", "qwerty", "azerty", "secret", "motdepasse",
    "passwort", "contraseña", "pass", "office", "invoice", "facture", "doc", "document", "code",
    "777", "888", "999", "000", "00000", "000000", "4321", "54321", "654321", "111111", "a", "abc",
    *map(str, range(2015, 2024)), *map(str, range(2027, 2031)),
)  # fmt: skip
_OFFICE_ASSUMES = "VelvetSweatshop"
"""Excel and PowerPoint try it by themselves, so that a file opens without a question."""

_WORDS_OF_A_NAME = re.compile(r"[^\W_]{3,64}")


class Passwords:
    """All that one message says about passwords. Made anew for each message."""

    def __init__(self, site: Sequence[str] = ()) -> None:
        self._site = tuple(site)
        self._texts: list[tuple[bytes, Kind]] = []
        self._names: dict[str, None] = {}
        self._ranked: tuple[Password, ...] | None = None
        self._worked: dict[str, Password] = {}
        self._tries_left = dict(_TRIES)

    def hear(self, data: bytes, names: Iterable[str], kinds: Collection[Kind]) -> None:
        """Keep what a file of the message says, for the case that a locked one turns up."""
        self._ranked = None
        if len(self._names) < _MOST_NAMES:
            self._names.update(dict.fromkeys(name[:200] for name in names))
        if len(self._texts) >= _MOST_TEXTS:
            return
        kind = next((kind for kind in kinds if kind in _SPOKEN), None)
        if kind is not None:
            self._texts.append((data[:_TEXT_BYTES], kind))

    def find(
        self, opens: Callable[[str], bool], cost: Cost, *, most: int = 1000
    ) -> Password | None:
        """The first password that ``opens`` says yes to; at most ``most`` are tried."""
        for password in islice(self._candidates(cost), most):
            if opens(password.text):
                self._worked[password.text] = password
                return password
        return None

    def _candidates(self, cost: Cost) -> Iterator[Password]:
        if self._ranked is None:
            self._ranked = tuple(self._rank())
        ahead = tuple(self._worked.values())
        tried: set[str] = set()
        for password in (*ahead, *self._in_order(cost)):
            if len(tried) >= cost or not self._tries_left[cost]:
                return
            if password.text not in tried:
                tried.add(password.text)
                self._tries_left[cost] -= 1
                yield password

    def _in_order(self, cost: Cost) -> Iterator[Password]:
        own = self._ranked or ()
        likely = [password for password in own if password.is_likely]
        yield from likely[: _FROM_MESSAGE_WHEN_DEAR if cost is Cost.DEAR else cost // 2]
        yield from (Password(text, "from the settings") for text in self._site)
        yield Password(_OFFICE_ASSUMES, "assumed by Office")
        yield from (Password(text, "a usual one") for text in _USUAL)
        yield from own

    def _spoken(self) -> Iterator[str]:
        """Each text as a reader sees it; of a mail the subject, for its bodies are files too."""
        for data, kind in self._texts:
            if kind is Kind.MESSAGE:
                yield heading(data).subject
            else:
                yield plain(data, is_html=kind is Kind.HTML)

    def _rank(self) -> Iterator[Password]:
        """What the message itself suggests, the likeliest first, each once."""
        ranked: dict[str, int] = {}
        for text in (*self._spoken(), *self._names):
            for rank, token in islice(suggestions(text), _MOST_FROM_TEXTS):
                ranked[token] = min(rank, ranked.get(token, rank))
        for name in self._names:
            for word in (name.rpartition(".")[0] or name, *_WORDS_OF_A_NAME.findall(name)):
                ranked.setdefault(word, WORDS)
        for token in sorted(ranked, key=ranked.__getitem__):
            yield Password(token, "from the message", is_likely=ranked[token] < WORDS)


def opened_note(password: Password, what: str, lineage: Lineage) -> Finding:
    """Say that a locked file was opened, and how; a site's own password is not shown."""
    shown = "" if password.source == "from the settings" else f" {password.text!r},"
    return Finding(
        "archive.password",
        Level.NOTE,
        "A locked file was opened with a password",
        f"{what}:{shown} {password.source}",
        lineage,
    )
