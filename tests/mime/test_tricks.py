"""Every way to hide a file in a mail, and every two of them: it is found, or the mail is held."""

import json
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import scanning
from tests.support.tricks import (
    bodies,
    carried,
    encodings,
    fields,
    headers,
    honest,
    nested,
    structure,
)
from tests.support.tricks.names import BAD, NAMES, WORDS
from tests.support.tricks.wire import FILE, TEXT, TOP, B, delimited, part, wire

KINDS = (headers, fields, bodies, encodings, structure, nested, carried)
TABLES = {table: texts for kind in KINDS for table, texts in kind.TABLES.items()}
CASES = Path(__file__).parent.parent / "cases" / "mime.json"
UPDATE = "LAZARETTO_CASES_UPDATE"


@cache
def seen(text: str, line_end: str) -> str | list[str]:
    """How a case ends: found, or why it is held; an empty list is a miss."""
    report = scanning.scan(wire(text, line_end=line_end))
    return "found" if scanning.finds_eicar(report) else scanning.reasons(report)


@pytest.mark.parametrize("table", TABLES)
def test_what_is_hidden_is_found_or_held(table: str) -> None:
    assert [name for name, text in TABLES[table].items() if not seen(text, "\r\n")] == []


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_bare_line_feeds_hide_no_more(table: str) -> None:
    assert [name for name, text in TABLES[table].items() if not seen(text, "\n")] == []


@pytest.mark.slow
@pytest.mark.parametrize("table", sorted(set(TABLES) - {"before"}))
def test_a_mail_that_nobody_calls_mail_hides_no_more(table: str) -> None:
    reports = {name: scanning.scan(wire(text), "") for name, text in TABLES[table].items()}

    assert [
        name
        for name, report in reports.items()
        if not scanning.finds_eicar(report) and not scanning.reasons(report)
    ] == []


def test_what_is_only_held_is_on_record() -> None:
    found = {
        table: {
            "cases": len(texts),
            "held": [name for name, text in texts.items() if seen(text, "\r\n") != "found"],
        }
        for table, texts in TABLES.items()
    }
    if os.environ.get(UPDATE):
        CASES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    assert found == json.loads(CASES.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "expected"), NAMES.values(), ids=NAMES.keys())
def test_every_name_that_may_be_shown_is_kept_and_judged(
    text: str, expected: tuple[str, ...]
) -> None:
    report = scanning.scan(wire(text))
    names = {name for file in report.artifacts if file.size == len(WORDS) for name in file.names}

    assert names.issuperset(expected)
    assert BAD not in expected or any(f.code.startswith("program.") for f in report.findings)


DIMENSIONS = {
    "way": {
        f"{of}, {name}": way for of, ways in headers.WAYS.items() for name, way in ways.items()
    },
    "header": encodings.SAID_BASE64,
    "body": {
        **{name: change(bodies.B64) for name, change in bodies.CHANGES.items()},
        **{name: change(FILE) for name, change in bodies.PIECES.items()},
    },
    "end": structure.SEPARATORS,
}
# A boundary of a blank makes a delimiter of "--", and letters with colons make fields.
TOO_MUCH = {"values, a blank", "values, a blank, used as nothing", "':' behind each letter"}
PAIRS = st.permutations(list(DIMENSIONS)).flatmap(
    lambda order: st.fixed_dictionaries(
        {
            which: st.sampled_from([name for name in DIMENSIONS[which] if name not in TOO_MUCH])
            for which in order[:2]
        }
    )
)


def with_tricks(names: dict[str, str]) -> str:
    """A message with a trick at each of some places, and proper everywhere else."""
    chosen = {which: DIMENSIONS[which][name] for which, name in names.items()}
    content_type, boundary = chosen.pop("way", (f"multipart/mixed; boundary={B}", B))
    return f"{TOP}Content-Type: {content_type}\n\n" + delimited(
        TEXT, part(**chosen), boundary=boundary
    )


@settings(deadline=None)  # the first scan compiles the rules
@given(PAIRS)
def test_two_tricks_at_once_hide_no_more_than_one(names: dict[str, str]) -> None:
    assert seen(with_tricks(names), "\r\n")


@pytest.mark.parametrize("line_end", ["\r\n", "\n"], ids=["CRLF", "LF"])
@pytest.mark.parametrize("table", honest.TABLES)
def test_honest_mail_that_is_not_well_formed_is_let_through(table: str, line_end: str) -> None:
    reports = {
        name: scanning.scan(wire(text, line_end=line_end))
        for name, text in honest.TABLES[table].items()
    }

    assert {name: scanning.reasons(r) for name, r in reports.items() if scanning.reasons(r)} == {}
