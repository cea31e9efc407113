"""Compile rule packs and match bytes against them: the one place that imports yara.

Rule 1. A file that does not compile is left out and said; the others are used.
Rule 2. Nothing is included from disk and nothing compiled is ever loaded.
Rule 3. What libyara did not look at to the end is said, never passed over.

What rules say that ask only about bytes and kinds is always true of the same bytes. So the others
are compiled once more, by themselves: they alone are asked again when the bytes are known.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yara

from gateway.model import Level, Pack
from gateway.packs.format import Problem, RuleFile, RulePack
from gateway.packs.syntax import outline, words

EXTERNALS: Mapping[str, str | int] = {
    "name": "",
    "extension": "",
    "kind": "",
    "kinds": "",
    "depth": 0,
    "sender_domain": "",
    # Names that published packs use for the same things.
    "filename": "",
    "filepath": "",
    "filetype": "",
    "owner": "",
}
"""What a rule may ask about the file besides its bytes."""

CIRCUMSTANCES = frozenset({"name", "filename", "extension", "depth", "sender_domain"})
"""Those of them that bytes and kinds do not tell."""
_ASKED = re.compile(rf"\b({'|'.join(sorted(CIRCUMSTANCES))}|time)\b")
_SECONDS = 20
_SLOW_ADVICE = (
    "it has no four bytes in a row that are rare: give it more letters, or an anchor before a gap"
)
_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


class TooSlowError(Exception):
    """The rules did not come to an end in time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a string of a rule was found."""

    identifier: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that matched."""

    rule: str
    pack: Pack
    level: Level
    description: str
    technique: str
    places: tuple[Place, ...]
    """The first place of each string."""
    is_of_bytes: bool = True
    """It asked about nothing but bytes and kinds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say about some bytes."""

    matches: tuple[Match, ...]
    uncounted: tuple[str, ...]
    """Rules with a string that matched so often that libyara stopped counting."""


class Rules:
    """Compiled rules; ``packs`` says whose each namespace is, ``asking`` which ask for more."""

    def __init__(
        self,
        sources: Mapping[str, str],
        packs: Mapping[str, RulePack],
        asking: Container[str],
        seconds: int,
    ) -> None:
        self._compiled = _compile(sources)
        self._packs = packs
        self._asking = asking
        self._seconds = seconds
        self._is_empty = not sources

    def echoes(self) -> dict[str, frozenset[str]]:
        """By name of a rule, the finding codes that say the same, as its meta ``echoes`` names."""
        stated = ((rule.identifier, str(rule.meta.get("echoes", ""))) for rule in self._compiled)
        return {name: frozenset(codes.split()) for name, codes in stated if codes}

    def match(self, data: bytes, externals: Mapping[str, str | int]) -> Answer:
        """Match ``data``. Raises TooSlowError when that takes too long."""
        uncounted: dict[str, None] = {}
        if self._is_empty:
            return Answer((), ())

        def warned(_kind: int, string: tuple[str, str, str]) -> int:
            namespace, rule, _ = string
            # What would be a note changes nothing, however often it is there.
            if not self._packs[namespace].is_on_trial(rule):
                uncounted[rule] = None
            return int(yara.CALLBACK_CONTINUE)

        try:
            found = self._compiled.match(
                data=data,
                externals={**EXTERNALS, **externals},
                timeout=self._seconds,
                fast=True,
                warnings_callback=warned,
            )
        except yara.TimeoutError as error:
            raise TooSlowError(f"the rules took more than {self._seconds} s") from error
        return Answer(tuple(self._value(match) for match in found), tuple(uncounted))

    def _value(self, match: yara.Match) -> Match:
        pack = self._packs[match.namespace]
        return Match(
            rule=match.rule,
            pack=Pack(pack.name, pack.version),
            level=pack.level(match.rule, match.meta),
            description=str(match.meta.get("description") or match.meta.get("desc", "")),
            technique=str(match.meta.get("technique", "")),
            places=tuple(_places(match)),
            is_of_bytes=match.namespace not in self._asking,
        )


@dataclass(frozen=True, slots=True)
class CompiledPacks:
    """All rules of some packs. ``problems`` name every file that was left out."""

    pack: Pack
    """The packs as one: their names and versions in order, with a plus between them."""
    all: Rules
    of_circumstances: Rules
    """Those that ask about more than bytes and kinds, once more."""
    problems: tuple[Problem, ...]

    def match(self, data: bytes, externals: Mapping[str, str | int]) -> Answer:
        """What all of them say about ``data``. Raises TooSlowError when that takes too long."""
        return self.all.match(data, externals)


def compile_rules(packs: Sequence[RulePack], *, seconds: int = _SECONDS) -> CompiledPacks:
    """Compile ``packs``, each file in a namespace of its own. ``seconds`` limit one match."""
    sources: dict[str, str] = {}
    owners: dict[str, RulePack] = {}
    for number, pack in enumerate(packs):
        for file in pack.files:
            sources[f"{number}:{file.name}"] = file.text
            owners[f"{number}:{file.name}"] = pack
    try:
        return _compiled(sources, owners, (), seconds)
    except yara.Error:
        # Together they do not say which file is to blame: ask each.
        files = (file for pack in packs for file in pack.files)
        problems = tuple(problem for file in files for problem in faults(file))
        bad = {problem.file for problem in problems}
        good = {key: text for key, text in sources.items() if key.partition(":")[2] not in bad}
        return _compiled(good, owners, problems, seconds)


def _compiled(
    sources: Mapping[str, str],
    owners: Mapping[str, RulePack],
    problems: tuple[Problem, ...],
    seconds: int,
) -> CompiledPacks:
    used = dict.fromkeys((owners[key].name, owners[key].version) for key in sources)
    pack = Pack("+".join(name for name, _ in used), "+".join(version for _, version in used))
    asking = {key: text for key, text in sources.items() if _asks_for_more(text)}
    every, some = (Rules(chosen, owners, asking, seconds) for chosen in (sources, asking))
    return CompiledPacks(pack, every, some, problems)


def _asks_for_more(text: str) -> bool:
    """Whether a rule file asks about anything but bytes and kinds; in doubt it does."""
    # Most files have none of these words anywhere, and this look is much the faster one.
    if not _ASKED.search(text):
        return False
    said = frozenset(words(text))
    return not said.isdisjoint(CIRCUMSTANCES) or "time" in said


def faults(file: RuleFile) -> Iterator[Problem]:
    """Why ``file`` does not compile, if it does not."""
    try:
        _compile({"": file.text})
    except yara.Error as error:
        yield _problem(file, str(error), is_fatal=True)


def remarks(file: RuleFile) -> Iterator[Problem]:
    """What libyara thinks is slow in a file that compiles."""
    rules = outline(file.text).rules
    for warning in _compile({"": file.text}).warnings:
        said = str(warning)
        # Of repeats without an end ``check_file`` says more.
        if "consider using" in said:
            continue
        problem = _problem(file, said, is_fatal=False)
        rule = next((one.name for one in reversed(rules) if one.line <= problem.line), "")
        advice = f"; {_SLOW_ADVICE}" if "slow down" in said else ""
        what = f"rule {rule}: {problem.what}{advice}" if rule else problem.what + advice
        yield replace(problem, what=what)


def _compile(sources: Mapping[str, str]) -> yara.Rules:
    return yara.compile(sources=dict(sources), includes=False, externals=dict(EXTERNALS))


def _problem(file: RuleFile, said: str, *, is_fatal: bool) -> Problem:
    found = _LINE.search(said)
    line, what = (int(found[1]), found[2]) if found else (0, said)
    if what.startswith("undefined identifier"):
        what += f"; what rules may ask about is {', '.join(EXTERNALS)}"
    return Problem(file.name, line, what, is_fatal)


def _places(match: yara.Match) -> Iterator[Place]:
    for string in match.strings:
        first = string.instances[0]
        yield Place(string.identifier, first.offset, first.matched_length)
