from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Action, Class, Finding, Gap, Level, Pack, Reason, Report
from gateway.policy import Policy

EMPTY = Report((), (), (), Pack("core", "1"))

findings = st.builds(
    Finding,
    code=st.sampled_from(["macro.autoexec", "disguise.program", "yara.match"]),
    level=st.sampled_from(Level),
    summary=st.just("seen"),
    evidence=st.text(max_size=5),
    lineage=st.just(("message",)),
    rule=st.sampled_from([None, "some_rule"]),
)
gaps = st.builds(
    Gap, reason=st.sampled_from(Reason), detail=st.just(""), lineage=st.just(("message",))
)
reports = st.builds(
    lambda found, unseen: replace(EMPTY, findings=tuple(found), gaps=tuple(unseen)),
    st.lists(findings, max_size=4),
    st.lists(gaps, max_size=4),
)
policies = st.builds(
    Policy,
    actions=st.fixed_dictionaries({kind: st.sampled_from(Action) for kind in Class}),
    encrypted_mail=st.sampled_from(Action),
)


@given(policies, reports, findings)
@pytest.mark.slow
def test_one_more_finding_never_weakens_the_verdict(
    policy: Policy, report: Report, more: Finding
) -> None:
    before = policy.decide(report)

    after = policy.decide(replace(report, findings=(*report.findings, more)))

    assert after.action >= before.action
    assert after.kind >= before.kind


@given(policies, reports, gaps)
def test_one_more_gap_never_weakens_the_verdict(policy: Policy, report: Report, more: Gap) -> None:
    before = policy.decide(report)

    after = policy.decide(replace(report, gaps=(*report.gaps, more)))

    assert after.action >= before.action
    assert after.kind >= before.kind


@given(reports)
def test_a_message_is_clean_exactly_if_its_report_is(report: Report) -> None:
    verdict = Policy().decide(report)

    assert (verdict.kind is Class.CLEAN) is report.is_clean


@given(reports)
@pytest.mark.slow
def test_as_shipped_only_clean_mail_is_delivered_without_a_word(report: Report) -> None:
    verdict = Policy().decide(report)

    assert (verdict.action is Action.DELIVER) is report.is_clean


@given(reports)
def test_every_verdict_but_clean_gives_reasons(report: Report) -> None:
    verdict = Policy().decide(report)

    assert bool(verdict.reasons) is (verdict.kind is not Class.CLEAN)


@pytest.mark.parametrize(
    ("reason", "kind", "action"),
    [
        (Reason.ENCRYPTED, Class.OPAQUE, Action.WITHHOLD),
        (Reason.ENCRYPTED_MAIL, Class.OPAQUE, Action.TAG),
        (Reason.CRASHED, Class.UNSCANNABLE, Action.WITHHOLD),
        (Reason.LOST, Class.UNSCANNABLE, Action.WITHHOLD),
    ],
)
def test_a_gap_has_the_class_and_action_that_ship(
    reason: Reason, kind: Class, action: Action
) -> None:
    verdict = Policy().decide(replace(EMPTY, gaps=(Gap(reason, "", ("message",)),)))

    assert (verdict.kind, verdict.action) == (kind, action)
    assert verdict.reasons == (reason.value,)


def test_the_worst_reason_comes_first() -> None:
    note = Finding("macro.present", Level.NOTE, "", "", ("message",))
    bad = Finding("yara.match", Level.MALICIOUS, "", "", ("message",), rule="eicar")
    report = replace(EMPTY, findings=(note, bad), gaps=(Gap(Reason.DAMAGED, "", ("message",)),))

    assert Policy().decide(report).reasons == ("eicar", "damaged")
