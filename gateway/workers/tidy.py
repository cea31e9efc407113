"""Makes what honest detectors say fit to be sent: printable, short, and not too long in all."""

import re
from dataclasses import replace

from gateway.model import Finding, Gap, Heading, Lineage, Listed, Reason, Report
from gateway.workers.frames import NAME_CHARACTERS, TEXT_CHARACTERS

TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
"""The form of a MITRE ATT&CK technique."""
KEPT_NAMES = 20
"""Names of one file that are kept."""


def tidy(report: Report) -> Report:
    """The same report with every text of it within its bounds."""
    return replace(
        report,
        findings=tuple(map(tidy_finding, report.findings)),
        gaps=tuple(map(tidy_gap, report.gaps)),
        artifacts=tuple(map(tidy_listed, report.artifacts)),
        heading=_heading(report.heading),
        slots=tuple(
            replace(slot, files=tuple(map(tidy_name, slot.files))) for slot in report.slots
        ),
    )


def shorten(report: Report, kept: int) -> Report:
    """At most ``kept`` of everything, the worst findings first.

    What is left out becomes a gap: nobody may take the report for complete.
    """
    worst_first = sorted(report.findings, key=lambda finding: finding.level, reverse=True)
    root = report.artifacts[0].lineage
    detail = f"the report on {len(report.artifacts)} files is too long to keep whole"
    return replace(
        report,
        findings=tuple(worst_first[:kept]),
        gaps=(Gap(Reason.TOO_MANY, detail, root), *report.gaps[:kept]),
        artifacts=report.artifacts[:kept],
        slots=(),
    )


def tidy_name(name: str) -> str:
    """A name as its sender wrote it, but encodable and not endless."""
    whole = name.encode(errors="replace").decode() if not name.isascii() else name
    return _cut(whole, NAME_CHARACTERS)


def tidy_text(text: str) -> str:
    """``text`` on one printable line."""
    cut = _cut(text, TEXT_CHARACTERS)
    if cut.isprintable():
        return cut
    escaped = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return _cut("".join(escaped), TEXT_CHARACTERS)


def tidy_lineage(lineage: Lineage) -> Lineage:
    """A lineage of tidy names."""
    return tuple(map(tidy_name, lineage))


def tidy_finding(finding: Finding) -> Finding:
    """A finding with every text of it within its bounds."""
    return replace(
        finding,
        summary=tidy_text(finding.summary),
        evidence=tidy_text(finding.evidence),
        lineage=tidy_lineage(finding.lineage),
        rule=finding.rule and tidy_text(finding.rule),
        pack=finding.pack and tidy_text(finding.pack),
        # Rules of strangers write what they like here.
        technique=finding.technique if _is_technique(finding.technique) else None,
    )


def tidy_gap(gap: Gap) -> Gap:
    """The same for a gap."""
    return replace(gap, detail=tidy_text(gap.detail), lineage=tidy_lineage(gap.lineage))


def tidy_listed(listed: Listed) -> Listed:
    """The same for a file of the tree."""
    return replace(
        listed,
        lineage=tidy_lineage(listed.lineage),
        name=tidy_name(listed.name),
        names=tuple(map(tidy_name, listed.names[:KEPT_NAMES])),
        declared_type=tidy_text(listed.declared_type),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _is_technique(text: str | None) -> bool:
    return text is not None and TECHNIQUE.fullmatch(text) is not None


def _heading(heading: Heading) -> Heading:
    return Heading(
        sender=tidy_text(heading.sender),
        recipients=tidy_text(heading.recipients),
        subject=tidy_text(heading.subject),
        date=tidy_text(heading.date),
        message_id=tidy_text(heading.message_id),
    )
