import os

import pytest

from quarantine.errors import IntegrityError
from quarantine.keys import KeyRing, MasterKey, new_data_key
from tests.support.vault import KEY, OTHER_KEY


def test_a_wrapped_key_opens_under_its_own_master_key_and_label_only() -> None:
    data_key = new_data_key()
    wrapped = KEY.wrap(data_key, "key of item 1")

    assert KEY.unwrap(wrapped, "key of item 1") == data_key
    for key, label in [(KEY, "key of item 2"), (OTHER_KEY, "key of item 1")]:
        with pytest.raises(IntegrityError, match=label):
            key.unwrap(wrapped, label)


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(60)])
def test_what_was_never_wrapped_does_not_open(wrapped: bytes) -> None:
    with pytest.raises(IntegrityError):
        KEY.unwrap(wrapped, "key of item 1")


def test_a_secret_is_not_shown() -> None:
    secret = os.urandom(32)
    key = MasterKey(secret)

    assert secret.hex() not in repr(key) + key.id + str(vars(key))


def test_what_is_derived_for_others_is_the_same_at_every_start_and_tells_nothing() -> None:
    key, again, other = MasterKey(b"a" * 32), MasterKey(b"a" * 32), MasterKey(b"b" * 32)

    assert key.derive("journal") == again.derive("journal")
    assert len({key.derive("journal"), key.derive("x"), other.derive("journal"), b"a" * 32}) == 4


def test_a_ring_seals_under_its_current_key_and_opens_under_the_older_ones() -> None:
    ring = KeyRing(KEY, [OTHER_KEY])
    wrapped = OTHER_KEY.wrap(b"data key", "key of item 1")

    assert ring.unwrap(wrapped, "key of item 1", OTHER_KEY.id) == b"data key"
    assert ring.current is KEY
    assert ring.all == (KEY, OTHER_KEY)
    with pytest.raises(IntegrityError, match=f"under master key {OTHER_KEY.id}"):
        KeyRing(KEY).unwrap(wrapped, "key of item 1", OTHER_KEY.id)
