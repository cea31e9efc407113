"""What a report means: pure, total, and never milder for one more piece of bad news."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model import Action, Class, Finding, Gap, Level, Reason, Report, Verdict

_CLASS_OF_LEVEL = {
    Level.NOTE: Class.CLEAN,
    Level.SUSPICIOUS: Class.SUSPICIOUS,
    Level.MALICIOUS: Class.MALICIOUS,
}

_OPAQUE = frozenset({Reason.ENCRYPTED, Reason.ENCRYPTED_MAIL})


def _shipped() -> Mapping[Class, Action]:
    return {
        Class.CLEAN: Action.DELIVER,
        Class.OPAQUE: Action.WITHHOLD,
        Class.UNSCANNABLE: Action.WITHHOLD,
        Class.SUSPICIOUS: Action.WITHHOLD,
        Class.MALICIOUS: Action.QUARANTINE,
    }


@dataclass(frozen=True, slots=True)
class Policy:
    """The action for each class, and one for mail that is encrypted for its recipient by design."""

    actions: Mapping[Class, Action] = field(default_factory=_shipped)
    encrypted_mail: Action = Action.TAG

    def decide(self, report: Report) -> Verdict:
        """Judge a report. The action is the harshest that any finding or gap asks for."""
        asked = [(Class.CLEAN, self.actions[Class.CLEAN], "")]
        asked += [self._of_finding(finding) for finding in report.findings]
        asked += [self._of_gap(gap) for gap in report.gaps]
        worst_first = sorted(asked, reverse=True)
        reasons = dict.fromkeys(reason for kind, _, reason in worst_first if kind > Class.CLEAN)
        return Verdict(
            kind=max(kind for kind, _, _ in asked),
            action=max(action for _, action, _ in asked),
            reasons=tuple(reasons),
        )

    def _of_finding(self, finding: Finding) -> tuple[Class, Action, str]:
        kind = _CLASS_OF_LEVEL[finding.level]
        return kind, self.actions[kind], finding.rule or finding.code

    def _of_gap(self, gap: Gap) -> tuple[Class, Action, str]:
        if gap.reason is Reason.ENCRYPTED_MAIL:
            return Class.OPAQUE, self.encrypted_mail, gap.reason.value
        kind = Class.OPAQUE if gap.reason in _OPAQUE else Class.UNSCANNABLE
        return kind, self.actions[kind], gap.reason.value
