"""A thing is told once, and never less seriously for that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Finding, Level
from gateway.packs.load import builtin_folder, read_folder
from gateway.packs.syntax import outline
from gateway.scan.codes import FINDINGS
from gateway.scan.echoes import ECHOES, without_echoes
from gateway.scan.libyara import compile_rules

RULES = {"pdf_launches": frozenset({"pdf.launch"})}
PACK, _ = read_folder(builtin_folder())
BUILT_IN = compile_rules([PACK]).all.echoes()


def finding(code: str, level: Level, *lineage: str, rule: str | None = None) -> Finding:
    return Finding(code, level, "", "", lineage, rule=rule)


def rule(level: Level, *lineage: str) -> Finding:
    return finding("yara.match", level, *lineage, rule="pdf_launches")


@pytest.mark.parametrize("place", [("m", "a.pdf"), ("m", "a.pdf", "object 7"), ("m",)])
def test_a_rule_that_says_what_an_analyzer_says_of_a_file_is_left_out(place: tuple[str]) -> None:
    told = finding("pdf.launch", Level.MALICIOUS, *place)

    assert without_echoes((rule(Level.MALICIOUS, "m", "a.pdf"), told), RULES) == (told,)


@pytest.mark.parametrize(
    "other",
    [
        finding("pdf.launch", Level.SUSPICIOUS, "m", "a.pdf"),
        finding("pdf.launch", Level.MALICIOUS, "m", "b.pdf"),
        finding("pdf.script", Level.MALICIOUS, "m", "a.pdf"),
    ],
    ids=["less serious", "another file", "another thing"],
)
def test_what_only_resembles_it_leaves_it_alone(other: Finding) -> None:
    both = (rule(Level.MALICIOUS, "m", "a.pdf"), other)

    assert without_echoes(both, RULES) == both


def test_every_echo_names_something_that_is_known() -> None:
    rules = {rule.name for file in PACK.files for rule in outline(file.text).rules}

    assert FINDINGS.keys() | rules >= {name for said in ECHOES.values() for name in said}
    assert FINDINGS.keys() | rules >= {name for said in BUILT_IN.values() for name in said}
    assert FINDINGS.keys() >= ECHOES.keys()


def test_no_two_are_echoes_of_each_other() -> None:
    known = {**ECHOES, **BUILT_IN}

    for name, said in known.items():
        assert all(name not in known.get(other, ()) for other in said)


@given(
    st.lists(
        st.builds(
            finding,
            st.sampled_from(sorted(FINDINGS)),
            st.sampled_from(Level),
            st.sampled_from("ab"),
            st.sampled_from("ab"),
            rule=st.none() | st.sampled_from(sorted(BUILT_IN)),
        ),
        max_size=8,
    )
)
def test_the_worst_of_a_report_stays(findings: list[Finding]) -> None:
    told = without_echoes(tuple(findings), BUILT_IN)

    assert max((one.level for one in told), default=None) == max(
        (one.level for one in findings), default=None
    )
