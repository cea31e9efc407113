"""What a rule pack is, and what is wrong with one: pure, nothing is read or compiled here.

A pack is a folder with ``pack.toml`` and rule files. What is found wrong is a value that names the
file, the line, and what to do. A fatal problem leaves out the file, never the pack.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from gateway.model import Level
from gateway.packs import spans
from gateway.packs.syntax import Pattern, Rule, outline

MANIFEST = "pack.toml"
CASES = "cases.toml"
SUFFIXES = frozenset({".yar", ".yara"})
MODULES = frozenset({"dotnet", "elf", "hash", "math", "pe", "string"})
"""What a rule file may import; ``time`` and ``console`` have no place in a verdict."""

_LONGEST_GAP = 900
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,39}")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?|")
_KEYS = frozenset({"name", "version", "description", "licence", "default_level", "notes"})
_LEVELS = {level.word: level for level in Level}
_SCORES = ((80, Level.MALICIOUS), (60, Level.SUSPICIOUS), (0, Level.NOTE))
"""From 0 to 100, as signature-base has it: what scanners of its makers alert, warn and note at."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a pack. ``str()`` gives ``file:line: what``."""

    file: str
    line: int
    """1 for the first line, 0 for the file as a whole."""
    what: str
    is_fatal: bool = True
    """Whether the file is left out; the rest of the pack is used all the same."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The text of one rule file; ``name`` is its path for people to read."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class RulePack:
    """A rule pack as it was read: a plain value that can be sent to a worker."""

    name: str
    version: str
    files: tuple[RuleFile, ...]
    description: str = ""
    licence: str = ""
    default_level: Level = Level.SUSPICIOUS
    """For rules that state no level of their own."""
    notes: tuple[str, ...] = ()
    """Rules on trial, by name or pattern (``is_*``): what they match is a note in any case."""
    is_published: bool = False
    """A folder without cases: others wrote its rules, and owe ours nothing."""

    def is_on_trial(self, rule: str) -> bool:
        """Whether what ``rule`` matches holds no mail yet."""
        return any(fnmatchcase(rule, pattern) for pattern in self.notes)

    def level(self, rule: str, meta: Mapping[str, object]) -> Level:
        """How bad a match is: as the rule says, by its level or by the score of published packs."""
        if self.is_on_trial(rule):
            return Level.NOTE
        stated = _LEVELS.get(str(meta.get("level", "")).lower())
        score = str(meta.get("score", ""))
        if stated is not None or not score.isdecimal():
            return self.default_level if stated is None else stated
        return next(level for least, level in _SCORES if int(score) >= least)


def read_manifest(file: str, text: str) -> tuple[RulePack, list[Problem]]:
    """The pack that ``text`` describes, without its rules; "" as name when it cannot be used."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return RulePack("", "", ()), [Problem(file, 0, f"not valid TOML: {error}")]
    problems = list(_manifest_problems(file, values))
    if any(problem.is_fatal for problem in problems):
        return RulePack("", "", ()), problems
    level = _LEVELS.get(values.get("default_level", ""), Level.SUSPICIOUS)
    pack = RulePack(
        values["name"],
        values["version"],
        (),
        str(values.get("description", "")),
        str(values.get("licence", "")),
        level,
        tuple(map(str, values.get("notes", ()))),
    )
    return pack, problems


def check_file(file: RuleFile) -> Iterator[Problem]:
    """What keeps ``file`` from being used, and what in it is slow or silently limited."""
    text = outline(file.text)
    for line, path in text.includes:
        yield Problem(file.name, line, f'include "{path}": put its rules into this file')
    for line, module in text.imports:
        if module not in MODULES:
            allowed = ", ".join(sorted(MODULES))
            yield Problem(
                file.name, line, f'import "{module}" is not allowed; these are: {allowed}'
            )
    for rule in text.rules:
        for pattern in (*rule.patterns, *rule.asked):
            for what in _limited(pattern):
                where = f"rule {rule.name}, {pattern.identifier}: {what}"
                yield Problem(file.name, pattern.line, where, is_fatal=False)
        for line in rule.loops:
            what = (
                f"rule {rule.name}: a loop over every byte of a file takes seconds for a big one; "
                "look for a string, and ask about its places (@a[i])"
            )
            yield Problem(file.name, line, what, is_fatal=False)


def check_meta(file: RuleFile) -> Iterator[Problem]:
    """What our own rules owe to whoever reads their findings."""
    for rule in outline(file.text).rules:
        for what in _meta_problems(rule):
            yield Problem(file.name, rule.line, f"rule {rule.name}: {what}", is_fatal=False)


def check_levels(pack: RulePack) -> Iterator[Problem]:
    """How many rules of a published pack get the level of the pack, for they state none."""
    rules = [rule for file in pack.files for rule in outline(file.text).rules]
    silent = [rule for rule in rules if not {"level", "score"} & rule.meta.keys()]
    if silent:
        what = (
            f"{len(silent)} of {len(rules)} rules state no level and no score: their matches are "
            f"{pack.default_level.word}; a {MANIFEST} with default_level changes that"
        )
        yield Problem(pack.name, 0, what, is_fatal=False)


def check_names(packs: Sequence[RulePack]) -> Iterator[Problem]:
    """Which rules bear a name that another file has given out: exceptions then mean both."""
    first: dict[str, str] = {}
    for file in (file for pack in packs for file in pack.files):
        for rule in outline(file.text).rules:
            before = first.setdefault(rule.name, file.name)
            if before != file.name:
                what = (
                    f"rule {rule.name}: {before} has a rule of this name too. Both are used; "
                    "rename one, or actions and exceptions for the name mean both"
                )
                yield Problem(file.name, rule.line, what, is_fatal=False)


def _manifest_problems(file: str, values: dict[str, object]) -> Iterator[Problem]:
    for key, form, example in (("name", _NAME, "core"), ("version", _VERSION, "2026.11.23")):
        value = values.get(key)
        if not isinstance(value, str) or not form.fullmatch(value):
            yield Problem(file, 0, f'{key}: expected a text such as "{example}"')
    level = values.get("default_level", Level.SUSPICIOUS.word)
    if not isinstance(level, str) or level not in _LEVELS:
        yield Problem(file, 0, f"default_level: expected one of {', '.join(_LEVELS)}")
    notes = values.get("notes", [])
    if not isinstance(notes, list) or not all(isinstance(one, str) for one in notes):
        yield Problem(file, 0, 'notes: expected names of rules such as ["is_*", "Detect_URLs"]')
    for key in values.keys() - _KEYS:
        known = ", ".join(sorted(_KEYS))
        yield Problem(file, 0, f"{key}: unknown key; known are {known}", is_fatal=False)


def _meta_problems(rule: Rule) -> Iterator[str]:
    if not rule.meta.get("description"):
        yield 'add meta description = "..." for whoever reads the finding'
    if rule.meta.get("level") not in _LEVELS:
        yield f"add meta level, one of {', '.join(_LEVELS)}"
    reference = urlsplit(rule.meta.get("reference", ""))
    if reference.scheme != "https" or not reference.netloc:
        yield 'add meta reference = "https://..." with the address of a public document'
    technique = rule.meta.get("technique")
    if technique is None or not _TECHNIQUE.fullmatch(technique):
        yield 'add meta technique = "T1059.005", or "" where no ATT&CK technique fits'


def _limited(pattern: Pattern) -> Iterator[str]:
    """Why libyara would miss long matches of a pattern without a word."""
    advice = "longer matches are silently missed"
    if pattern.is_regex and (repeat := _widest_repeat(pattern.text)):
        yield f"{repeat} is too wide; write {{0,{_LONGEST_GAP}}} or less: {advice}"
        return
    longest = 0.0
    if pattern.is_regex:
        longest = spans.of_regex(pattern.text, is_wide=pattern.is_wide)
    elif pattern.is_hexadecimal:
        longest = spans.of_hexadecimal(pattern.text)
    if longest > spans.LIMIT:
        wide = ", two for each letter since it is wide" if pattern.is_wide else ""
        yield (
            f"a match may have {longest:,.0f} bytes{wide}, and libyara gives up after "
            f"{spans.LIMIT:,}: make its repeats shorter, or make two strings of it; {advice}"
        )


def _widest_repeat(regex: str) -> str:
    """The first repeat of ``regex`` that may run over the limit, or ""."""
    for found in _REPEAT.finditer(regex):
        repeat = found["repeat"]
        if repeat is None:
            continue
        if repeat in {"*", "+"}:
            return repeat
        upper = found["exact"] or found["upper"]
        if upper is not None and (not upper or int(upper) > _LONGEST_GAP):
            return repeat
    return ""


# Escapes and character classes are stepped over, so that a star in them is no repeat.
_REPEAT = re.compile(
    r"""(?sx) \\. | \[\^?\]?(?:\\.|[^\]\\])*\]
    | (?P<repeat> [*+] | \{ \d* , (?P<upper>\d*) \} | \{ (?P<exact>\d+) \} )"""
)
