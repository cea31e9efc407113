"""Texts by their English: those of the code by name, and finished sentences by what made them.

Errors, findings and reasons are made by parts that know nothing of languages, and are stored and
logged in English. So a sentence is compared with the texts that have places for values, and those
values are put into the same places of the other text. What no text fits is left as it is.

Rule 1. Only the texts are templates. A value that looks like one is a value.
Rule 2. A value is reworded only in a place whose name says that our own words stand there.
Rule 3. A text of few words is only recognised by the words of ours in its places.
Rule 4. The time that it takes grows with the length of the sentence, and no faster.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

Text = str | tuple[str, str]
"""A text; or two where it counts, for less than two and for more."""

OURS = frozenset(
    {"action", "advice", "deed", "error", "how", "kind", "level", "meaning", "more", "now"}
    | {"problem", "reason", "role", "state", "told", "was", "what", "when", "why"}
)
"""The places in which words of ours stand; in all others they are the sender's, or anybody's."""
TELLING = 9
"""So many letters of its own, and a text is not mistaken for another."""
_DEEPEST = 6
_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z`])")
_REMEMBERED = 4096
_LONGEST = 8192
"""Nothing that we say is longer, and what a sender wrote may be."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places: what stands between them, their names, and the text to say."""

    between: tuple[str, ...]
    names: tuple[str, ...]
    text: Text

    @property
    def letters(self) -> int:
        """How many letters are its own."""
        return sum(letter.isalpha() for piece in self.between for letter in piece)

    def values(self, sentence: str) -> dict[str, str] | None:
        """What stands in the places, if the sentence was made of this text."""
        first, last = self.between[0], self.between[-1]
        end = len(sentence) - len(last)
        if end < len(first) or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        at, found = len(first), []
        for piece in self.between[1:-1]:
            stop = sentence.find(piece, at, end)
            if stop < 0:
                return None
            found.append(sentence[at:stop])
            at = stop + len(piece)
        found.append(sentence[at:end])
        # A colon belongs to what is said, and never to a value before it.
        if any(value.endswith(":") for value in found):
            return None
        return dict(zip(self.names, found, strict=True))


class Phrasebook:
    """One language. Without texts it says everything as it is."""

    def __init__(self, texts: Mapping[str, Text]) -> None:
        self._texts = texts
        self._templates = sorted(templates(texts), key=lambda one: -one.letters)
        # Each part of a sentence is compared once, however often it could be a part of something.
        self._told = lru_cache(_REMEMBERED)(self._find)

    def say(self, text: str, values: Mapping[str, object]) -> str:
        """A text of the code, with ``values`` in its places."""
        if not self._texts:
            return text.format(**values)
        ours = {
            name: self._told(str(value), 1) or value if name in OURS else value
            for name, value in values.items()
        }
        return _chosen(self._texts.get(text, text), values).format(**ours)

    def retell(self, sentence: str) -> str:
        """A finished sentence, or several of them."""
        return self._told(sentence, 0) or sentence

    def _find(self, sentence: str, depth: int) -> str | None:
        if not self._texts or depth > _DEEPEST or len(sentence) > _LONGEST:
            return None
        known = self._texts.get(sentence)
        if isinstance(known, str):
            return known
        for template in self._templates:
            values = template.values(sentence)
            if values is not None and (told := self._filled(template, values, depth)):
                return told
        return self._by_parts(_SENTENCES.split(sentence), " ", depth) or self._by_parts(
            sentence.split(", "), ", ", depth
        )

    def _by_parts(self, parts: list[str], between: str, depth: int) -> str | None:
        """Several sentences, or several words with commas between; if all of them are ours."""
        if len(parts) == 1:
            return None
        told = [self._told(part, depth + 1) for part in parts]
        return between.join(filter(None, told)) if all(told) else None

    def _filled(self, template: Template, values: Mapping[str, str], depth: int) -> str | None:
        told = {name: self._told(values[name], depth + 1) for name in values if name in OURS}
        if template.letters < TELLING and not (told and all(told.values())):
            return None
        known = {name: words for name, words in told.items() if words}
        return _chosen(template.text, values).format(**{**values, **known})


def templates(texts: Mapping[str, Text]) -> Iterator[Template]:
    """Those of the texts that have places."""
    for english, text in texts.items():
        pieces = [*Formatter().parse(english)]
        names = tuple(name for _, name, _, _ in pieces if name is not None)
        if all(names) and names:
            between = [literal for literal, _, _, _ in pieces]
            if pieces[-1][1] is not None:
                between.append("")
            yield Template(tuple(between), names, text)


def _chosen(text: Text, values: Mapping[str, object]) -> str:
    if isinstance(text, str):
        return text
    digits = re.sub(r"\D", "", str(values["count"]))
    return text[int(digits or 0) >= 2]
