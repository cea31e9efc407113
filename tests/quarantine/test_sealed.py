"""The profile ``sealed``: what a gateway without the private key can do, and what it cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quarantine.errors import SealedError
from quarantine.item import Field, Query, State
from quarantine.lockbox import Lockbox
from quarantine.pairs import PrivateKey, new_pair
from tests.support.vault import new_item, open_box

DESK = PrivateKey(*new_pair())
SUBJECT = {Field.SUBJECT: ("Résultat",)}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Lockbox]:
    with open_box(tmp_path / "box", key=DESK.public_half) as box:
        yield box


def test_what_the_gateway_holds_only_the_administrator_reads(
    gateway: Lockbox, tmp_path: Path
) -> None:
    held = gateway.hold(new_item(b"secret", summary={"subject": "Résultat"}))

    assert held.summary == {"subject": "Résultat"}
    (listed,) = gateway.items()
    assert listed.summary == {}
    assert listed.damage == "sealed: needs the private key"
    with pytest.raises(SealedError):
        gateway.message(held.id)
    with open_box(tmp_path / "box", key=DESK) as desk:
        assert desk.message(held.id) == b"secret"
        assert next(desk.items()).summary == {"subject": "Résultat"}


def test_the_gateway_cannot_begin_a_release_that_it_could_not_carry_out(gateway: Lockbox) -> None:
    held = gateway.hold(new_item())

    with pytest.raises(SealedError, match="only with the private key"):
        gateway.begin_release(held.id, who="alice", why="urgent")
    assert gateway.item(held.id).item.state is State.HELD


def test_the_gateway_finds_what_it_cannot_read(gateway: Lockbox) -> None:
    held = gateway.hold(new_item(searchable=SUBJECT))

    found = gateway.items(Query(terms=((Field.SUBJECT, "resultat"),)))

    assert [item.id for item in found] == [held.id]


def test_the_gateway_deletes_purges_and_looks_for_disagreements(
    gateway: Lockbox, tmp_path: Path
) -> None:
    one, two = gateway.hold(new_item()), gateway.hold(new_item())
    gateway.delete(one.id, who="alice", why="spam")
    assert gateway.item(one.id).item.state is State.DELETED
    assert gateway.item(one.id).records[-2].why == "(sealed)"
    assert list(gateway.fsck()) == []
    (tmp_path / "box" / "messages" / two.id).unlink()

    assert [problem.kind for problem in gateway.fsck()] == ["lost-blob"]


def test_the_administrator_verifies_what_the_gateway_recorded(
    gateway: Lockbox, tmp_path: Path
) -> None:
    held = gateway.hold(new_item())
    gateway.view(held.id, who="bob", why="curious")

    with open_box(tmp_path / "box", key=DESK) as desk:
        assert desk.audit.verify().broken is None
        assert desk.item(held.id).records[-1].why == "curious"
        assert list(desk.fsck()) == []
