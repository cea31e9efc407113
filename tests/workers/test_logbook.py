import os
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Finding, Gap, Level, Listed, Pack, Reason
from gateway.scan.budget import Limits
from gateway.workers import logbook
from gateway.workers.answers import Asked
from gateway.workers.frames import Order
from gateway.workers.logbook import Entry, Logbook, Noted, Step

DIGEST = "ab" * 32
ROOT = Listed(("message",), "message", ("message",), "message", "", 12, DIGEST)
FINDING = Finding("macro.autoexec", Level.MALICIOUS, "Runs", "AutoOpen", ("message", "a.zip"))
GAP = Gap(Reason.ENCRYPTED, "b.doc", ("message", "a.zip", "b.doc"))
STEP = Step("MacroAnalyzer", ("message", "a.zip"))
ASKED = Asked(
    Order("nonce", "message", "message/rfc822", "", 12), DIGEST, Pack("core", "1"), Limits()
)


@pytest.fixture
def descriptor() -> Iterator[int]:
    made = logbook.create()
    yield made
    os.close(made)


def written(descriptor: int) -> Logbook:
    book = Logbook(descriptor)
    book.open("nonce")
    book.enter(Entry(listed=ROOT))
    book.enter(Entry(finding=FINDING))
    book.enter(Entry(gap=GAP))
    book.step(STEP)
    return book


def test_what_was_written_is_read(descriptor: int) -> None:
    written(descriptor)

    assert logbook.read(descriptor, "nonce") == Noted(STEP, (ROOT,), (FINDING,), (GAP,))


def test_what_was_written_of_another_message_is_not_read(descriptor: int) -> None:
    written(descriptor)

    assert logbook.read(descriptor, "other") is None


def test_nothing_of_a_message_stays_when_the_next_one_begins(descriptor: int) -> None:
    written(descriptor).open("next")

    assert logbook.read(descriptor, "next") == Noted(Step(), (), (), ())
    assert b"AutoOpen" not in os.pread(descriptor, 1 << 20, 0)


def test_a_full_logbook_keeps_what_it_has(descriptor: int) -> None:
    book = written(descriptor)
    for _ in range(10_000):
        book.enter(Entry(finding=FINDING))

    noted = logbook.read(descriptor, "nonce")
    assert noted is not None
    assert 5_000 < len(noted.findings) < 10_000


def test_a_place_that_is_too_long_to_write_down_is_left_out(descriptor: int) -> None:
    written(descriptor).step(Step("x", ("message", "\N{PILL}" * 20_000)))

    noted = logbook.read(descriptor, "nonce")
    assert noted is not None
    assert noted.step == Step()


def test_nobody_changes_the_size_of_a_logbook(descriptor: int) -> None:
    for size in (0, 2 << 20):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)


@given(at=st.integers(0, 66_000), wrong=st.binary(min_size=1, max_size=40))
def test_a_logbook_that_was_spoilt_is_understood_or_not_but_never_a_fault(
    at: int, wrong: bytes
) -> None:
    descriptor = logbook.create()
    written(descriptor)
    os.pwrite(descriptor, wrong, at)

    noted = logbook.read(descriptor, "nonce")

    os.close(descriptor)
    report = ASKED.seen_until(noted, Reason.LOST, "it died")
    assert report.killed_its_worker
    assert not report.is_clean


def test_a_length_that_leads_out_of_the_book_ends_it(descriptor: int) -> None:
    written(descriptor)
    os.pwrite(descriptor, struct.pack("<I", 0xFFFFFFFF), 64 << 10)

    assert logbook.read(descriptor, "nonce") is None


def test_what_counts_names_the_step_that_was_under_way() -> None:
    report = ASKED.seen_until(
        Noted(STEP, (ROOT,), (FINDING,), (GAP,)), Reason.TOO_SLOW, "no answer within 60 s"
    )

    assert report.gaps == (
        Gap(Reason.TOO_SLOW, "no answer within 60 s, in MacroAnalyzer", ("message", "a.zip")),
        GAP,
    )
    assert report.findings == (FINDING,)


@pytest.mark.parametrize(
    "noted",
    [
        Noted(Step("two\nlines"), (ROOT,), (), ()),
        Noted(Step("x", ("other",)), (ROOT,), (), ()),
        Noted(Step(), (), (Finding("no code", Level.NOTE, "", "", ("message",)),), ()),
        Noted(Step(), (Listed(("message",), "", (), "data", "", 13, DIGEST),), (), ()),
        Noted(Step(), (), (FINDING,) * 2_000, ()),
    ],
)
def test_a_logbook_that_cannot_be_true_counts_for_nothing(noted: Noted) -> None:
    assert ASKED.seen_until(noted, Reason.LOST, "it died") == ASKED.unseen(Reason.LOST, "it died")
