import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest

from quarantine.errors import IntegrityError
from quarantine.item import Field, State
from quarantine.keys import KeyRing, new_data_key
from quarantine.sealer import Documents, Sealer, message_label, seal_documents
from quarantine.sealing import seal
from tests.support.vault import CANARY, KEY, OTHER_KEY, new_item

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DATA_KEY = new_data_key()
SEALER = Sealer(KeyRing(KEY))
ROW = SEALER.item(
    new_item(summary={"subject": CANARY}), "1a", size=3, held_at=NOON, data_key=DATA_KEY
)


def _message(plain: bytes) -> BytesIO:
    return BytesIO(b"".join(seal(DATA_KEY, message_label("1a"), plain)))


def test_a_row_shows_nothing_personal() -> None:
    assert CANARY.encode() not in (ROW.summary or b"")
    assert CANARY not in repr(ROW)


def test_a_row_opens_as_the_item_that_it_was() -> None:
    item = SEALER.open_item(ROW)

    assert (item.id, item.size, item.held_at, item.state) == ("1a", 3, NOON, State.HELD)
    assert item.summary == {"subject": CANARY}
    assert item.damage == ""


def test_another_master_key_is_named() -> None:
    item = Sealer(KeyRing(OTHER_KEY)).open_item(ROW)

    assert item.summary == {}
    assert f"under master key {KEY.id}, and this one is {OTHER_KEY.id}" in item.damage


def test_a_row_whose_key_is_gone_says_so() -> None:
    assert "the key of item 1a is gone" in SEALER.open_item(replace(ROW, wrapped_key=None)).damage


def test_a_key_moved_to_another_row_does_not_open() -> None:
    assert "does not open" in SEALER.open_item(replace(ROW, id="1b")).damage


def test_documents_open_again() -> None:
    documents = Documents(b"envelope", b"report", "digest")

    assert SEALER.open_documents(ROW, seal_documents(documents, "1a", DATA_KEY)) == documents


def test_a_message_with_another_digest_is_refused() -> None:
    digest = hashlib.sha256(b"one").hexdigest()

    assert SEALER.open_message(ROW, digest, _message(b"one")) == b"one"
    with pytest.raises(IntegrityError, match="has another digest"):
        SEALER.open_message(ROW, digest, _message(b"two"))


def test_an_item_under_another_master_key_has_the_same_data_key_and_other_tokens() -> None:
    searchable = {Field.SUBJECT: ("Résultat",)}
    documents = Documents(b"envelope", b"report", "digest", searchable)
    details = seal_documents(documents, "1a", DATA_KEY)
    other = Sealer(KeyRing(OTHER_KEY, [KEY]))

    moved = other.rewrapped(ROW, details)

    row = replace(ROW, key_id=moved.key_id, wrapped_key=moved.wrapped_key)
    assert Sealer(KeyRing(OTHER_KEY)).open_documents(row, details) == documents
    assert moved.tokens == other.tokens(searchable) != SEALER.tokens(searchable)
