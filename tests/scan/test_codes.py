"""The catalogue knows every code that the source uses, and the tables show every code."""

import re
from pathlib import Path

import pytest

import gateway
from gateway.model import Level, Reason
from gateway.scan.codes import FINDINGS, GAPS, Explanation, advice

SOURCE = Path(gateway.__file__).parent
README = SOURCE / "scan" / "analyzers" / "README.md"
_AREAS = sorted({code.partition(".")[0] for code in FINDINGS})
_CODE = re.compile(rf'"((?:{"|".join(_AREAS)})\.[a-z0-9-]+)"')
_FINDING = re.compile(r'\bFinding\(\s*(?:code=)?"([^"]+)"')
_ROOMS = ("scan", "mime", "opinions")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?|")


def used() -> set[str]:
    found: set[str] = set()
    for path in (path for room in _ROOMS for path in SOURCE.glob(f"{room}/**/*.py")):
        if path.name != "codes.py" and path.parent.name != "catalogue":
            text = path.read_text(encoding="utf-8")
            found |= {*_CODE.findall(text), *_FINDING.findall(text)}
    return found


def test_every_code_in_the_source_is_explained() -> None:
    assert used() - FINDINGS.keys() == set()


def test_no_code_is_explained_that_nothing_uses() -> None:
    assert FINDINGS.keys() - used() == set()


def test_every_reason_for_a_gap_is_explained() -> None:
    assert GAPS.keys() == set(Reason)


@pytest.mark.parametrize("explanation", [*FINDINGS.values(), *GAPS.values()])
def test_an_explanation_says_what_it_means_and_what_to_do(explanation: Explanation) -> None:
    assert explanation.meaning.endswith((".", "?"))
    assert explanation.todo.endswith((".", "?"))
    assert _TECHNIQUE.fullmatch(explanation.technique)
    assert explanation.levels == tuple(sorted(explanation.levels))


def test_advice_is_found_by_code_and_by_reason() -> None:
    assert advice("macro.dropper") == FINDINGS["macro.dropper"].todo
    assert advice("encrypted") == GAPS[Reason.ENCRYPTED].todo
    assert advice("nonsense") == ""


def test_the_tables_of_the_readme_are_those_of_the_catalogue() -> None:
    text = README.read_text(encoding="utf-8")

    for code, explanation in FINDINGS.items():
        assert row(f"`{code}`", levels(explanation.levels), explanation) in text
    for reason, explanation in GAPS.items():
        assert row(f"`{reason.value}`", None, explanation) in text


def levels(found: tuple[Level, ...]) -> str:
    return ", ".join(level.word for level in found)


def row(code: str, level: str | None, explanation: Explanation) -> str:
    cells = [code, level, explanation.meaning, explanation.todo, explanation.technique or "-"]
    return f"| {' | '.join(cell for cell in cells if cell is not None)} |"
