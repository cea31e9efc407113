from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from quarantine.audit import Chain, Entry, Head, SealedRecord, Tip
from quarantine.errors import IntegrityError, SealedError
from quarantine.item import State
from quarantine.keys import KeyRing
from quarantine.pairs import PrivateKey, new_pair
from tests.support.vault import CANARY, KEY, OTHER_KEY

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
CHAIN = Chain(KeyRing(KEY))


def entry(action: str = "viewed", why: str = "") -> Entry:
    return Entry(NOON, "alice", "root@gate", action, "1a", State.HELD, None, why)


def written(*entries: Entry, chain: Chain = CHAIN) -> tuple[list[SealedRecord], Tip]:
    """What a store has after these entries, one transaction each."""
    records: list[SealedRecord] = []
    tip = Tip()
    for one in entries:
        appended = chain.append(one)(tip)
        records += appended.records
        tip = Tip(records[-1].number, appended.state)
    return records, tip


RECORDS, TIP = written(*(entry(why=f"reason {number}") for number in range(4)))


def broken(records: Sequence[SealedRecord], tip: Tip = TIP, anchor: Head | None = None) -> object:
    return CHAIN.verify(records, tip, anchor=anchor).broken


def test_a_chain_as_it_was_written_is_whole() -> None:
    verdict = CHAIN.verify(RECORDS, TIP)

    assert (verdict.records, verdict.older, verdict.broken) == (5, 0, None)
    assert [record.number for record in RECORDS] == [1, 2, 3, 4, 5]
    assert RECORDS[0].action == "begin"


@pytest.mark.parametrize(
    "change",
    [
        {"who": "bob"},
        {"origin": "root@elsewhere"},
        {"action": "deleted"},
        {"item": "1b"},
        {"at": NOON.replace(year=2027)},
        {"was": None},
        {"became": State.RELEASED},
        {"note": RECORDS[1].note},
        {"mac": bytes(32)},
        {"mac": None},
    ],
)
def test_e10_the_first_changed_record_is_named(change: dict[str, object]) -> None:
    records = [*RECORDS]
    records[2] = replace(records[2], **change)

    assert broken(records) == 3


def test_a_record_that_was_taken_out_or_put_elsewhere_is_named() -> None:
    assert broken([*RECORDS[:2], *RECORDS[3:]]) == 3
    assert broken([RECORDS[0], RECORDS[2], RECORDS[1], *RECORDS[3:]]) == 2
    swapped = [*RECORDS[:2], replace(RECORDS[3], number=3), *RECORDS[3:]]
    assert broken(swapped) == 3


def test_a_tail_that_was_cut_off_is_named() -> None:
    verdict = CHAIN.verify(RECORDS[:3], TIP)

    assert verdict.broken == 4
    assert verdict.why == "record 4 is missing, with all up to 5"


def test_a_tail_that_was_cut_off_together_with_its_state_is_known_by_a_head_written_elsewhere() -> (
    None
):
    head = CHAIN.head(TIP)
    shorter, tip = RECORDS[:4], written(*(entry() for _ in range(3)))[1]
    assert head == Head(5, (RECORDS[4].mac or b"").hex())

    assert broken(RECORDS, anchor=head) is None
    assert broken(RECORDS, anchor=Head(5, "00" * 32)) == 5
    assert broken(shorter, tip, head) is not None


def test_a_record_that_an_intruder_adds_does_not_fit() -> None:
    forged = replace(RECORDS[4], number=6, who="nobody")

    assert broken([*RECORDS, forged]) == 6
    other, tip = written(entry(), chain=Chain(KeyRing(OTHER_KEY)))
    assert broken(other, tip) == 1


def test_the_key_of_a_record_is_gone_when_the_next_one_is_written() -> None:
    """From the state of the end nothing earlier can be made."""
    (first, second), tip = written(entry())
    again = CHAIN.append(entry("deleted"))(Tip(1, tip.state)).records[0]

    assert again.number == 3
    assert broken([first, replace(again, number=2)], tip) == 2
    assert broken([first, second], tip) is None


def test_records_older_than_the_chain_are_counted_and_not_vouched_for() -> None:
    older = [replace(RECORDS[1], number=number, mac=None) for number in (1, 2)]
    appended = CHAIN.append(entry())(Tip(2, None))

    verdict = CHAIN.verify([*older, *appended.records], Tip(4, appended.state))

    assert (verdict.older, verdict.records, verdict.broken) == (2, 2, None)
    assert broken([*older, *RECORDS]) == 3


def test_a_chain_without_its_beginning_is_broken() -> None:
    assert broken(RECORDS[1:]) == 1
    assert broken([replace(RECORDS[1], number=1), *RECORDS[1:]]) == 1
    assert broken([], TIP) == 1


def test_a_state_that_was_lost_is_said() -> None:
    assert broken(RECORDS, Tip(5, None)) == 5


def test_nothing_recorded_is_whole_and_has_no_head() -> None:
    assert CHAIN.verify([], Tip()).broken is None
    assert CHAIN.head(Tip()) is None


def test_the_words_of_a_person_are_sealed() -> None:
    (_, record), _ = written(entry(why=CANARY))

    assert CANARY.encode() not in record.note.sealed
    assert CHAIN.why(record) == CANARY
    with pytest.raises(IntegrityError):
        CHAIN.why(replace(record, item="1b"))


def test_with_a_public_key_the_gateway_writes_what_only_the_administrator_can_verify() -> None:
    private = PrivateKey(*new_pair())
    gateway, desk = Chain(KeyRing(private.public_half)), Chain(KeyRing(private))
    records, tip = written(entry(why="spam"), entry(), chain=gateway)

    assert gateway.head(tip) == desk.head(tip)
    assert desk.verify(records, tip).broken is None
    assert desk.why(records[1]) == "spam"
    with pytest.raises(SealedError):
        gateway.verify(records, tip)


def test_a_chain_goes_on_under_another_key() -> None:
    ring = KeyRing(OTHER_KEY, [KEY])
    later = Chain(ring)
    state = later.resealed(TIP)
    appended = later.append(entry())(Tip(5, state))

    verdict = later.verify([*RECORDS, *appended.records], Tip(6, appended.state))

    assert verdict.broken is None
    assert Chain(KeyRing(OTHER_KEY)).head(Tip(5, state)) == CHAIN.head(TIP)
