"""Reads the texts of a language from its PO files, as they are: nothing has to be compiled.

gettext of the standard library reads only what ``msgfmt`` has made of them, and the tools that
edit and check PO files know these all the same.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.cli.phrasebook import Text

_FOLDER = Path(__file__).parent / "languages"
LANGUAGES = frozenset(folder.name for folder in _FOLDER.iterdir())
"""Beside English, which the code speaks."""

_FIELD = re.compile(
    r'^(msgid|msgid_plural|msgstr(?:\[[01]\])?) +((?:"(?:[^"\\\n]|\\.)*"\s*)+)', re.MULTILINE
)
_LINE = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_BREAKS = {"fr": re.compile(r" (?=[:;!?»])|(?<=«) |(?<=\bn°) ")}
"""Spaces at which no line ends, by language: whoever edits the texts types ordinary ones."""


def texts(language: str) -> Mapping[str, Text]:
    """Every text of a language, by the English of the code."""
    return {
        english: text
        for file in sorted((_FOLDER / language).glob("*.po"))
        for english, text in read(file.read_text("utf-8"), language)
    }


def read(content: str, language: str) -> Iterator[tuple[str, Text]]:
    """The texts of one file. One that counts stands by its English for many."""
    fields = [(name, _joined(lines)) for name, lines in _FIELD.findall(content)]
    entry: dict[str, str] = {}
    for name, text in [*fields, ("msgid", "")]:
        if name == "msgid" and entry.get("msgid"):
            yield _text(entry, language)
        if name == "msgid":
            entry = {}
        entry[name] = text


def _text(entry: Mapping[str, str], language: str) -> tuple[str, Text]:
    if "msgid_plural" not in entry:
        return entry["msgid"], _unbroken(entry["msgstr"], language)
    one, many = (_unbroken(entry[f"msgstr[{n}]"], language) for n in range(2))
    return entry["msgid_plural"], (one, many)


def _unbroken(text: str, language: str) -> str:
    return _BREAKS[language].sub("\N{NO-BREAK SPACE}", text) if language in _BREAKS else text


def _joined(lines: str) -> str:
    # The escapes of PO are those of JSON.
    return "".join(map(json.loads, _LINE.findall(lines)))
