import pytest

from quarantine.errors import IntegrityError
from quarantine.pairs import PrivateKey, new_pair

KEY, OTHER = PrivateKey(*new_pair()), PrivateKey(*new_pair())


def test_a_data_key_opens_under_its_own_private_key_and_label_only() -> None:
    wrapped = KEY.public_half.wrap(b"data key", "key of item 1")

    assert KEY.unwrap(wrapped, "key of item 1") == b"data key"
    for key, label in [(KEY, "key of item 2"), (OTHER, "key of item 1")]:
        with pytest.raises(IntegrityError, match=label):
            key.unwrap(wrapped, label)


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(80), b"\xff" * 80])
def test_what_was_never_wrapped_does_not_open(wrapped: bytes) -> None:
    with pytest.raises(IntegrityError):
        KEY.unwrap(wrapped, "key of item 1")


def test_the_same_data_key_is_never_wrapped_the_same() -> None:
    assert KEY.wrap(b"x", "y") != KEY.wrap(b"x", "y")
