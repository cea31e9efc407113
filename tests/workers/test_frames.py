import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Level, Pack
from gateway.packs.format import RuleFile, RulePack
from gateway.workers.frames import (
    Answer,
    Born,
    Ended,
    Fork,
    FrameError,
    NotBorn,
    Order,
    Ready,
    Setup,
    Start,
    Told,
    body_length,
    decode,
    decode_told,
    encode,
)

PACK = RulePack("core", "1", (RuleFile("a.yar", "rule a { condition: true }"),), "", "", Level.NOTE)


def test_a_setup_arrives_as_it_was_sent() -> None:
    start = Start(Setup((PACK,)), "module:function")

    assert decode(encode(start)[4:], Start) == start


@pytest.mark.parametrize(
    "told", [Ready(Pack("core", "1"), ("x",)), Born(1), NotBorn(2, "EAGAIN"), Ended(3, 139)]
)
def test_a_zygote_is_understood(told: Told) -> None:
    assert decode_told(encode(told)[4:]) == told


def test_the_header_says_how_long_the_body_is() -> None:
    frame = encode(Fork(7))

    assert body_length(frame[:4], 100) == len(frame) - 4


def test_a_header_that_announces_too_much_is_refused() -> None:
    with pytest.raises(FrameError, match="a frame of 4294967295 bytes, where 100 are the most"):
        body_length(struct.pack(">I", 0xFFFFFFFF), 100)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\x80",
        b"\x91" * 100_000,
        b"cos\nsystem\n(S'true'\ntR.",
        encode(Fork(7))[4:],
        encode(Fork(7))[4:] + b"\x00",
    ],
)
def test_what_is_not_an_answer_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        decode(body, Answer)


def test_an_unknown_field_is_refused() -> None:
    order = encode(Order("n", "message", "", "", 1))[4:]
    longer = bytes([order[0] + 1]) + order[1:] + b"\xa1x\x01"

    with pytest.raises(FrameError, match="unknown field"):
        decode(longer, Order)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_frame_error(body: bytes) -> None:
    try:
        decode(body, Answer)
    except FrameError:
        return
