import json

from gateway.custody import records
from gateway.model import (
    Action,
    Class,
    Envelope,
    Finding,
    Gap,
    Level,
    Listed,
    Pack,
    Reason,
    Recipient,
    Report,
    Verdict,
)

REPORT = Report(
    findings=(
        Finding(
            "macro.dropper",
            Level.MALICIOUS,
            "runs by itself",
            "Shell",
            ("message", "a.zip", "b.docm"),
            technique="T1059.005",
        ),
    ),
    gaps=(Gap(Reason.ENCRYPTED, "needs a password", ("message", "c.zip")),),
    artifacts=(
        Listed(("message", "a.zip"), "a.zip", ("a.zip",), "zip", "application/zip", 1234, "0" * 64),
    ),
    pack=Pack("core", "2026.11.23"),
    milliseconds=12.34,
)


def test_a_report_is_read_back_as_it_was_written() -> None:
    assert records.decode_report(records.encode(REPORT)) == REPORT


def test_an_envelope_is_read_back_as_it_was_written() -> None:
    envelope = Envelope(
        "", (Recipient("é@x.example", ("NOTIFY=NEVER",)),), ("BODY=8BITMIME",), "192.0.2.1"
    )

    assert records.decode_envelope(records.encode(envelope)) == envelope


def test_a_line_of_scan_has_the_shape_that_the_readme_promises() -> None:
    verdict = Verdict(Class.MALICIOUS, Action.QUARANTINE, ("macro.dropper", "encrypted"))

    line = json.loads(records.verdict_line("x.eml", REPORT, verdict))

    assert line == {
        "file": "x.eml",
        "class": "malicious",
        "action": "quarantine",
        "reasons": ["macro.dropper", "encrypted"],
        "findings": [
            {
                "code": "macro.dropper",
                "level": "malicious",
                "summary": "runs by itself",
                "evidence": "Shell",
                "lineage": ["message", "a.zip", "b.docm"],
                "rule": None,
                "pack": None,
                "technique": "T1059.005",
            }
        ],
        "gaps": [
            {
                "reason": "encrypted",
                "detail": "needs a password",
                "lineage": ["message", "c.zip"],
            }
        ],
        "artifacts": [
            {
                "lineage": ["message", "a.zip"],
                "name": "a.zip",
                "names": ["a.zip"],
                "kind": "zip",
                "declared_type": "application/zip",
                "size": 1234,
                "sha256": "0" * 64,
            }
        ],
        "pack": {"name": "core", "version": "2026.11.23"},
        "milliseconds": 12.3,
    }
