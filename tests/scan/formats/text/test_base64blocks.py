import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.formats.text.base64blocks import abridged

HEAD = b"Subject: a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
END = b"\r\n--b--\r\n"


def encoded(size: int) -> bytes:
    content = random.Random(size).randbytes(size)
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def test_of_much_base64_its_ends_are_left_and_all_that_stands_around_it() -> None:
    short = abridged(HEAD + encoded(300_000) + END)

    assert short.data.startswith(HEAD)
    assert short.data.endswith(END)
    assert len(short.data) < 10_000


@pytest.mark.parametrize("letter", b"<>(){}\"' \t=:;.-_$\0\x80")
def test_what_has_any_other_letter_stays_whole(letter: int) -> None:
    text = bytearray(encoded(40_000))
    text[::4096] = bytes([letter]) * len(text[::4096])

    assert abridged(bytes(text)).data == text


def test_what_is_short_stays_whole() -> None:
    assert abridged(HEAD + encoded(2000) + END).data == HEAD + encoded(2000) + END


def test_what_stands_on_both_sides_of_a_gap_is_not_joined() -> None:
    short = abridged(b"%" * 4090 + b"cmd.ex" + b"A" * 4096 + b"e /c" + b"%" * 100)

    assert b"cmd.exe" not in short.data
    assert b"cmd.ex\r\ne /c" in short.data


@given(st.lists(st.tuples(st.sampled_from(b"A%"), st.integers(1, 9000)), max_size=12))
def test_each_byte_that_is_left_tells_where_it_stood(runs: list[tuple[int, int]]) -> None:
    # Every byte tells its place by the one that it holds: the number of its block, or a letter.
    text = b"".join(bytes([letter]) * length for letter, length in runs)
    short = abridged(text)

    for offset in range(0, len(short.data), 97):
        if (byte := short.data[offset : offset + 1]) == b"%":
            origin = short.origin(offset)
            assert text[origin : origin + 1] == byte
    assert short.data.count(b"%") == text.count(b"%")
