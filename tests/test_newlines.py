import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.newlines import BareNewlineError, Survey, counted

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


@given(
    st.integers(0, 5), st.integers(1, 6), st.integers(0, 8), st.binary(max_size=4),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from([*OCTETS, b"\n\r"])), max_size=3),
)  # fmt: skip
@example(1, 2, 2, b"a\n\r", [])
@example(1, 2, 3, b"", [(4, b"\r"), (5, b"\r"), (0, b"\n")])
def test_lines_of_one_length_are_counted_as_any_others(
    before: int, length: int, lines: int, behind: bytes, changes: list[tuple[int, bytes]]
) -> None:
    block = b"a" * before + (b"a" * (length - 1) + b"\r\n") * lines + behind
    for place, octets in changes:
        block = block[:place] + octets + block[place + len(octets) :]

    assert counted(block) == tuple(map(block.count, (b"\r", b"\n", b"\r\n")))
