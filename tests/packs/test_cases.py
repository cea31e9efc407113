"""Cases are read, and rules without them are named."""

import pytest

from gateway.packs.cases import Case, missing_cases, read_cases
from gateway.packs.format import RuleFile, RulePack

HEAD = '[[case]]\nrule = "a"\nfile = "x"\nhits = true\nwhy = "w"\n'


def test_bytes_are_given_in_base64_or_as_text() -> None:
    cases, problems = read_cases("c", HEAD + 'base64 = "AAE="\n' + HEAD + 'text = "é"\n')

    assert problems == []
    assert cases == [Case("a", "x", True, "w", b"\0\1"), Case("a", "x", True, "w", "é".encode())]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD, "case 1: ValueError: give the bytes once"),
        (HEAD + 'text = ""\nbase64 = ""\n', "case 1: ValueError: give the bytes once"),
        (HEAD + 'base64 = "A"\n', "case 1: Error"),
        ('[[case]]\ntext = ""\n', "case 1: KeyError: 'rule'"),
        ("case = [1]", "case 1: TypeError: expected a table"),
        ("case = 1", "no case here"),
        ("", "no case here"),
        ("[[", "not valid TOML"),
    ],
)
def test_a_case_that_cannot_be_read_is_said(text: str, what: str) -> None:
    cases, (problem,) = read_cases("cases.toml", text)

    assert cases == []
    assert str(problem).startswith(f"cases.toml: {what}")


def test_rules_without_cases_and_cases_without_rules_are_named() -> None:
    pack = RulePack("p", "1", (RuleFile("a.yar", "\nrule a { condition: true }"),))

    said = [str(found) for found in missing_cases(pack, [Case("b", "x", True, "w", b"")])]

    assert said == [
        "a.yar:2: rule a: add a case that hits to cases.toml",
        "a.yar:2: rule a: add a case that nearly does to cases.toml",
        "cases.toml: no rule is called b",
    ]
