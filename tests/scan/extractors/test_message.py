from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.extractors.message import MessageExtractor
from gateway.scan.kinds import Kind
from tests.support.mail import PROGRAM, attachment, honest, multipart, text


def opened(message: bytes) -> list[Member | Finding | Gap]:
    artifact = Artifact(message, ("message",), (), "message/rfc822", (Kind.MESSAGE,))
    return list(MessageExtractor().members(artifact, Context()))


def members(message: bytes) -> list[Member]:
    return [one for one in opened(message) if isinstance(one, Member)]


def test_a_file_is_a_member_under_its_name_and_declared_type() -> None:
    body, file = members(honest(("résultat.pdf", b"%PDF-1.7")))

    assert (file.name, file.declared_type) == ("résultat.pdf", "application/pdf")
    assert file.stream.read(100) == b"%PDF-1.7"
    assert body.name == "text/plain part 1"


def test_an_attached_mail_is_a_member_that_says_it_is_a_mail() -> None:
    inner = honest(("a.pdf", b"%PDF-1.7"))
    part = b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n"

    (mail,) = members(multipart(part))

    assert mail.declared_type == "message/rfc822"
    assert mail.stream.read(1 << 20) == inner


def test_honest_mail_yields_members_and_nothing_else() -> None:
    assert all(isinstance(one, Member) for one in opened(honest(("a.pdf", b"%PDF-1.7"))))


def test_what_is_odd_is_said_of_the_message_itself() -> None:
    seen = opened(multipart(text()) + b"--b1\r\n" + attachment())

    found = [one for one in seen if isinstance(one, Finding)]
    assert {finding.lineage for finding in found} == {("message",)}
    assert PROGRAM in [one.stream.read(1 << 20) for one in seen if isinstance(one, Member)]


def test_every_mail_of_a_mailbox_file_is_read() -> None:
    mail = b"From a@b Mon Mar  2 10:11:12 2026\nFrom: a@b\nTo: c@d\nSubject: %d\n\nBonjour\n\n"
    data = b"".join(mail % number for number in range(3))
    later = [member for member in members(data) if member.declared_type == "message/rfc822"]

    assert [member.stream.read(99).count(b"Subject: ") for member in later] == [1, 1]


def test_a_line_that_begins_with_from_splits_no_ordinary_mail() -> None:
    data = b"From: a@b\nTo: c@d\n\nBonjour\n\nFrom here 10:11 on\n"

    assert all(member.declared_type != "message/rfc822" for member in members(data))
