from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Envelope, Recipient
from gateway.smtp.journal import Earlier, Journal
from gateway.smtp.replies import Reply

ENVELOPE = Envelope(
    "alice@sender.test",
    (Recipient("bob@hospital.test"), Recipient("carol@hospital.test")),
    client="192.0.2.7",
)
TAKEN = Reply(250, "2.0.0", "queued for bob@hospital.test")
REMEMBERED = Reply(250, "2.0.0", "")
DAY = 24 * 3600


@dataclass
class House:
    """A journal that can be killed and started again, on a clock that stands still."""

    path: Path
    now: float = 1_700_000_000.0
    capacity: int = 100_000
    journals: list[Journal] = field(default_factory=list)

    def start(self) -> Journal:
        """A journal that knows what is in the file; whoever had it before was killed."""
        journal = Journal(self.path, b"secret", clock=lambda: self.now, capacity=self.capacity)
        self.journals.append(journal)
        return journal


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path / "journal")
    yield house
    for journal in house.journals:
        await journal.close()


def key(journal: Journal, sha256: str = "aa", envelope: Envelope = ENVELOPE) -> str:
    return journal.key(sha256, envelope)


async def delivered(journal: Journal, identifier: str = "m1", sha256: str = "aa") -> None:
    await journal.begin(identifier, key(journal, sha256))
    await journal.relayed(identifier, TAKEN)


async def test_a_retry_after_a_lost_reply_is_known(house: House) -> None:
    journal = house.start()
    await delivered(journal)
    journal.unanswered("m1")

    assert journal.claim(key(journal)) == Earlier("m1", REMEMBERED)


async def test_a_retry_after_a_crash_is_known(house: House) -> None:
    await delivered(house.start())
    journal = house.start()

    assert journal.claim(key(journal)) == Earlier("m1", REMEMBERED)


async def test_a_crash_between_the_dot_and_its_answer_is_in_doubt(house: House) -> None:
    before = house.start()
    await before.begin("m1", key(before))
    journal = house.start()

    assert journal.claim(key(journal)) == Earlier("m1", None)
    assert journal.claim(key(journal)) is None


async def test_identical_mail_is_no_retry_once_the_first_was_answered(house: House) -> None:
    journal = house.start()
    await delivered(journal)
    journal.settled("m1")
    journal.unanswered("m1")

    assert journal.claim(key(journal)) is None


async def test_identical_mail_is_no_retry_while_the_first_session_lives(house: House) -> None:
    journal = house.start()
    await delivered(journal)

    assert journal.claim(key(journal)) is None


async def test_an_answered_delivery_is_forgotten_after_a_restart_too(house: House) -> None:
    before = house.start()
    await delivered(before)
    before.settled("m1")
    await before.close()
    journal = house.start()

    assert journal.claim(key(journal)) is None


async def test_a_refused_delivery_is_forgotten(house: House) -> None:
    journal = house.start()
    await journal.begin("m1", key(journal))
    journal.settled("m1")
    journal.unanswered("m1")

    assert journal.claim(key(journal)) is None


async def test_settling_twice_is_no_error(house: House) -> None:
    journal = house.start()
    await delivered(journal)
    journal.unanswered("m1")
    journal.settled("m1")
    journal.settled("m1")

    assert journal.claim(key(journal)) is None


async def test_one_lost_reply_excuses_one_retry_at_a_time(house: House) -> None:
    journal = house.start()
    await delivered(journal)
    journal.unanswered("m1")
    journal.claim(key(journal))

    assert journal.claim(key(journal)) is None


async def test_a_retry_whose_reply_is_lost_again_may_come_again(house: House) -> None:
    journal = house.start()
    await delivered(journal)
    journal.unanswered("m1")
    journal.claim(key(journal))
    journal.unanswered("m1")

    assert journal.claim(key(journal)) == Earlier("m1", REMEMBERED)


async def test_two_lost_replies_to_identical_mail_excuse_one_retry(house: House) -> None:
    journal = house.start()
    await delivered(journal, "m1")
    await delivered(journal, "m2")
    journal.unanswered("m1")
    journal.unanswered("m2")

    assert journal.claim(key(journal)) == Earlier("m2", REMEMBERED)
    assert journal.claim(key(journal)) is None

    journal.settled("m2")
    await journal.close()
    again = house.start()
    assert again.claim(key(again)) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(ENVELOPE, sender="mallory@sender.test"),
        replace(ENVELOPE, client="192.0.2.8"),
        replace(ENVELOPE, recipients=ENVELOPE.recipients[:1]),
    ],
)
async def test_mail_of_others_is_no_retry(house: House, other: Envelope) -> None:
    journal = house.start()
    await delivered(journal)
    journal.unanswered("m1")

    assert journal.claim(key(journal, envelope=other)) is None
    assert journal.claim(key(journal, sha256="bb")) is None


async def test_the_order_of_the_recipients_makes_no_difference(house: House) -> None:
    journal = house.start()
    reordered = replace(ENVELOPE, recipients=ENVELOPE.recipients[::-1])

    assert key(journal) == key(journal, envelope=reordered)


async def test_after_five_days_nobody_retries(house: House) -> None:
    journal = house.start()
    await delivered(journal)
    journal.unanswered("m1")
    house.now += 5 * DAY + 1

    assert journal.claim(key(journal)) is None


async def test_after_five_days_nobody_retries_over_a_restart_either(house: House) -> None:
    await delivered(house.start())
    house.now += 5 * DAY + 1
    journal = house.start()

    assert journal.claim(key(journal)) is None


async def test_clients_that_never_acknowledge_do_not_fill_the_memory(house: House) -> None:
    house.capacity = 10
    journal = house.start()
    for number in range(50):
        await delivered(journal, f"m{number}", f"{number}")
        journal.unanswered(f"m{number}")
    claims = [journal.claim(key(journal, f"{number}")) for number in range(50)]

    assert sum(claim is not None for claim in claims) <= 10
    assert claims[49] == Earlier("m49", REMEMBERED)


async def test_the_file_names_nobody(house: House) -> None:
    await delivered(house.start())
    written = house.path.read_text()

    for word in ("alice", "bob", "hospital", "192.0.2.7", '"aa"'):
        assert word not in written


async def test_another_secret_gives_another_key(house: House, tmp_path: Path) -> None:
    other = Journal(tmp_path / "other", b"another secret")
    house.journals.append(other)

    assert key(other) != key(house.start())


@given(st.integers(0, 400))
@settings(deadline=None)
@pytest.mark.slow
async def test_any_torn_file_is_read_as_far_as_it_goes(
    tmp_path_factory: pytest.TempPathFactory, kept: int
) -> None:
    house = House(tmp_path_factory.mktemp("house") / "journal")
    before = house.start()
    await delivered(before, "m1", "1")
    await delivered(before, "m2", "2")
    await before.close()
    whole = house.path.read_bytes()
    house.path.write_bytes(whole[: -1 - kept] if kept < len(whole) else b"")

    journal = house.start()
    await delivered(journal, "m3", "3")
    again = house.start()

    assert journal.damaged == again.damaged == 0
    assert again.claim(key(again, "3")) == Earlier("m3", REMEMBERED)
    await journal.close()
    await again.close()


@given(st.binary(max_size=200))
@settings(deadline=None)
@pytest.mark.slow
async def test_damaged_lines_are_counted_and_cost_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, garbage: bytes
) -> None:
    house = House(tmp_path_factory.mktemp("house") / "journal")
    before = house.start()
    await delivered(before)
    await before.close()
    house.path.write_bytes(b"\0" + garbage + b"\n" + house.path.read_bytes())

    journal = house.start()

    assert journal.damaged >= 1
    assert journal.claim(key(journal)) == Earlier("m1", REMEMBERED)
    await journal.close()


async def test_what_could_not_be_written_was_not_begun(house: House, tmp_path: Path) -> None:
    house.path = tmp_path / "no such folder" / "journal"
    journal = house.start()
    with pytest.raises(OSError, match="No such file"):
        await journal.begin("m1", key(journal))
    journal.unanswered("m1")

    assert journal.claim(key(journal)) is None
