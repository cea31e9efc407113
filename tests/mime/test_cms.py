import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import cms
from gateway.mime.cms import Wrapping
from tests.support.smime import (
    COMPRESSED,
    ENVELOPED,
    item,
    open_ended,
    signed,
    signed_by_hand,
    wrapped,
)

CONTENT = b"Content-Type: text/plain\r\n\r\nhello " + bytes(range(256)) * 3


def test_signed_content_is_taken_out() -> None:
    assert cms.unwrap(signed(CONTENT)) == cms.Wrapped(Wrapping.SIGNED, CONTENT)


def test_a_detached_signature_holds_nothing() -> None:
    assert cms.unwrap(signed(CONTENT, is_detached=True)) == cms.Wrapped(Wrapping.SIGNED)


def test_armour_is_taken_off() -> None:
    armoured = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed(CONTENT)) + b"-----END"

    assert cms.unwrap(armoured).content == CONTENT


@pytest.mark.parametrize("wrap", [item, open_ended])
def test_content_in_pieces_of_any_depth_is_put_together(
    wrap: Callable[..., bytes],
) -> None:
    pieces = wrap(0x24, item(0x04, b"one "), wrap(0x24, item(0x04, b"two ")), item(0x04, b"three"))

    assert cms.unwrap(signed_by_hand(pieces, wrap)).content == b"one two three"


@pytest.mark.parametrize(
    ("oid", "wrapping"),
    [
        (ENVELOPED, Wrapping.ENCRYPTED),
        (COMPRESSED, Wrapping.COMPRESSED),
        (bytes.fromhex("06092a864886f70d010705"), Wrapping.SIGNED),
        (bytes.fromhex("06092a864886f70d010709"), Wrapping.UNKNOWN),
    ],
)
def test_other_wrappings_are_told_apart(oid: bytes, wrapping: Wrapping) -> None:
    assert cms.unwrap(wrapped(oid)).wrapping is wrapping


@pytest.mark.parametrize("about", [[], [item(0x16, b"http://x")], [item(0x30, item(0x01, b"\0"))]])
def test_content_with_a_time_stamp_is_taken_out(about: list[bytes]) -> None:
    kind = bytes.fromhex("060b2a864886f70d010910011f")
    stamped = item(0x30, b"\x02\x01\x01", *about, item(0x04, b"Bonjour"), item(0xA0))
    unwrapped = cms.unwrap(item(0x30, kind, item(0xA0, stamped)))

    assert (unwrapped.wrapping, unwrapped.content) == (Wrapping.SIGNED, b"Bonjour")


@pytest.mark.parametrize("cut", range(0, 90, 3))
def test_a_cut_object_is_damaged(cut: int) -> None:
    whole = signed_by_hand(item(0x04, b"x" * 20), open_ended)

    with pytest.raises(cms.DamagedError):
        cms.unwrap(whole[: min(cut, 40)])


@given(st.binary(max_size=100), st.integers(0, 80), st.binary(max_size=4))
def test_any_bytes_are_unwrapped_or_damaged(data: bytes, at: int, change: bytes) -> None:
    whole = signed_by_hand(item(0x24, item(0x04, b"x")), open_ended)
    for hostile in (data, whole[:at] + change + whole[at + len(change) :]):
        try:
            cms.unwrap(hostile)
        except cms.DamagedError:
            continue


def test_deep_nesting_is_followed_without_recursion() -> None:
    deep = b"\x24\x80" * 100_000

    with pytest.raises(cms.DamagedError):
        cms.unwrap(signed_by_hand(deep, open_ended))
