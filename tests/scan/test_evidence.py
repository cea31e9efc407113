"""What is quoted is short, on one line, and cannot act."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.evidence import around, quote, quote_bytes


@given(st.text(), st.integers(8, 200))
def test_a_quotation_is_short_and_printable(text: str, longest: int) -> None:
    quoted = quote(text, longest)

    assert len(quoted) <= longest
    assert quoted.isprintable()


@given(st.binary(), st.integers(8, 200))
def test_quoted_bytes_are_short_and_printable(data: bytes, longest: int) -> None:
    quoted = quote_bytes(data, longest)

    assert len(quoted) <= longest
    assert quoted.isprintable()


def test_accents_stay_and_what_turns_text_round_is_escaped() -> None:
    assert quote("résultat\u202efdp.exe\n\x1b[31m") == "résultat\\u202efdp.exe \\x1b[31m"


def test_wide_text_is_shown_as_text() -> None:
    assert quote_bytes("powershell".encode("utf-16-le")) == "powershell"


def test_the_line_around_a_match_is_shown() -> None:
    data = b"first line\nx = CreateObject(1)\nlast line"

    assert around(data, data.index(b"Create"), 12) == b"x = CreateObject(1)"
