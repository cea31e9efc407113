"""Reports and envelopes as JSON: what ``scan --json`` prints and what the quarantine keeps."""

import msgspec

from gateway.model import Envelope, Finding, Report, Verdict


def encode(value: Report | Envelope) -> bytes:
    """JSON that ``decode_report`` and ``decode_envelope`` read back unchanged."""
    return msgspec.json.encode(value)


def decode_report(data: bytes) -> Report:
    """Read a stored report. Raises msgspec.ValidationError when it is not one."""
    return msgspec.json.decode(data, type=Report)


def decode_envelope(data: bytes) -> Envelope:
    """Read a stored envelope. Raises msgspec.ValidationError when it is not one."""
    return msgspec.json.decode(data, type=Envelope)


def verdict_line(file: str, report: Report, verdict: Verdict) -> str:
    """One line of JSON with all that is known of ``file``; its shape is promised in the README."""
    line = {
        "file": file,
        "class": verdict.kind.word,
        "action": verdict.action.word,
        "reasons": verdict.reasons,
        "findings": [_finding(finding) for finding in report.findings],
        "gaps": report.gaps,
        "artifacts": report.artifacts,
        "pack": report.pack,
        "milliseconds": round(report.milliseconds, 1),
    }
    return msgspec.json.encode(line).decode()


def _finding(finding: Finding) -> dict[str, object]:
    return {**msgspec.to_builtins(finding), "level": finding.level.word}
