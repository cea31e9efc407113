import pytest

from gateway.smtp.parameters import MailParameters, parse_mail, parse_rcpt
from gateway.smtp.replies import Reply

ALL = frozenset({"8BITMIME", "SMTPUTF8", "DSN", "SIZE"})


def mail(text: str, extensions: frozenset[str] = ALL) -> MailParameters | Reply:
    return parse_mail(text, extensions, message_bytes=1000)


def test_parameters_go_on_as_they_were_written() -> None:
    assert mail("body=8BitMime Ret=full ENVID=a+2Bb") == MailParameters(
        ("body=8BitMime", "Ret=full", "ENVID=a+2Bb")
    )


def test_size_is_read_and_goes_on_when_the_next_hop_knows_it() -> None:
    assert mail("SIZE=1000") == MailParameters(("SIZE=1000",), 1000)
    assert mail("SIZE=1000", frozenset()) == MailParameters((), 1000)


def test_auth_is_accepted_and_goes_nowhere() -> None:
    assert mail("AUTH=<>") == MailParameters()
    assert mail("AUTH=a+40b", frozenset()) == MailParameters()


def test_smtputf8_is_noticed() -> None:
    assert mail("SMTPUTF8") == MailParameters(("SMTPUTF8",), smtputf8=True)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("SIZE=1001", 552, "message size exceeds 1000"),
        ("SIZE", 501, "bad SIZE value"),
        ("SIZE=1e3", 501, "bad SIZE value"),
        ("SIZE=\u0661", 501, "bad parameter value"),
        ("BODY=9BIT", 501, "bad BODY value"),
        ("BODY=BINARYMIME", 555, "BINARYMIME not supported"),
        ("SMTPUTF8=1", 501, "SMTPUTF8 takes no value"),
        ("ENVID=a=b", 501, "bad parameter value"),
        ("ENVID=a+zz", 501, "bad ENVID value"),
        ("ENVID=" + "a" * 101, 501, "bad ENVID value"),
        ("size=1 SIZE=1", 501, "SIZE given twice"),
        ("FOO", 555, "parameter FOO not supported"),
        ("X\t=1", 501, "bad parameter value"),
        ("=", 501, "bad parameter value"),
        ("NOTIFY=NEVER", 555, "parameter NOTIFY not supported"),
    ],
)
def test_a_bad_parameter_of_mail_is_named(text: str, code: int, words: str) -> None:
    reply = mail(text)

    assert isinstance(reply, Reply)
    assert (reply.code, reply.text) == (code, words)


@pytest.mark.parametrize("text", ["RET=FULL", "ENVID=x", "SMTPUTF8", "BODY=7BIT"])
def test_what_the_next_hop_does_not_offer_is_not_supported(text: str) -> None:
    reply = mail(text, frozenset({"SIZE"}))

    assert isinstance(reply, Reply)
    assert reply.code == 555


@pytest.mark.parametrize(
    "text", ["NOTIFY=NEVER", "notify=success,FAILURE,Delay ORCPT=rfc822;a+40b.test", ""]
)
def test_parameters_of_rcpt_go_on_as_they_were_written(text: str) -> None:
    assert parse_rcpt(text, ALL) == tuple(text.split())


@pytest.mark.parametrize(
    "text",
    ["NOTIFY=NEVER,DELAY", "NOTIFY=DELAY,DELAY", "NOTIFY", "NOTIFY=", "ORCPT=x", "ORCPT=a;b=c",
     "ORCPT=rfc822;" + "a" * 501, "SIZE=1"],
)  # fmt: skip
def test_a_bad_parameter_of_rcpt_is_refused(text: str) -> None:
    assert isinstance(parse_rcpt(text, ALL), Reply)
