"""What is quoted is short, on one line, and cannot act."""

import base64
from string import ascii_letters, digits

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.scan.evidence import around, letters_of, quote, quote_at, quote_bytes, says


@given(st.text(), st.integers(8, 200))
def test_a_quotation_is_short_and_printable(text: str, longest: int) -> None:
    quoted = quote(text, longest)

    assert len(quoted) <= longest
    assert quoted.isprintable()


@given(st.binary(), st.integers(8, 200))
@pytest.mark.slow
def test_quoted_bytes_are_short_and_printable(data: bytes, longest: int) -> None:
    quoted = quote_bytes(data, longest)

    assert len(quoted) <= longest
    assert quoted.isprintable()


@given(st.binary(), st.integers(0, 200), st.integers(0, 200))
def test_what_stands_at_a_place_is_short_and_printable(
    data: bytes, start: int, length: int
) -> None:
    quoted = quote_at(data, start, length)

    assert len(quoted) <= 140
    assert quoted.isprintable()


@given(st.text(ascii_letters + digits + '+/="\n', max_size=80))
@example("AAAA=AAA")
def test_any_letters_are_told_or_quoted(letters: str) -> None:
    assert letters_of(letters).isprintable()
    assert says(letters).isprintable()


def test_accents_stay_and_what_turns_text_round_is_escaped() -> None:
    assert quote("résultat\u202efdp.exe\n\x1b[31m") == "résultat\\u202efdp.exe \\x1b[31m"


def test_wide_text_is_shown_as_text() -> None:
    assert quote_bytes("powershell".encode("utf-16-le")) == "powershell"


@pytest.mark.parametrize(
    ("data", "quoted"),
    [
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "MZ…"),
        (b"\0\0\0\0UPX0\0\0\0\0\xe0", "…UPX0…"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0", "d0 cf 11 e0 a1 b1 1a e1 00 00 00"),
        ("« Activer le contenu »".encode(), "« Activer le contenu »"),
        ("Activer le contenu à côté".encode("latin-1"), "Activer le contenu à côté"),
    ],
)
def test_of_bytes_that_are_no_text_only_the_words_are_shown(data: bytes, quoted: str) -> None:
    assert quote_bytes(data) == quoted


@pytest.mark.parametrize("shift", range(3))
def test_base64_is_shown_as_what_it_says(shift: int) -> None:
    script = b"'" * shift + b'set a = CreateObject("WScript.Shell") : a.Run "calc.exe"'
    data = b'<text encoding="base64">' + base64.b64encode(script) + b"</text>"
    place = data.index(b">") + 1 + (script.index(b"Create") // 3 + 1) * 4

    assert 'Object("WScript.Shell") : a.Run "calc.exe"' in quote_at(data, place, 8)


def test_base64_that_says_nothing_is_cut_short() -> None:
    data = b'"data": "TVqQAAMAAAAEAAAA' + b"A" * 400 + b'"'

    assert quote_at(data, data.index(b"TVq"), 8) == '"data": "TVqQAAMAAAAE…'


def test_words_in_a_program_are_shown_without_what_stands_beside_them() -> None:
    data = b"\0\x01" * 40 + b"GetProcAddress\0LoadLibraryA\0" + b"\xff\0" * 20

    assert quote_at(data, data.index(b"Load"), 12) == "LoadLibraryA"


def test_the_line_around_a_match_is_shown() -> None:
    data = b"first line\nx = CreateObject(1)\nlast line"

    assert around(data, data.index(b"Create"), 12) == b"x = CreateObject(1)"


def test_base64_that_was_turned_round_is_letters_and_no_error() -> None:
    letters = "==" + "QAJ0" * 20

    assert letters_of(letters).startswith("==QAJ0")
    assert says(letters) == ""
