import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Envelope, Recipient
from gateway.smtp.outbound import RefusedError
from gateway.smtp.outbound.commands import mail, rcpt, xforward

ALL = {"SIZE": "1000", "8BITMIME": "", "SMTPUTF8": "", "DSN": ""}
PARAMETERS = ("SIZE=10", "BODY=8BITMIME", "RET=HDRS", "ENVID=a+2Bb", "AUTH=<>")
WORDS = st.text(st.characters(exclude_categories=()))


def test_the_null_sender_is_an_empty_path() -> None:
    assert mail(Envelope("", ()), ALL) == b"MAIL FROM:<>\r\n"


def test_parameters_go_on_where_they_are_offered() -> None:
    line = mail(Envelope("a@b.test", (), PARAMETERS), ALL)

    assert line == b"MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb\r\n"


def test_parameters_stay_here_where_they_are_not_offered() -> None:
    assert mail(Envelope("a@b.test", (), PARAMETERS), {"SIZE": ""}) == (
        b"MAIL FROM:<a@b.test> SIZE=10\r\n"
    )


def test_what_a_recipient_asks_of_dsn_goes_on_where_it_is_offered() -> None:
    recipient = Recipient("c@d.test", ("NOTIFY=NEVER", "ORCPT=rfc822;c@d.test"))

    assert rcpt(recipient, ALL) == (b"RCPT TO:<c@d.test> NOTIFY=NEVER ORCPT=rfc822;c@d.test\r\n")
    assert rcpt(recipient, {}) == b"RCPT TO:<c@d.test>\r\n"


def test_a_mailbox_goes_on_verbatim() -> None:
    assert rcpt(Recipient('"a> b\\""@d.test'), ALL) == b'RCPT TO:<"a> b\\""@d.test>\r\n'
    assert rcpt(Recipient("postmaster"), ALL) == b"RCPT TO:<postmaster>\r\n"
    assert rcpt(Recipient("zoë@d.test"), ALL) == "RCPT TO:<zoë@d.test>\r\n".encode()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@b.test>\r\nDATA",
        "a@b.test\nRSET",
        'a"\r"@b.test',
        "a@b.test> NOTIFY=NEVER",
        "a b@c.test",
        "a\0@b.test",
        "<a@b.test>",
    ],
)
def test_what_would_break_out_of_the_command_is_refused(address: str) -> None:
    with pytest.raises(RefusedError) as refused:
        rcpt(Recipient(address), ALL)

    assert refused.value.reply.code == 553


def test_a_sender_that_would_break_out_of_the_command_is_refused() -> None:
    with pytest.raises(RefusedError):
        mail(Envelope("a@b.test>\r\nRCPT TO:<x", ()), ALL)


@given(WORDS, st.lists(WORDS))
def test_a_command_is_always_one_line(address: str, parameters: list[str]) -> None:
    try:
        line = rcpt(Recipient(address, tuple(parameters)), ALL)
    except RefusedError:
        return

    assert line.count(b"\r") == line.count(b"\n") == 1
    assert line.endswith(b"\r\n")


def test_internationalised_mail_is_refused_where_it_is_not_offered() -> None:
    with pytest.raises(RefusedError) as asked:
        mail(Envelope("a@b.test", (), ("SMTPUTF8",)), {"8BITMIME": ""})
    with pytest.raises(RefusedError) as written:
        rcpt(Recipient("zoë@d.test"), {"8BITMIME": ""})

    assert str(asked.value.reply).startswith("553 5.6.7")
    assert asked.value.reply == written.value.reply


def test_xforward_tells_what_the_hop_asks_for_in_xtext() -> None:
    envelope = Envelope("", (), client="2001:db8::1", helo="odd name+\r\n")

    assert xforward(envelope, "NAME ADDR PROTO HELO") == (
        b"XFORWARD ADDR=IPV6:2001:db8::1 HELO=odd+20name+2B+0D+0A\r\n"
    )


def test_xforward_says_nothing_when_there_is_nothing_to_tell() -> None:
    assert xforward(Envelope("", (), client="unix socket"), "ADDR HELO") == b""
