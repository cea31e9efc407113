"""The cases of a pack: bytes that a rule must match, and bytes that it nearly does.

They lie in ``cases.toml`` beside the rules. What must match is written in base64, so that no
scanner on an administrator's disk trips over it; what must not may be plain text.
"""

import base64
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.packs.format import Problem, RulePack
from gateway.packs.syntax import outline


@dataclass(frozen=True, slots=True)
class Case:
    """One case. ``file`` is the name that the rule is told."""

    rule: str
    file: str
    hits: bool
    why: str
    data: bytes


def read_cases(file: str, text: str) -> tuple[list[Case], list[Problem]]:
    """The cases in ``text``, and what is wrong with the others."""
    try:
        entries = tomllib.loads(text).get("case")
    except tomllib.TOMLDecodeError as error:
        return [], [Problem(file, 0, f"not valid TOML: {error}", is_fatal=False)]
    if not isinstance(entries, list):
        return [], [Problem(file, 0, "no case here: each begins with [[case]]", is_fatal=False)]
    cases: list[Case] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        try:
            cases.append(_case(entry))
        except (KeyError, TypeError, ValueError) as error:
            what = f"case {number}: {type(error).__name__}: {error}"
            problems.append(Problem(file, 0, what, is_fatal=False))
    return cases, problems


def missing_cases(pack: RulePack, cases: Sequence[Case]) -> Iterator[Problem]:
    """The rules of ``pack`` that lack a case that hits, or one that nearly does."""
    covered = {(case.rule, case.hits) for case in cases}
    rules = [(file, rule) for file in pack.files for rule in outline(file.text).rules]
    for file, rule in rules:
        for hits, what in ((True, "that hits"), (False, "that nearly does")):
            if (rule.name, hits) not in covered:
                advice = f"rule {rule.name}: add a case {what} to cases.toml"
                yield Problem(file.name, rule.line, advice, is_fatal=False)
    for name in {case.rule for case in cases} - {rule.name for _, rule in rules}:
        yield Problem("cases.toml", 0, f"no rule is called {name}", is_fatal=False)


def _case(entry: object) -> Case:
    if not isinstance(entry, dict):
        raise TypeError("expected a table")
    encoded, text = entry.get("base64"), entry.get("text")
    if (encoded is None) == (text is None):
        raise ValueError('give the bytes once, as base64 = "..." or as text = "..."')
    data = str(text).encode() if encoded is None else base64.b64decode(str(encoded), validate=False)
    return Case(
        str(entry["rule"]), str(entry["file"]), bool(entry["hits"]), str(entry["why"]), data
    )
