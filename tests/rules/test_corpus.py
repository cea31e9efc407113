"""On a corpus of real files nothing honest is held, and nothing that is labelled goes unseen."""

from collections.abc import Iterator
from functools import cache

import pytest

from gateway.model import Level, Reason, Report
from gateway.packs.load import builtin_folder, read_folder
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.budget import Limits
from gateway.scan.builtin import ANALYZERS, EXTRACTORS, REVIEWERS
from gateway.scan.engine import Engine
from gateway.scan.libyara import compile_rules
from tests.support.corpus import needs_corpus, rows

pytestmark = [needs_corpus, pytest.mark.slow]

HELD_BY_POLICY = frozenset(
    {
        # Nobody looks into what is really encrypted.
        *("encrypted", "encrypted-mail"),
        # What Windows runs on a double click is held whatever it says, by its name.
        *("program.script", "program.attached", "company.alone"),
        # A button in a presentation that starts the calculator starts a program.
        "macro.acts",
        # Nobody here opens what Outlook keeps its mail in (PST).
        "unsupported",
    }
)
NOTES_BY_NATURE = frozenset(
    {
        # Codes and pictures that are fetched are everywhere in honest mail.
        *("qr.code", "picture.unread", "office.remote-picture", "link.address"),
        # It was opened with a password that was at hand, and what is in it is honest.
        "archive.password",
        # Forms compute, portfolios tell old readers what they are, both by scripts.
        *("pdf.form", "pdf.script", "pdf.link", "pdf.attachment", "xml.script"),
        # Nothing happens before somebody wants it to, and what it is was looked at.
        *("macro.present", "onenote.attached", "disguise.mismatch"),
        # How the picture was written tells nothing of what it holds.
        "yara.match",
    }
)


def judged(label: str) -> Iterator[tuple[str, bool, Report]]:
    for row in rows(label):
        data, name = row["path"].read_bytes(), row["path"].name
        declared_type = "message/rfc822" if name.endswith(".eml") else ""
        report = _engine().scan(data, name, declared_type=declared_type)
        yield name, row["fp_eligible"], report


@cache
def _engine() -> Engine:
    rules = compile_rules([read_folder(builtin_folder())[0]])
    analyzers = (*ANALYZERS, YaraAnalyzer(rules))
    return Engine(EXTRACTORS, analyzers, pack=rules.pack, limits=Limits(), reviewers=REVIEWERS)


def reasons(report: Report) -> set[str]:
    """Why it is held; empty when it is not."""
    found = {finding.code for finding in report.findings if finding.level > Level.NOTE}
    return found | {gap.reason.value for gap in report.gaps}


def test_no_honest_file_is_held_but_for_a_lock_or_for_being_run() -> None:
    held = [(name, reasons(report)) for name, counts, report in judged("benign") if counts]

    assert [one for one in held if not one[1] <= HELD_BY_POLICY] == []
    assert sum(bool(why) for _, why in held) <= 0.006 * len(held)


def test_no_honest_macro_is_malicious() -> None:
    assert [
        (name, finding.evidence)
        for name, _, report in judged("benign-macro")
        for finding in report.findings
        if finding.level is Level.MALICIOUS
    ] == []


def test_everything_that_is_labelled_is_seen_and_held_unless_it_is_a_note_by_nature() -> None:
    seen = [(name, report) for name, _, report in judged("suspicious-feature")]
    passed = [
        (name, {finding.code for finding in report.findings})
        for name, report in seen
        if report.is_clean
    ]

    assert [name for name, codes in passed if not codes or not codes <= NOTES_BY_NATURE] == []
    assert len(passed) <= 0.06 * len(seen)


def test_malformed_files_crash_nothing_and_take_no_longer_than_others() -> None:
    faults = {Reason.CRASHED, Reason.TOO_SLOW}

    assert [
        (name, gap.detail)
        for name, _, report in judged("malformed")
        for gap in report.gaps
        if gap.reason in faults
    ] == []
