"""Search tokens: keyed hashes of words, which find an item and tell nothing without the key.

A text is cut into words without regard to case and accents. Each word becomes an HMAC under a key
of its own; two items with the same word have the same token, and that is all that a copy of the
disk shows.
"""

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from quarantine.item import Field

TOKEN_BYTES = 12
"""Enough: among a million tokens two meet by chance once in 10^17."""
_MOST_TOKENS = 400
_MOST_CHARACTERS = 4096
_LONGEST_WORD = 128

_WORD = re.compile(r"[^\W_]+")


def tokens(secret: bytes, searchable: Mapping[Field, Iterable[str]]) -> frozenset[bytes]:
    """The tokens of an item that has these texts; of very many the first."""
    cuts = (
        (field, cut) for field, texts in searchable.items() for text in texts
        for cut in _KEPT[field](_plain(text))
    )  # fmt: skip
    return frozenset(_token(secret, field, cut) for field, cut in islice(cuts, _MOST_TOKENS))


def wanted(secret: bytes, terms: Iterable[tuple[Field, str]]) -> frozenset[bytes]:
    """The tokens that an item must have to be found by all of ``terms``."""
    return frozenset(
        _token(secret, field, cut) for field, text in terms for cut in _ASKED[field](_plain(text))
    )


def _plain(text: str) -> str:
    """Without case and accents: ``Résultat`` is ``resultat``."""
    apart = unicodedata.normalize("NFKD", text[:_MOST_CHARACTERS].casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _words(text: str) -> Iterator[str]:
    return (match[0][:_LONGEST_WORD] for match in _WORD.finditer(text))


def _whole(text: str) -> Iterator[str]:
    # A text of nothing is asked for too, and found nowhere.
    yield text.strip()[:_LONGEST_WORD]


def _address(text: str) -> Iterator[str]:
    yield from _whole(text)
    yield "@" + text.strip().rpartition("@")[2][:_LONGEST_WORD]
    yield from _words(text)


def _asked_address(text: str) -> Iterator[str]:
    """``a@b.example`` is one mailbox, ``@b.example`` a domain, anything else words."""
    return _whole(text) if "@" in text else _asked_words(text)


def _asked_words(text: str) -> Iterator[str]:
    found = list(_words(text))
    yield from found or _whole(text)


_Cut = Callable[[str], Iterator[str]]

_KEPT: Mapping[Field, _Cut] = {
    Field.SENDER: _address,
    Field.RECIPIENT: _address,
    Field.SUBJECT: _words,
    Field.FILE: _words,
    Field.HASH: _whole,
    Field.RULE: _whole,
}
_ASKED: Mapping[Field, _Cut] = {
    Field.SENDER: _asked_address,
    Field.RECIPIENT: _asked_address,
    Field.SUBJECT: _asked_words,
    Field.FILE: _asked_words,
    Field.HASH: _whole,
    Field.RULE: _whole,
}


def _token(secret: bytes, field: Field, cut: str) -> bytes:
    named = f"{field}\0{cut}".encode(errors="replace")
    return hmac.digest(secret, named, "sha256")[:TOKEN_BYTES]
