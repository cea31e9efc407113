import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime.quotedprintable import MAX_REPAIRS, is_overdone
from gateway.mime.transfer import Encoding, asides, decodings

QP = (Encoding.QUOTED_PRINTABLE,)


@given(st.binary(max_size=500))
def test_quoted_printable_is_undone(data: bytes) -> None:
    assert list(decodings(binascii.b2a_qp(data, istext=False), QP)) == [data]


@pytest.mark.parametrize(
    "body",
    [
        b"=53ECRET",
        b"S=\r\nECRET",
        b"S= \t\r\nECRET",
        b"=53EC=RET",
        b"=53EC=?!RET",
        b"SE=\rCRET",
        b"SE\0C\x80RET",
    ],
)
def test_crooked_quoted_printable_gives_up_its_content(body: bytes) -> None:
    assert any(b"SECRET" in decoded for decoded in decodings(body, QP))


def test_small_letters_are_escapes_and_beside_capitals_they_may_be_none() -> None:
    assert list(decodings(b"=c3=a9", QP)) == ["é".encode()]
    assert list(decodings(b"=C3=0a=A9", QP)) == [b"\xc3\n\xa9", "é".encode()]


def test_underscores_are_left_out_only_where_each_escape_has_one() -> None:
    assert list(asides(b"_=53_=45=\r\n", QP)) == [b"SE"]
    assert list(asides(b"snake_case and =E9 and one_=41", QP)) == []


def test_more_slips_than_are_put_right_are_told() -> None:
    assert is_overdone(b"=zz" * (MAX_REPAIRS + 1))
    assert is_overdone(b"=4F" + b"=4f" * (MAX_REPAIRS + 1))
    assert not is_overdone(b"=4f" * (MAX_REPAIRS + 1))
