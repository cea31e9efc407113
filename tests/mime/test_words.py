import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mime import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?Q?r=C3=A9sultat_1?=", "résultat 1"),
        (b"=?UTF-8?b?csOpc3VsdGF0?=", "résultat"),
        (b"=?utf-8?Q?one?= \r\n =?utf-8?Q?two?= three", "onetwo three"),
        (b"=?utf-8?Q?r=C3?= =?UTF-8?Q?=A9sultat?=", "résultat"),
        (b"a =?utf-8?Q?b?= c =?utf-8?Q?d?=", "a b c d"),
        (b"=?utf-8?Q?b?= =?iso-8859-1?Q?=E9?=", "bé"),
        (b"=?iso-8859-1*fr?Q?=E9t=E9?=", "été"),
        (b"=?utf-16?B?AGEAYg==?=", "ab"),
        (b"=?no-such-charset?Q?=C3=A9?=", "é"),
        (b"=?punycode?Q?abc-?=", "abc-"),
        (b"caf\xe9", "café"),
        (b"=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
    ],
)
def test_header_text_is_decoded_as_a_reader_shows_it(value: bytes, text: str) -> None:
    assert words.decode_words(value) == text


@pytest.mark.parametrize("charset", ["idna", "punycode", "unicode_escape", "hex", "zip", "..", ""])
def test_a_charset_that_is_no_charset_is_unknown(charset: str) -> None:
    assert words.codec_of(charset) == ""


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", "ISO_8859-15", "windows-1252", "x", "KOI8-R"])
def test_common_spellings_are_known(charset: str) -> None:
    assert bool(words.codec_of(charset)) is (charset != "x")


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_in_any_charset_give_text_that_can_be_written(data: bytes, charset: str) -> None:
    words.decode_text(data, charset).encode()
    words.decode_words(data).encode()
