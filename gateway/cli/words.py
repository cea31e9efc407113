"""What the commands say, in the language of whoever reads it: English, or French by locale.

The English text is the key, so the code reads as the program speaks. What programs read (JSON,
codes) and what is recorded stays English: reports, errors and the audit are worded when shown.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from gateway.cli.catalogues import LANGUAGES, texts
from gateway.cli.phrasebook import Phrasebook

ENGLISH = "en"
_chosen: ContextVar[str] = ContextVar("chosen", default="")


def say(text: str, /, **values: object) -> str:
    """``text`` in the reader's language, with ``values`` in its places."""
    return _book(language()).say(text, values)


def number(one: str, many: str, /, *, count: int, **values: object) -> str:
    """The same for a text that counts: ``one`` is its English for 1, ``many`` for all others."""
    text = one if count == 1 and language() == ENGLISH else many
    return say(text, count=count, **values)


def decimal(amount: float, digits: int) -> str:
    """A number with so many digits behind the point, or the comma."""
    return f"{amount:.{digits}f}".replace(".", say("."))


def retell(sentence: str) -> str:
    """In the reader's language what was made elsewhere: an error, a finding, a line of help."""
    return _book(language()).retell(sentence)


def language(environment: Mapping[str, str] = os.environ) -> str:
    """``fr``, or ``en`` for everybody whose language we do not speak, as gettext would choose."""
    if _chosen.get():
        return _chosen.get()
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    if _code(locale) in {"C", "POSIX"}:
        return ENGLISH
    wishes = environment.get("LANGUAGE") or locale
    known = (code for code in map(_code, wishes.split(":")) if code in {ENGLISH, *LANGUAGES})
    return next(known, ENGLISH)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak this language while the block lasts, whatever the locale is."""
    before = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(before)


def _code(locale: str) -> str:
    """``fr`` of ``fr_FR.UTF-8@euro``."""
    return locale.replace(".", "_").replace("@", "_").partition("_")[0]


@cache
def _book(code: str) -> Phrasebook:
    return Phrasebook({} if code == ENGLISH else texts(code))
