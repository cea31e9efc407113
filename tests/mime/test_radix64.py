import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime.radix64 import MAX_BLOCKS, is_overdone, looks_like_base64
from gateway.mime.transfer import Encoding, decodings

B64 = (Encoding.BASE64,)


@given(st.binary(max_size=500), st.sampled_from([b"\r\n", b"\n", b"\r", b" \r\n\t"]))
def test_base64_is_undone_whatever_ends_its_lines(data: bytes, end: bytes) -> None:
    assert list(decodings(base64.encodebytes(data).replace(b"\n", end), B64)) == [data]


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


def test_base64_is_recognised_and_words_are_not() -> None:
    assert looks_like_base64(base64.encodebytes(bytes(500)))
    assert not looks_like_base64(b"Bonjour, voici les resultats du laboratoire.\r\n" * 9)
    assert not looks_like_base64(b"Short")


def test_base64_in_short_lines_is_recognised_to_its_last_letter() -> None:
    assert looks_like_base64(b"VWVi\r\nZGVu\r\nQUJDREVG\r\n")
    assert not looks_like_base64(b"VWVi\r\nZGVu\r\nQUJDREV\r\n")
    assert not looks_like_base64(b"Bonjour\r\ntout le monde\r\n")


JUNK = {
    "a line of junk first": b"#junk\r\nU0VDUkVUU0VDUkVUUw==\r\n",
    "a short line by itself first": b"A\r\n\r\nU0VDUkVUU0VDUkVUUw==\r\n",
    "junk behind the letters of each line": b"U0VD#abc\r\nUkVU#abc\r\nUw==#x\r\n",
}


@pytest.mark.parametrize("body", JUNK.values(), ids=JUNK.keys())
def test_junk_that_shifts_the_letters_hides_nothing(body: bytes) -> None:
    assert any(decoded.startswith(b"SECRET") for decoded in decodings(body, B64))


def test_words_in_the_place_of_base64_are_read_in_one_way() -> None:
    words = b"Some removed base64 encoded chars.\r\nNothing else is here, really.\r\n"

    assert len(list(decodings(words, B64))) == 1


def test_more_blocks_than_are_decoded_are_told() -> None:
    assert is_overdone(b"YQ==" * MAX_BLOCKS)
