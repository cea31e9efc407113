from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Action, Class, Envelope, Pack, Verdict
from gateway.smtp.trace import released, trace
from tests.support.house import MARKS, NOON

VERDICT = Verdict(Class.CLEAN, Action.DELIVER, ())
words = st.text(max_size=300)


@given(words, words, words, words)
def test_no_word_of_the_client_can_begin_a_header_of_its_own(
    helo: str, client: str, version: str, reason: str
) -> None:
    headers = trace(
        Envelope("a@b.example", (), client=client, helo=helo),
        Verdict(Class.OPAQUE, Action.TAG, (reason,)),
        Pack("core", version),
        hostname="gate.example",
        identifier="T1",
        mark=MARKS.passed("t1"),
        now=NOON,
    )

    assert headers.isascii()
    assert headers.endswith(b"\r\n")
    names = [line.split(b":")[0] for line in headers.split(b"\r\n")[:-1] if line[:1] != b"\t"]
    assert names == [b"Received", b"X-Lazaretto-Reasons", b"X-Lazaretto", b"X-Lazaretto-Mark"]
    assert headers.count(b"\r") == headers.count(b"\n") == headers.count(b"\r\n")


def test_the_trace_of_a_session_with_tls_says_so() -> None:
    envelope = Envelope("a@b.example", (), tls="TLSv1.3")

    headers = trace(
        envelope, VERDICT, Pack("core", "1"), hostname="g", identifier="T1", mark="M: 1", now=NOON
    )

    assert b"with ESMTPS id T1" in headers


def test_a_released_message_names_its_item() -> None:
    headers = released(Envelope("", ()), hostname="g", item="01abc", mark="M: 1", now=NOON)

    assert headers.endswith(b"X-Lazaretto: released; id=01abc\r\nM: 1\r\n")
