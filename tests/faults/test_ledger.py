"""The ledger itself: whatever breaks an invariant is found, and told with its letter."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.custody import records
from gateway.model import Envelope, Recipient
from gateway.smtp.sink import Delivery
from quarantine import Lockbox
from quarantine.memory import MemoryBlobs, MemoryIndex
from tests.support.ledger import RECIPIENT, Aftermath, Answer, Ledger, Letter
from tests.support.vault import KEY, new_item

TRACE = b"Received: from x ([192.0.2.1])\r\n\tby gate\r\nX-Lazaretto: clean; id=a1; rules=1\r\n"
TAKEN, REFUSED, LOST = Answer(".", "250 2.0.0 ok"), Answer(".", "451 4.3.0 no"), Answer(".", "")
ENVELOPE = Envelope("lab@out.example", (Recipient(RECIPIENT),))


@pytest.fixture
def box() -> Iterator[Lockbox]:
    with Lockbox(MemoryBlobs(), MemoryIndex(), key=KEY, reserve_bytes=0) as lockbox:
        yield lockbox


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def delivered(letter: Letter, trace: bytes = TRACE) -> Delivery:
    return Delivery(ENVELOPE, trace + letter.message)


def hold(box: Lockbox, letter: Letter) -> None:
    box.hold(new_item(letter.message, envelope=records.encode(ENVELOPE)))


def test_a_letter_that_was_delivered_or_held_once_is_in_order(ledger: Ledger, box: Lockbox) -> None:
    clean, infected = ledger.write(), ledger.write(is_infected=True)
    clean.answers, infected.answers = [REFUSED, LOST, TAKEN], [TAKEN]
    hold(box, infected)

    assert Aftermath([delivered(clean)], box).check(ledger) == {"once": 2}


def test_one_that_is_lost_is_found(ledger: Ledger, box: Lockbox) -> None:
    ledger.write().answers = [TAKEN]

    with pytest.raises(AssertionError, match="0 delivered, 0 held"):
        Aftermath([], box).check(ledger)


def test_one_that_one_of_its_recipients_never_got_is_found(ledger: Ledger, box: Lockbox) -> None:
    letter = ledger.write(recipients=(RECIPIENT, "other@hospital.example"))
    letter.answers = [TAKEN]

    with pytest.raises(AssertionError, match="1 delivered, 0 held"):
        Aftermath([delivered(letter)], box).check(ledger)


@pytest.mark.parametrize("times", [(2, 0), (1, 1), (0, 2)])
def test_one_that_is_there_twice_is_found(
    ledger: Ledger, box: Lockbox, times: tuple[int, int]
) -> None:
    letter = ledger.write()
    letter.answers = [LOST, TAKEN]
    for _ in range(times[1]):
        hold(box, letter)

    with pytest.raises(AssertionError, match="{} delivered, {} held".format(*times)):
        Aftermath([delivered(letter)] * times[0], box).check(ledger)


@pytest.mark.parametrize("answer", [REFUSED, LOST])
def test_one_that_was_never_accepted_and_is_there_is_found(
    ledger: Ledger, box: Lockbox, answer: Answer
) -> None:
    letter = ledger.write()
    letter.answers = [answer]

    with pytest.raises(AssertionError, match="1 delivered"):
        Aftermath([delivered(letter)], box).check(ledger)


def test_an_infected_one_that_was_delivered_is_found(ledger: Ledger, box: Lockbox) -> None:
    letter = ledger.write(is_infected=True)
    letter.answers = [TAKEN]

    with pytest.raises(AssertionError, match="1 delivered, 0 held"):
        Aftermath([delivered(letter)], box).check(ledger)


@pytest.mark.parametrize(
    "trace", [b"", TRACE.replace(b"clean", b"opaque"), TRACE + b"X-More: x\r\n", TRACE + b"\n"]
)
def test_one_that_was_changed_or_not_judged_clean_is_found(
    ledger: Ledger, box: Lockbox, trace: bytes
) -> None:
    letter = ledger.write()
    letter.answers = [TAKEN]

    with pytest.raises(AssertionError):
        Aftermath([delivered(letter, trace)], box).check(ledger)


@pytest.mark.parametrize("shift", range(4))
def test_one_that_lies_on_the_disk_is_found_plain_or_as_an_attachment(
    ledger: Ledger, box: Lockbox, tmp_path: Path, shift: int
) -> None:
    letter = ledger.write()
    text = b"x" * shift + b"result " + letter.canary + b" and more"
    (tmp_path / "left.tmp").write_bytes(base64.b64encode(text) if shift else text)

    with pytest.raises(AssertionError, match=r"left\.tmp"):
        Aftermath([], box, [tmp_path]).check(ledger)


def test_one_that_nobody_has_written_is_found(ledger: Ledger, box: Lockbox) -> None:
    with pytest.raises(AssertionError):
        Aftermath([delivered(Ledger().write())], box).check(ledger)


def test_an_audit_that_was_changed_is_found(ledger: Ledger) -> None:
    index = MemoryIndex()
    with Lockbox(MemoryBlobs(), index, key=KEY, reserve_bytes=0) as box:
        letter = ledger.write(is_infected=True)
        letter.answers = [TAKEN]
        hold(box, letter)
        index._audit[-1] = replace(index._audit[-1], who="somebody else")

        with pytest.raises(AssertionError, match="broken"):
            Aftermath([], box).check(ledger)
