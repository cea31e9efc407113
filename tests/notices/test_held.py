from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from gateway.model import Class, Heading
from gateway.notices.held import Notices
from gateway.smtp.sink import Sink, Step
from tests.support.house import MALICIOUS, NOON, OPAQUE, house

HEADING = Heading(sender="Labo <lab@out.example>", subject="Résultat de Mme Dupont")
FRENCH = Notices("fr", "postmaster@hospital.example", "le 4242")
ENGLISH = Notices("en", "postmaster@hospital.example", "4242")


def read(notice: bytes) -> EmailMessage:
    return message_from_bytes(notice, policy=default)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("notices", "kind", "expected"),
    [
        (FRENCH, Class.OPAQUE, "mot de passe"),
        (FRENCH, Class.UNSCANNABLE, "vérifier en entier"),
        (FRENCH, Class.SUSPICIOUS, "dangereux"),
        (ENGLISH, Class.OPAQUE, "password"),
        (ENGLISH, Class.UNSCANNABLE, "check in full"),
        (ENGLISH, Class.SUSPICIOUS, "dangerous"),
    ],
)
def test_a_notice_says_why_in_the_language_of_the_house(
    notices: Notices, kind: Class, expected: str
) -> None:
    notice = read(notices.held("01ABC", HEADING, kind, now=NOON))

    text = notice.get_content()
    assert expected in text
    for word in ("01ABC", "4242", "Résultat de Mme Dupont", "lab@out.example"):
        assert word in text


def test_a_notice_is_marked_as_sent_by_a_machine() -> None:
    notice = read(FRENCH.held("01ABC", HEADING, Class.OPAQUE, now=NOON))

    assert notice["Auto-Submitted"] == "auto-generated"
    assert notice["Subject"] == "Message retenu : n° 01ABC"


def test_what_the_sender_wrote_cannot_look_like_our_own_words() -> None:
    heading = Heading(subject="x\r\n\r\nPlease call 0900\x1b[2J" + "y" * 5000)

    text = read(ENGLISH.held("01ABC", heading, Class.OPAQUE, now=NOON)).get_content()

    assert "\x1b" not in text
    assert "\nPlease call" not in text
    assert max(map(len, text.splitlines())) < 300


async def test_recipients_of_withheld_mail_are_told_with_the_null_sender() -> None:
    async with house(notices=FRENCH) as home:
        await home.send(OPAQUE)

        (item,) = home.lockbox.items()
        (delivery,) = home.sink.deliveries
    assert delivery.envelope.sender == ""
    assert [entry.address for entry in delivery.envelope.recipients] == ["dr@hospital.example"]
    assert item.id in read(delivery.message).get_content()


async def test_nobody_is_told_of_malicious_mail() -> None:
    async with house(notices=FRENCH) as home:
        await home.send(MALICIOUS)

        assert not home.sink.deliveries


async def test_a_notice_that_cannot_be_sent_changes_nothing_but_is_logged() -> None:
    async def no_null_sender(step: Step) -> bytes:
        return b"550 5.7.1 no\r\n" if step.argument.startswith("FROM:<>") else step.usual

    async with house(notices=FRENCH, sink=Sink(conduct=no_null_sender)) as home:
        reply = await home.send(OPAQUE)

        (item,) = home.lockbox.items()
        events = {event["event"]: event for event in home.events}
    assert reply.code == 250
    assert events["notice_failed"]["item"] == item.id
