"""Read the outline of YARA source: its rules, metadata and patterns, and the lines they stand on.

Not a compiler: libyara says whether a file is valid. This says where things are, so that a remark
can name a line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Pattern:
    """One string of a rule: the text between its quotes, slashes or braces."""

    identifier: str
    text: str
    line: int
    is_regex: bool
    is_hexadecimal: bool = False
    is_wide: bool = False


@dataclass(slots=True)
class Rule:
    """One rule, as far as it can be seen from outside."""

    name: str
    line: int
    meta: dict[str, str] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)
    asked: list[Pattern] = field(default_factory=list)
    """Regular expressions in its condition."""
    loops: list[int] = field(default_factory=list)
    """Lines of loops over every byte of the file."""


@dataclass(slots=True)
class Outline:
    """What a rule file holds; includes and imports with their line."""

    includes: list[tuple[int, str]] = field(default_factory=list)
    imports: list[tuple[int, str]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


_TOKEN = re.compile(
    r"""(?sx)
      (?P<space>   \s+ | //[^\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<string>  "(?:\\.|[^"\\\n])*"? )
    | (?P<word>    [$@\#!]?\w+\*? | [$@\#!] )
    | (?P<slash>   / )
    | (?P<brace>   \{ )
    | (?P<mark>    . )
    """
)
_REGEX = re.compile(r"/(?:\\.|[^/\\\n])*/?[is]*")
_HEX = re.compile(r"\{[^}]*\}?")
_SECTIONS = frozenset({"meta", "strings", "condition"})


def outline(text: str) -> Outline:
    """The outline of ``text``; what is not well formed is left out."""
    found = Outline()
    rule: Rule | None = None
    section = ""
    tokens = [_Token("", "", 0)] * 2
    for token in _tokens(text):
        before, last = tokens
        match last.text, token.kind:
            case "include", "string":
                found.includes.append((token.line, token.text))
            case "import", "string":
                found.imports.append((token.line, token.text))
            case "rule", "word":
                rule, section = Rule(token.text, token.line), ""
                found.rules.append(rule)
            case "=", kind if rule is not None and before.kind == "word":
                _assign(rule, section, (before.text, kind, token))
            case word, _ if token.text == ":" and word in _SECTIONS:
                section = word
            case "matches", "regex" if rule is not None:
                rule.asked.append(Pattern("its condition", token.text, token.line, is_regex=True))
            case ".", _ if rule is not None and (before.text, token.text) == (".", "filesize"):
                rule.loops.append(token.line)
            case _, "word" if rule is not None and rule.patterns and token.text == "wide":
                rule.patterns[-1] = replace(rule.patterns[-1], is_wide=True)
        tokens = [last, token]
    return found


def words(text: str) -> Iterator[str]:
    """Every keyword and identifier of ``text``, and what it imports; no word of a comment."""
    is_import = False
    for token in _tokens(text):
        if token.kind == "word" or is_import:
            yield token.text
        is_import = token.text == "import"


def _assign(rule: Rule, section: str, assigned: tuple[str, str, _Token]) -> None:
    name, kind, token = assigned
    if section == "meta":
        rule.meta[name] = token.text
    elif section == "strings" and kind in {"string", "regex", "hex"}:
        is_regex, is_hexadecimal = kind == "regex", kind == "hex"
        rule.patterns.append(Pattern(name, token.text, token.line, is_regex, is_hexadecimal))


def _tokens(text: str) -> Iterator[_Token]:
    position, line, last = 0, 1, ""
    while found := _TOKEN.match(text, position):
        kind, shown = str(found.lastgroup), found[0]
        # A slash divides, unless it follows what only a regular expression can follow.
        if kind == "slash" and last in {"=", "matches"}:
            kind, shown = "regex", _matched(_REGEX, text, position)
        elif kind == "brace" and last == "=":
            kind, shown = "hex", _matched(_HEX, text, position)
        if kind != "space":
            last = shown
            yield _Token(kind, _bare(kind, shown), line)
        line += shown.count("\n")
        position += len(shown)


def _matched(pattern: re.Pattern[str], text: str, position: int) -> str:
    found = pattern.match(text, position)
    return found[0] if found else text[position]


def _bare(kind: str, shown: str) -> str:
    match kind:
        case "string":
            return shown.removeprefix('"').removesuffix('"')
        case "regex":
            return shown.rpartition("/")[0].removeprefix("/")
        case "hex":
            return shown.strip("{}").strip()
        case _:
            return shown
