import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.smtp.outbound.answers import Answer, AnswerReader
from gateway.smtp.outbound.errors import NextHopError
from gateway.smtp.replies import Reply


def read(octets: bytes) -> list[Answer]:
    return list(AnswerReader().feed(octets))


def reply(octets: bytes) -> Reply:
    (answer,) = read(octets)
    return answer.reply()


def test_a_reply_is_code_status_and_text() -> None:
    assert reply(b"250 2.1.5 ok\r\n") == Reply(250, "2.1.5", "ok")


def test_the_lines_of_a_reply_are_joined_and_their_status_said_once() -> None:
    octets = b"550-5.1.1 no such user\r\n550 5.1.1 ask the desk\r\n"

    assert reply(octets) == Reply(550, "5.1.1", "no such user ask the desk")


def test_a_status_of_another_class_than_the_code_is_only_text() -> None:
    assert reply(b"450 5.1.1 no\r\n") == Reply(450, "", "5.1.1 no")


def test_a_reply_of_a_code_alone_is_a_reply() -> None:
    assert reply(b"250\r\n") == Reply(250, "", "")


def test_what_is_not_printable_comes_out_as_a_question_mark() -> None:
    assert reply(b"550 \x1b[31mn\xe9\0\r\n").text == "?[31mn??"


def test_a_long_reply_is_cut_to_fit_on_one_line() -> None:
    octets = b"".join(b"550-" + b"x" * 300 + b"\r\n" for _ in range(9)) + b"550 y\r\n"

    assert len(str(reply(octets))) <= 500


@pytest.mark.parametrize("code", [421, 503])
def test_what_the_sender_cannot_help_is_passed_on_as_a_transient_reply(code: int) -> None:
    assert reply(b"%d 5.5.1 out of step\r\n" % code).code == 451


@pytest.mark.parametrize(
    "octets",
    [
        b"hello\r\n",
        b"250 bare newline\n",
        b"199 no such class\r\n",
        b"650 no such class\r\n",
        b"250-one\r\n550 two\r\n",
        b"25\r\n",
        b"2500\r\n",
        b"\0\xff\xfe\r\n",
        b"250-more\r\n" * 101,
        b"250 " + b"x" * 60_000,
        b"x" * (1 << 20),
    ],
)
def test_what_is_no_reply_or_has_no_end_is_an_error(octets: bytes) -> None:
    with pytest.raises(NextHopError):
        read(octets)


def test_an_answer_counts_though_nonsense_follows_it() -> None:
    answers = AnswerReader().feed(b"250 2.0.0 kept\r\nnonsense\r\n")

    assert next(answers).code == 250
    with pytest.raises(NextHopError):
        next(answers)


def test_a_line_that_is_only_too_long_is_cut_and_not_refused() -> None:
    (answer,) = read(b"250 " + b"x" * 2_000 + b"\r\n")

    assert answer.code == 250
    assert len(answer.lines[0]) == 512


@given(st.integers(1, 20))
def test_answers_are_the_same_however_the_bytes_arrive(size: int) -> None:
    octets = b"250-sink\r\n250 PIPELINING\r\n354 go\r\n250 2.0.0 kept\r\n"
    reader = AnswerReader()
    cut = [octets[start : start + size] for start in range(0, len(octets), size)]

    assert [answer for piece in cut for answer in reader.feed(piece)] == read(octets)
    assert not reader.is_midway


@given(st.binary())
def test_any_bytes_are_answers_or_an_error(octets: bytes) -> None:
    try:
        answers = read(octets)
    except NextHopError:
        return

    assert all(str(answer.reply()).isprintable() for answer in answers)


def test_ehlo_keywords_are_in_upper_case_with_their_parameters() -> None:
    (answer,) = read(b"250-hop.test hello\r\n250-size 1000\r\n250-=odd\r\n250 8bitmime\r\n")

    assert answer.keywords() == {"SIZE": "1000", "8BITMIME": ""}
