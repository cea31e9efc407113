import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.newlines import BareNewlineError, Survey

OCTETS = [b"\r\n", b".", b"\r\n.", b"a", b"\xff", b"\0", b"\r", b"\n"]
BYTES = st.lists(st.sampled_from(OCTETS), max_size=40).map(b"".join)


def survey(octets: bytes) -> Survey:
    """In pieces of three, so that many a CRLF is cut in two."""
    result = Survey()
    for start in range(0, len(octets), 3):
        result.add(octets[start : start + 3])
    return result


@given(BYTES)
def test_a_bare_newline_is_seen_wherever_the_pieces_are_cut(octets: bytes) -> None:
    rest = octets.replace(b"\r\n", b"")
    is_bare = b"\r" in rest or b"\n" in rest

    if is_bare:
        with pytest.raises(BareNewlineError):
            survey(octets).check()
    else:
        survey(octets).check()


@given(BYTES)
def test_eight_bit_octets_are_seen_in_any_piece(octets: bytes) -> None:
    assert survey(octets).is_ascii == octets.isascii()
