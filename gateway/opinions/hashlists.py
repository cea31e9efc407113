"""Files that this site knows by their SHA-256: some are never delivered, some are no trouble.

1. What is denied is malicious, whatever else is said about it.
2. What is allowed was looked at all the same. Findings in it become notes, and gaps in it a note
   that names them; what lies beside it is judged as ever.
3. An entry has an owner, a reason and a last day. After that day it counts for nothing.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import msgspec

from gateway.model import Finding, Gap, Level, Lineage, Report

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class HashListError(Exception):
    """A list cannot be used: the message names the file, the entry and what to write."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file that is known. ``expires`` is the last day on which the entry counts."""

    sha256: str
    owner: str
    reason: str
    expires: date


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    deny: list[Entry] = []
    allow: list[Entry] = []


@dataclass(frozen=True, slots=True)
class HashLists:
    """Entries by digest."""

    denied: Mapping[str, Entry] = field(default_factory=dict)
    allowed: Mapping[str, Entry] = field(default_factory=dict)

    def judge(self, report: Report, today: date) -> Report:
        """The report as this site sees it."""
        allowed = dict(_known(self.allowed, report, today))
        denied = dict(_known(self.denied, report, today))
        findings = [_as_note(finding, allowed) for finding in report.findings]
        gaps = [gap for gap in report.gaps if _place(gap.lineage, allowed) is None]
        forgiven = [gap for gap in report.gaps if gap not in gaps]
        findings += [_allowance(gap, allowed) for gap in forgiven]
        findings += [_denial(lineage, entry) for lineage, entry in denied.items()]
        if findings == list(report.findings) and not forgiven:
            return report
        return replace(report, findings=tuple(findings), gaps=tuple(gaps))

    def expired(self, today: date) -> int:
        """How many entries count for nothing any more."""
        entries = (*self.denied.values(), *self.allowed.values())
        return sum(entry.expires < today for entry in entries)


def read_lists(paths: Sequence[Path]) -> HashLists:
    """The lists in these files together. Raises HashListError."""
    denied: dict[str, Entry] = {}
    allowed: dict[str, Entry] = {}
    for path in paths:
        read = _read(path)
        for name, entries, known in (("deny", read.deny, denied), ("allow", read.allow, allowed)):
            for number, entry in enumerate(entries, start=1):
                _check(f"{path}: {name} {number}", entry)
                digest = entry.sha256.lower()
                before = known.get(digest, entry)
                # Of two entries the one counts that lasts longer: an old one takes nothing away.
                known[digest] = max(before, entry, key=lambda one: one.expires)
    if both := denied.keys() & allowed.keys():
        raise HashListError(f"{min(both)}: denied and allowed at once; keep one of the two")
    return HashLists(denied, allowed)


def _read(path: Path) -> _File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
    except OSError as error:
        raise HashListError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise HashListError(f"{path}: not valid TOML: {error}") from None
    except msgspec.ValidationError as error:
        known = "known are [[deny]] and [[allow]] with sha256, owner, reason and expires"
        raise HashListError(f"{path}: {error}; {known}") from None


def _check(place: str, entry: Entry) -> None:
    if not _SHA256.fullmatch(entry.sha256):
        raise HashListError(f"{place}: sha256: expected 64 digits and letters a to f")
    for key in ("owner", "reason"):
        if not getattr(entry, key).strip():
            raise HashListError(f"{place}: {key}: say it, for whoever reads this in a year")


def _known(
    entries: Mapping[str, Entry], report: Report, today: date
) -> Iterator[tuple[Lineage, Entry]]:
    for listed in report.artifacts:
        entry = entries.get(listed.sha256)
        if entry and entry.expires >= today:
            yield listed.lineage, entry


def _place(lineage: Lineage, allowed: Mapping[Lineage, Entry]) -> Lineage | None:
    """The allowed file at or around this place."""
    lengths = range(len(lineage), 0, -1)
    return next((lineage[:length] for length in lengths if lineage[:length] in allowed), None)


def _as_note(finding: Finding, allowed: Mapping[Lineage, Entry]) -> Finding:
    place = _place(finding.lineage, allowed)
    if place is None or finding.level is Level.NOTE:
        return finding
    return replace(finding, level=Level.NOTE, summary=f"{finding.summary} (allowed by hash)")


def _allowance(gap: Gap, allowed: Mapping[Lineage, Entry]) -> Finding:
    place = _place(gap.lineage, allowed) or gap.lineage
    evidence = f"{gap.reason.value}: {gap.detail}; {_told(allowed[place])}"
    summary = "Not seen, and allowed by hash"
    return Finding("hash.allowed", Level.NOTE, summary, evidence, gap.lineage)


def _denial(lineage: Lineage, entry: Entry) -> Finding:
    summary = "This site denies this file by its hash"
    return Finding("hash.denied", Level.MALICIOUS, summary, _told(entry), lineage)


def _told(entry: Entry) -> str:
    return f"{entry.reason} ({entry.owner}, until {entry.expires.isoformat()})"[:500]
