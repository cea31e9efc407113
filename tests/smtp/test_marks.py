import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.smtp.hops import header_of
from gateway.smtp.marks import Marks

OURS = Marks(b"secret")
THEIRS = Marks(b"another secret")
BODY = b"Subject: x\r\n\r\nbody\r\n"


def passes(*fields: str) -> int:
    message = "".join(f"{field}\r\n" for field in fields).encode() + BODY
    return OURS.passes(header_of(memoryview(message)))


def test_each_time_a_message_left_us_counts() -> None:
    assert passes() == 0
    assert passes(OURS.passed("a1")) == 1
    assert passes("Received: x", OURS.passed("a1"), OURS.released("b2"), OURS.passed("c3")) == 3


def test_a_mark_that_was_copied_counts_once() -> None:
    assert passes(*[OURS.passed("a1")] * 9) == 1


def test_marks_of_other_gateways_and_forged_ones_do_not_count() -> None:
    forged = OURS.passed("a1").replace("a1", "a2")

    assert passes(THEIRS.passed("a1"), forged, OURS.passed("a1").replace("passed", "released")) == 0


def test_marks_in_the_body_do_not_count() -> None:
    message = BODY + OURS.passed("a1").encode() + b"\r\n"

    assert OURS.passes(header_of(memoryview(message))) == 0


def test_a_released_message_is_known_again_and_where_it_began() -> None:
    message = b"Received: by mail\r\n\tfor them\r\nX-Spam: no\r\n"
    message += OURS.released("1m85cam").encode() + b"\r\n" + BODY

    found = OURS.release(memoryview(message))

    assert found is not None
    assert found.item == "1m85cam"
    assert message[found.start :] == BODY


@pytest.mark.parametrize(
    "above",
    [
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"Content-Type : text/html\r\n",
        b"Subject: urgent\r\n",
        b"no field at all\r\n",
        b"Received: x\r\n \r\nbegin 644 evil.exe\r\n",
        b" Received: x\r\n",
        b"Received: x\r\n" + THEIRS.released("a").encode() + b"\r\nMIME-Version: 1.0\r\n",
    ],
)
def test_whatever_may_change_a_message_above_its_mark_makes_it_another(above: bytes) -> None:
    message = above + OURS.released("1m85cam").encode() + b"\r\n" + BODY

    assert OURS.release(memoryview(message)) is None


def test_a_forged_release_is_none() -> None:
    message = THEIRS.released("1m85cam").encode() + b"\r\n" + BODY

    assert OURS.release(memoryview(message)) is None


@given(st.binary(max_size=500))
def test_any_bytes_can_be_asked(octets: bytes) -> None:
    view = memoryview(octets)

    assert OURS.passes(header_of(view)) == 0
    assert OURS.release(view) is None
