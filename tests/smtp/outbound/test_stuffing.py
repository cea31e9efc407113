import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.smtp.outbound import stuffing
from gateway.smtp.outbound.stuffing import stuffed

ALPHABET = [b"\r\n", b".", b"\r\n.", b"..", b"a", b"\xff", b"\0"]
MESSAGES = st.lists(st.sampled_from(ALPHABET), max_size=40).map(b"".join)


@pytest.fixture(autouse=True)
def _tiny_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuffing, "_PIECE", 3)


@given(MESSAGES, MESSAGES)
@example(b"", b"")
@example(b"", b".\r\n")
@example(b"A: b\r\n", b".\r\n..\r\n")
@example(b"", b"ab\r\n.cd")
def test_a_server_that_undoes_the_dots_reads_the_same_message(
    headers: bytes, message: bytes
) -> None:
    wire = b"".join(stuffed(headers, memoryview(message)))
    whole = headers + message
    ended = whole if whole.endswith(b"\r\n") or not whole else whole + b"\r\n"

    lines = wire.split(b"\r\n")

    assert lines[-2:] == [b".", b""]
    assert b"." not in lines[:-2]
    assert b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:-2]) == ended


def test_an_empty_message_is_only_its_end() -> None:
    assert list(stuffed(b"", memoryview(b""))) == [b".\r\n"]
