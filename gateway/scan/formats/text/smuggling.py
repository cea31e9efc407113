"""Sees the scripts of a page put a file together out of what they brought along, and hand it over.

Reports that save a picture of themselves bring no letters of a file along; their libraries have
code for every purpose, and tables of their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.scan.formats import filenames

BEGINS = r"""(?x: (?: [=("'`] | (?<!["']): | \breturn ) \s{0,4} \[? \s{0,4} )"""
"""What stands before numbers that a script uses. The values of JSON stand behind a quoted name."""

_LIBRARY = 200_000
_MAKES_FILE = re.compile(
    r"\bnew\s+(?:Blob|File)\s*\(|\bmsSave(?:OrOpen)?Blob\b|createObjectURL"
    r"|[\"'`]data:application/[\w.+-]{1,60};base64,"
)
_HANDS_OVER = re.compile(
    r"createObjectURL|\bmsSave(?:OrOpen)?Blob\b|\bsaveAs\s*\(|\.download\s*=|[\"']download[\"']"
    r"|(?:location|href|open)[\"'\]\s]*[=(]\s*[\"']data:application"
)
_SAVED_NAME = re.compile(r"[\"'`]([^\"'`\n<>/\\]{1,80}\.([A-Za-z0-9-]{2,16}))[\"'`]")
_SAVED = filenames.CARRY | (filenames.RUNS - filenames.RUNS_ELSEWHERE)
_PIECE = re.compile(r"[\"'`]([A-Za-z0-9+/=]{4,100})[\"'`](?=\s*[,;+\])])")
_FEWEST_LETTERS = 200


def _brought_by(numbers: int) -> re.Pattern[str]:
    return re.compile(
        rf"""(?x) data:application/ (?! (?:x-)? (?:font|javascript|wasm) )
            [\w.+-]{{1,60}};base64,[A-Za-z0-9+/]{{80}}
        | ["'`] \s{{0,9}} (?: [A-Za-z0-9+/=]{{100}}
            | (?: [A-Za-z0-9+/=]{{30,100}} (?: \s | \\[nr] ){{1,9}} ){{3}} )  # Words are shorter.
        | ["'`](?:\\x[0-9a-fA-F]{{2}}){{40}} | ["'`][0-9a-fA-F]{{160}}
        | {BEGINS} (?:\d{{1,3}}\s*,\s*){{{numbers}}} | (?:0x[0-9a-fA-F]{{1,2}}\s*,\s*){{{numbers}}}
        | (?:["'][A-Za-z0-9+/]{{20,}}["']\s*[,+]\s*){{8}}"""
    )


_BROUGHT, _BROUGHT_BY_LIBRARY = _brought_by(40), _brought_by(300)


@dataclass(frozen=True, slots=True)
class Smuggled:
    """Where the file is handed over, how what was brought begins, and its name if it is telling."""

    handed: re.Match[str]
    brought: str
    name: str


def is_library(script: str) -> bool:
    """Whether it is more than anybody writes for one page."""
    return len(script) > _LIBRARY


def smuggled(scripts: Sequence[str]) -> Smuggled | None:
    """The first file that scripts put together: libraries of their own letters, others of any."""
    own = "\n".join(script for script in scripts if not is_library(script))
    found = _put_together(own, scripts)
    libraries = (_put_together(one, (one,)) for one in filter(is_library, scripts))
    return found or next(filter(None, libraries), None)


def _put_together(code: str, sources: Sequence[str]) -> Smuggled | None:
    handed = _HANDS_OVER.search(code) if _MAKES_FILE.search(code) else None
    brought = next(filter(None, map(_brought, sources)), "") if handed else ""
    if handed is None or not brought:
        return None
    names = ((name, last.lower()) for name, last in _SAVED_NAME.findall(code))
    return Smuggled(handed, brought, next((name for name, last in names if last in _SAVED), ""))


def _brought(script: str) -> str:
    """The letters of a file: in one piece, as numbers, or in many small pieces."""
    whole = (_BROUGHT_BY_LIBRARY if is_library(script) else _BROUGHT).search(script)
    if whole is not None:
        return whole[0]
    pieces = "".join(found[1] for found in _PIECE.finditer(script))
    capitals, digits = (sum(map(test, pieces)) for test in (str.isupper, str.isdigit))
    # Words of programs have few capitals and next to no digits, base64 has a lot of both; or of
    # one capital, where the file has zeros.
    is_file = capitals > len(pieces) // 3 or (
        capitals > len(pieces) // 6 and digits > len(pieces) // 24
    )
    return pieces if len(pieces) > _FEWEST_LETTERS and is_file else ""
