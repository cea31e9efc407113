from hypothesis import given
from hypothesis import strategies as st

from gateway import mime
from gateway.model import Heading
from tests.support.mail import honest, lines


def test_a_heading_is_decoded() -> None:
    heading = mime.heading(honest())

    assert heading.subject == "Résultats d'analyse"
    assert heading.sender == "Dr Élodie Martin <e.martin@partner.example>"
    assert heading.recipients == "b@hospital.example"


def test_recipients_are_those_of_to_and_cc() -> None:
    heading = mime.heading(lines("To: a@b, c@d", "Cc: e@f", "Message-ID: <1@x>", "", "body"))

    assert (heading.recipients, heading.message_id) == ("a@b, c@d, e@f", "<1@x>")


def test_what_is_not_there_is_empty() -> None:
    assert mime.heading(b"") == Heading()


@given(st.binary(max_size=300))
def test_any_subject_is_one_printable_line_of_bounded_length(words: bytes) -> None:
    heading = mime.heading(b"Subject: " + words + b" =?utf-8?Q?a=0D=0Ab=00?=" + words * 9)

    assert heading.subject.isprintable()
    assert len(heading.subject) <= 500
