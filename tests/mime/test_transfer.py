import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime.transfer import (
    MAX_BLOCKS,
    MAX_FILES,
    MAX_REPAIRS,
    Encoding,
    decodings,
    encoding_of,
    is_overdone,
    looks_like_base64,
)

B64 = (Encoding.BASE64,)
QP = (Encoding.QUOTED_PRINTABLE,)


@given(st.binary(max_size=500), st.sampled_from([b"\r\n", b"\n", b"\r", b" \r\n\t"]))
def test_base64_is_undone_whatever_ends_its_lines(data: bytes, end: bytes) -> None:
    assert list(decodings(base64.encodebytes(data).replace(b"\n", end), B64)) == [data]


@given(st.binary(max_size=500))
def test_quoted_printable_is_undone(data: bytes) -> None:
    assert list(decodings(binascii.b2a_qp(data, istext=False), QP)) == [data]


@pytest.mark.parametrize(
    "body",
    [
        b"U0VDUkVU",
        b"U0VD!UkVU",
        b"U0VD\0\xffUkVU\x80",
        b"U0VD UkVU",
        b"\r\n\r\nU0VDUkVU\r\n\r\n",
        b"U0VDUkVUA",
        b"U0VDUkVU====",
        b"U0VD\r\n=\r\nUkVU",
        b"U0VD====UkVU",
        b"UzA=RVQ=U0VDUkVU",
    ],
)
def test_crooked_base64_gives_up_its_content(body: bytes) -> None:
    assert any(b"SECRET" in decoded for decoded in decodings(body, B64))


def test_the_alphabet_of_the_web_is_tried_and_the_words_of_a_footer_are_not() -> None:
    assert b"\xfb\xff" in list(decodings(b"-_8=", B64))
    assert len(list(decodings(b"QUJD" * 4 + b"\r\n-- \r\nmail-list@example.org", B64))) == 1


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


@pytest.mark.parametrize(
    ("value", "encoding"),
    [
        ("7bit", Encoding.IDENTITY),
        ("8-Bit", Encoding.IDENTITY),
        ("", Encoding.IDENTITY),
        ("BASE64", Encoding.BASE64),
        ("base-64;", Encoding.BASE64),
        ("x-base64", Encoding.BASE64),
        ("quoted_printable", Encoding.QUOTED_PRINTABLE),
        ("x-uue", Encoding.UUENCODE),
        ("zip", Encoding.UNKNOWN),
    ],
)
def test_an_encoding_is_known_by_any_spelling(value: str, encoding: Encoding) -> None:
    assert encoding_of(value) is encoding


def test_base64_is_recognised_and_words_are_not() -> None:
    assert looks_like_base64(base64.encodebytes(bytes(500)))
    assert not looks_like_base64(b"Bonjour, voici les resultats du laboratoire.\r\n" * 9)
    assert not looks_like_base64(b"Short")


def test_slips_beyond_counting_are_told() -> None:
    assert is_overdone(b"YQ==" * MAX_BLOCKS, B64)
    assert is_overdone(b"=zz" * (MAX_REPAIRS + 1), QP)
    assert is_overdone(b"begin 644 x\n#0V%T\nend\n" * (MAX_FILES + 1), (Encoding.UUENCODE,))
    assert not is_overdone(b"=41" * (MAX_REPAIRS + 1), QP)


@given(st.binary(max_size=300), st.lists(st.sampled_from(Encoding), max_size=6))
def test_no_reading_is_longer_than_the_text(body: bytes, encodings: list[Encoding]) -> None:
    assert all(len(decoded) <= len(body) for decoded in decodings(body, encodings))
