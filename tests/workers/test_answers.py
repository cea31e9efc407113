from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.model import Finding, Gap, Heading, Level, Listed, Pack, Reason, Report, Slot
from gateway.scan.budget import Limits
from gateway.workers.answers import Asked, CrashedWorkerError, LyingWorkerError, believe
from gateway.workers.frames import Answer, Order

DIGEST = "ab" * 32
PACK = Pack("core", "1")
ASKED = Asked(
    Order("nonce", "message", "message/rfc822", "example.org", 12),
    DIGEST,
    PACK,
    Limits(files=3, findings=2),
)
ROOT = Listed(("message",), "message", ("message",), "message", "message/rfc822", 12, DIGEST)
CHILD = Listed(("message", "a.zip"), "a.zip", ("a.zip",), "zip", "", 3, "cd" * 32)
FINDING = Finding("macro.autoexec", Level.MALICIOUS, "Runs", "AutoOpen", ("message", "a.zip"))
GAP = Gap(Reason.ENCRYPTED, "b.doc", ("message", "a.zip", "b.doc"))
REPORT = Report((FINDING,), (GAP,), (ROOT, CHILD), PACK, 1.5, slots=(Slot(1, 5, ("a.zip",)),))


def answer(report: Report | None = REPORT) -> Answer:
    return Answer("nonce", DIGEST, report)


def test_an_honest_report_is_believed_as_it_is() -> None:
    assert believe(answer(), ASKED) == REPORT


def test_a_failed_scan_has_no_report() -> None:
    with pytest.raises(CrashedWorkerError, match="MemoryError: "):
        believe(Answer("nonce", DIGEST, None, "MemoryError: "), ASKED)


def test_what_nobody_has_looked_at_is_a_gap() -> None:
    report = ASKED.unseen(Reason.CRASHED, "MemoryError: ")

    assert report.gaps == (Gap(Reason.CRASHED, "MemoryError: ", ("message",)),)
    assert report.artifacts[0].sha256 == DIGEST
    assert not report.is_clean


@pytest.mark.parametrize(
    "lie", [Answer("other", DIGEST, REPORT), Answer("nonce", "0" * 64, REPORT)]
)
def test_an_answer_to_another_question_is_no_answer(lie: Answer) -> None:
    with pytest.raises(LyingWorkerError, match="for another"):
        believe(lie, ASKED)


def finding(**changes: object) -> Callable[[Report], Report]:
    return lambda report: replace(report, findings=(replace(FINDING, **changes),))  # type: ignore[arg-type]


def listed(**changes: object) -> Callable[[Report], Report]:
    return lambda report: replace(report, artifacts=(ROOT, replace(CHILD, **changes)))  # type: ignore[arg-type]


def gap(**changes: object) -> Callable[[Report], Report]:
    return lambda report: replace(report, gaps=(replace(GAP, **changes),))  # type: ignore[arg-type]


def slots(*found: Slot) -> Callable[[Report], Report]:
    return lambda report: replace(report, slots=found)


def whole(**changes: object) -> Callable[[Report], Report]:
    return lambda report: replace(report, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "distort",
    [
        whole(pack=Pack("core", "2")),
        whole(milliseconds=float("nan")),
        whole(milliseconds=float("inf")),
        whole(milliseconds=-1.0),
        whole(artifacts=()),
        whole(artifacts=(CHILD, ROOT)),
        whole(artifacts=(replace(ROOT, sha256="0" * 64),)),
        whole(artifacts=(replace(ROOT, size=11),)),
        whole(artifacts=(ROOT, CHILD, CHILD, CHILD, CHILD)),
        whole(findings=(FINDING,) * 7),
        whole(gaps=(GAP,) * 4),
        whole(heading=Heading(subject="two\nlines")),
        whole(heading=Heading(sender="x" * 501)),
        finding(code="no code"),
        finding(code="macro"),
        finding(code="macro.autoexec\n"),
        finding(summary="\x1b[2J"),
        finding(evidence="\x00"),
        finding(evidence="\u202egnp.exe"),
        finding(evidence="x" * 501),
        finding(rule="two\nlines"),
        finding(pack="\x7f"),
        finding(technique="T1"),
        finding(lineage=()),
        finding(lineage=("another", "a.zip")),
        finding(lineage=("message", "x" * 1_001)),
        finding(lineage=("message",) * 65),
        gap(detail="\r\n250 OK"),
        gap(lineage=("a.zip",)),
        listed(kind="no such kind"),
        listed(size=-1),
        listed(sha256="xyz"),
        listed(sha256="AB" * 32),
        listed(name="x" * 1_001),
        listed(names=("x",) * 21),
        listed(names=("x" * 1_001,)),
        listed(declared_type="a\tb"),
        listed(lineage=("a.zip",)),
        slots(Slot(1, 12, ("a.zip",))),
        slots(Slot(0, 5, ("a.zip",))),
        slots(Slot(5, 5, ("a.zip",))),
        slots(Slot(-5, 5, ("a.zip",))),
        slots(Slot(1, 5, ("a.zip",)), Slot(4, 8, ("a.zip",))),
        slots(Slot(6, 8, ("a.zip",)), Slot(1, 5, ("a.zip",))),
        slots(Slot(1, 5, ("b.zip",))),
        slots(Slot(1, 5, ())),
        slots(*(Slot(2 * n - 1, 2 * n, ("a.zip",)) for n in range(1, 5))),
    ],
)
def test_a_report_that_cannot_be_true_is_not_believed(
    distort: Callable[[Report], Report],
) -> None:
    with pytest.raises(LyingWorkerError):
        believe(answer(distort(REPORT)), ASKED)


def test_an_error_text_is_checked_too() -> None:
    with pytest.raises(LyingWorkerError, match="control characters"):
        believe(Answer("nonce", DIGEST, None, "\x1b]0;title\x07"), ASKED)
