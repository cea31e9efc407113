"""Which words of a text may be a password, the likeliest first.

The wording of French, English, German, Spanish, Italian, Dutch, Portuguese and Swedish is known.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice

from gateway.mime.words import decode_text

WORDS = 6
"""The rank from which on a suggestion is a word like any other."""
_LONGEST = 64
_CUE = re.compile(
    r"""(?ix) (?<![^\W\d_])
    ( mots? \s* de \s* passe | mdp | codes? | cl[eé]s? | sesame
    | pass \s? (?: word | wort | code | phrase )? s? | pwd? | psw | pin
    | kennw[oö]rt (?:er)? | losung | schl[uü]ssel
    | contrase(?:ñ|n|..?)as? | claves? | senha | parola | chiave
    | wachtwoord | toegangscode | l[oö]senord
    ) (?![^\W\d_])
    """
)
_SEPARATOR = re.compile("[:=\u2192]|->")
_SINGLE = "'`\u2018\u2019\u201a"
_OPENING = _SINGLE + '"\u201c\u201d\u201e\u00ab[(<{'
_CLOSING = _SINGLE + '"\u201c\u201d\u00bb])>}'
_QUOTED = re.compile(
    rf"[{re.escape(_OPENING)}]\s{{0,2}}([^\s{re.escape(_OPENING + _CLOSING)}]"
    rf"[^\n{re.escape(_OPENING + _CLOSING)}]{{0,63}}?)\s{{0,2}}[{re.escape(_CLOSING)}]"
)
_BEFORE, _AFTER = _OPENING + "*_", _CLOSING + "*_.,;:"
_BLOCK_TAG = re.compile(r"(?i)<(?:br|/p|p|/?div|/?tr|/?td|/?th|/?li|/?h[1-6]|/?table)\b[^<>]*>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def plain(data: bytes, *, is_html: bool) -> str:
    """What a reader sees of a text."""
    # The letters of UTF-16 have zeros between them.
    text = decode_text(data.replace(b"\0", b""), "")
    if is_html:
        # Words are cut in two by tags that nobody sees; only some of them end a line.
        text = _ANY_TAG.sub("", _BLOCK_TAG.sub("\n", text.replace("\n", " ")))
        text = html.unescape(text)
    return _INVISIBLE.sub("", text).replace("\u00a0", " ")


def suggestions(text: str) -> Iterator[tuple[int, str]]:
    """Each word that may be a password, with its rank, 0 is the surest; those near a cue first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cues = [(number, cue) for number, line in enumerate(lines) if (cue := _CUE.search(line))]
    for number, cue in cues:
        line = lines[number]
        yield from _beside(line[: cue.start()], line[cue.end() :])
        for following in lines[number + 1 : number + 2]:
            yield from ((2, word) for word in _variants(following[:_LONGEST]))
            yield from _tokens(following, 2, WORDS)
    for line in lines:
        rank = 5 if " " in line else 4
        yield from ((rank, word) for rank, word in _tokens(line, rank, WORDS) if rank < WORDS)


def _beside(before: str, after: str) -> Iterator[tuple[int, str]]:
    """Words on the line that speaks of a password."""
    separator = _SEPARATOR.search(after, 0, 60)
    rest = (after[separator.end() :] if separator else after).strip()
    if separator and rest:
        yield from ((0, word) for word in _variants(rest.split()[0]))
        yield from ((1, word) for word in _variants(rest[:_LONGEST]))
    for quoted in islice(_QUOTED.finditer(after), 5):
        yield 0, quoted[1]
    yield from _tokens(rest, 1, 3)
    yield from _tokens(before, 3, WORDS)


def _tokens(text: str, rank: int, rank_of_plain_words: int) -> Iterator[tuple[int, str]]:
    for token in text[:1000].split():
        for word in _variants(token):
            yield (rank if _is_odd(word) else rank_of_plain_words), word


def _variants(token: str) -> Iterator[str]:
    """A token as it stands, and without what a sentence puts around it."""
    bare = token.strip(_BEFORE + _AFTER)
    firm = token.lstrip(_BEFORE).rstrip(_AFTER + "!?")
    for word in dict.fromkeys((token.lstrip(_BEFORE).rstrip("."), bare, firm, token)):
        if 0 < len(word) <= _LONGEST:
            yield word


def _is_odd(word: str) -> bool:
    """Whether it looks like a password: digits or signs in it, or capitals after the first."""
    is_plain = word.isalpha() and (word[1:].islower() or len(word) == 1)
    return len(word) >= 3 and not is_plain and any(letter.isalnum() for letter in word)
