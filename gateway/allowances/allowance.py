"""Narrow exceptions: one rule, in one kind of file, from one authenticated sender, for a time.

Rule 1. An exception takes away one finding and nothing else: all that is found beside it counts.
Rule 2. What could not be seen is never allowed: there is no exception from a gap.
Rule 3. A sender's name is not enough: somebody must have checked who it is.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.model import Finding, Level, Lineage, Report


@dataclass(frozen=True, slots=True)
class Allowance:
    """One exception, and who answers for it."""

    number: int
    sender_domain: str
    kind: str
    """The kind of the file in which the rule was met."""
    rule: str
    """A rule, or the code of a finding that no rule made."""
    owner: str
    reason: str
    made_at: datetime
    until: datetime
    item: str
    """The held message that it was made from."""

    def covers(self, finding: Finding, kind: str, domains: AbstractSet[str], now: datetime) -> bool:
        """Whether this finding, in a file of this kind, is allowed now."""
        return (
            now < self.until
            and self.sender_domain in domains
            and self.rule == (finding.rule or finding.code)
            and self.kind == kind
        )


@dataclass(frozen=True, slots=True)
class Allowed:
    """A report with its allowed findings as notes, and the exceptions that did it."""

    report: Report
    used: tuple[int, ...] = ()


def apply(
    report: Report, allowances: Sequence[Allowance], domains: AbstractSet[str], now: datetime
) -> Allowed:
    """Lower what is allowed to a note that says so."""
    kinds = {listed.lineage: listed.kind for listed in report.artifacts}
    used: dict[int, None] = {}
    findings = []
    for finding in report.findings:
        allowance = _covering(finding, kinds, allowances, domains, now)
        if finding.level > Level.NOTE and allowance:
            used[allowance.number] = None
            summary = f"allowed (no. {allowance.number}, {allowance.owner}): {finding.summary}"
            finding = replace(finding, level=Level.NOTE, summary=summary)  # noqa: PLW2901
        findings.append(finding)
    if not used:
        return Allowed(report)
    return Allowed(replace(report, findings=tuple(findings)), tuple(used))


def _covering(
    finding: Finding,
    kinds: dict[Lineage, str],
    allowances: Iterable[Allowance],
    domains: AbstractSet[str],
    now: datetime,
) -> Allowance | None:
    kind = kinds.get(finding.lineage, "")
    return next((a for a in allowances if a.covers(finding, kind, domains, now)), None)
