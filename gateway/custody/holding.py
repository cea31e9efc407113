"""What the quarantine is told of a message: by what it is found, and when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.custody import records
from gateway.model import Envelope, Report
from quarantine import Field


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a held message may wait until somebody looks at it. The shortest time counts."""

    by_class: Mapping[str, float] = field(default_factory=dict)
    """Seconds by the word of the class."""
    by_recipient: Mapping[str, float] = field(default_factory=dict)
    """Seconds by mailbox, or by domain with an ``@`` before it; in lower case."""

    def look_by(self, kind: str, envelope: Envelope, now: datetime) -> datetime | None:
        """When somebody must have looked at it; None when nobody cares."""
        named = (entry.address.lower() for entry in envelope.recipients)
        keys = [key for address in named for key in (address, "@" + address.rpartition("@")[2])]
        waits = [self.by_recipient[key] for key in keys if key in self.by_recipient]
        if kind in self.by_class:
            waits.append(self.by_class[kind])
        return now + timedelta(seconds=min(waits)) if waits else None


def searchable(envelope: Envelope, report: Report) -> dict[Field, tuple[str, ...]]:
    """What an administrator may remember of a message: the most telling first."""
    heading, artifacts = report.heading, report.artifacts
    rules = {finding.rule for finding in report.findings if finding.rule}
    codes = {finding.code for finding in report.findings} | {
        gap.reason.value for gap in report.gaps
    }
    # Files with a remark come first: a long archive must not push them out.
    places = {found.lineage for found in report.findings} | {gap.lineage for gap in report.gaps}
    files = sorted(artifacts, key=lambda listed: listed.lineage not in places)
    return {
        Field.SENDER: _distinct(envelope.sender, heading.sender),
        Field.RECIPIENT: _distinct(*(entry.address for entry in envelope.recipients)),
        Field.SUBJECT: _distinct(heading.subject),
        Field.RULE: tuple(sorted(rules | codes)),
        Field.HASH: _distinct(*(listed.sha256 for listed in files)),
        Field.FILE: _distinct(*(name for listed in files for name in (listed.name, *listed.names))),
    }


def searchable_again(
    envelope: bytes, report: bytes, summary: Mapping[str, str]
) -> dict[Field, tuple[str, ...]]:
    """The same of an item that is held already. Raises ValueError if it cannot be read."""
    found = searchable(records.decode_envelope(envelope), records.decode_report(report))
    # Reports had no heading once.
    subjects = _distinct(*found[Field.SUBJECT], summary.get("subject", ""))
    return found | {Field.SUBJECT: subjects}


def _distinct(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
