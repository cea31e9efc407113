from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Finding, Gap, Heading, Level, Listed, Pack, Reason, Report, Slot
from gateway.scan.budget import Limits
from gateway.workers.answers import Asked, believe
from gateway.workers.frames import Answer, Order, decode, encode
from gateway.workers.tidy import shorten, tidy, tidy_name, tidy_text

DIGEST = "ab" * 32
PACK = Pack("core", "1")
ANY_TEXT = st.text(max_size=3) | st.just("\ud800") | st.text(min_size=499, max_size=510)


def reported(text: str) -> Report:
    """A report with ``text`` in every place that a sender or a stranger's rule can reach."""
    root = Listed(("message",), "message", ("message",), "message", "", 5, DIGEST)
    lineage = ("message", text)
    return Report(
        (Finding("a.b", Level.NOTE, text, text, lineage, text, text, text),),
        (Gap(Reason.DAMAGED, text, lineage),),
        (root, Listed(lineage, text, (text,) * 30, "data", text, 5, DIGEST)),
        PACK,
        heading=Heading(text, text, text, text, text),
        slots=(Slot(1, 3, (text,)),),
    )


@given(ANY_TEXT)
def test_whatever_honest_detectors_say_is_believed_once_it_is_tidy(text: str) -> None:
    asked = Asked(Order("nonce", "message", "", "", 5), DIGEST, PACK, Limits())

    frame = encode(Answer("nonce", DIGEST, tidy(reported(text))))

    answer = decode(frame[4:], Answer)
    assert believe(answer, asked) == answer.report


def test_evidence_shows_control_characters_as_escapes() -> None:
    assert tidy_text("a\r\nb\u202ec\ud800") == "a\\r\\nb\\u202ec\\ud800"


def test_a_name_keeps_what_its_sender_wrote() -> None:
    assert tidy_name("ré\u202esultat\n.exe") == "ré\u202esultat\n.exe"


def test_a_name_that_cannot_be_encoded_is_marked() -> None:
    assert tidy_name("r\udce9sultat") == "r?sultat"


def test_endless_texts_are_cut_and_show_it() -> None:
    assert tidy_text("x" * 9_999) == "x" * 499 + "…"
    assert tidy_name("x" * 9_999) == "x" * 999 + "…"


def test_the_technique_of_a_strangers_rule_is_dropped_when_it_is_none() -> None:
    assert tidy(reported("T1059, T1204")).findings[0].technique is None
    assert tidy(reported("T1566.001")).findings[0].technique == "T1566.001"


def test_what_is_left_out_of_a_shortened_report_is_a_gap() -> None:
    short = shorten(reported("x"), 1)

    assert short.gaps[0].reason is Reason.TOO_MANY
    assert short.gaps[0].detail == "the report on 2 files is too long to keep whole"
    assert len(short.artifacts) == 1


def test_a_shortened_report_keeps_the_worst_finding() -> None:
    report = reported("x")
    bad = replace(report.findings[0], level=Level.MALICIOUS)

    short = shorten(replace(report, findings=(*report.findings, bad)), 1)

    assert short.findings == (bad,)
