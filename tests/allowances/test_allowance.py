from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.allowances.allowance import apply
from gateway.model import Class, Gap, Level, Reason, Report
from gateway.policy import Policy
from tests.support.allowing import ALLOWANCE, DROPPER, LINEAGE, REPORT
from tests.support.house import NOON


def judged(report: Report, *domains: str, days: int = 1, **changed: Any) -> Class:
    allowance = replace(ALLOWANCE, **changed)
    now = NOON + timedelta(days=days)
    return Policy().decide(apply(report, [allowance], set(domains), now).report).kind


def test_what_is_allowed_is_a_note_that_says_so() -> None:
    allowed = apply(REPORT, [ALLOWANCE], {"vendor.example"}, NOON)

    (finding,) = allowed.report.findings
    assert finding.level is Level.NOTE
    assert finding.summary == "allowed (no. 3, alice): runs by itself"
    assert allowed.used == (3,)
    assert judged(REPORT, "vendor.example") is Class.CLEAN


@pytest.mark.parametrize(
    ("domains", "days", "changed"),
    [
        ((), 1, {}),
        (("evil.example",), 1, {}),
        (("vendor.example",), 91, {}),
        (("vendor.example",), 1, {"rule": "macro.autoexec"}),
        (("vendor.example",), 1, {"kind": "ooxml"}),
    ],
    ids=["nobody", "another sender", "expired", "another rule", "another kind"],
)
def test_an_exception_is_as_narrow_as_it_says(
    domains: tuple[str, ...], days: int, changed: dict[str, str]
) -> None:
    assert judged(REPORT, *domains, days=days, **changed) is Class.MALICIOUS


def test_everything_beside_it_counts_as_before() -> None:
    other = replace(DROPPER, code="disguise.double", level=Level.SUSPICIOUS)
    gap = Gap(Reason.ENCRYPTED, "a password", LINEAGE)

    assert judged(replace(REPORT, findings=(DROPPER, other)), "vendor.example") is Class.SUSPICIOUS
    assert judged(replace(REPORT, gaps=(gap,)), "vendor.example", rule="encrypted") is (
        Class.MALICIOUS
    )
    assert judged(replace(REPORT, gaps=(gap,)), "vendor.example") is Class.OPAQUE


def test_a_rule_is_allowed_by_its_own_name_and_not_by_the_code_of_all_rules() -> None:
    matched = replace(REPORT, findings=(replace(DROPPER, code="yara.match", rule="one"),))

    assert judged(matched, "vendor.example", rule="one") is Class.CLEAN
    assert judged(matched, "vendor.example", rule="yara.match") is Class.MALICIOUS
