import zlib

from gateway.model import Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.extractors.smime import SmimeExtractor
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from tests.support.extracting import opened as files_opened
from tests.support.mail import honest
from tests.support.smime import COMPRESSED, ENVELOPED, signed, wrapped


def opened(data: bytes, name: str = "smime.p7m") -> list[Member | Gap]:
    artifact = Artifact(data, ("message", name), (name,), "", (Kind.SMIME,))
    return list(SmimeExtractor().members(artifact, Context()))


def test_signed_mail_is_a_member_that_says_it_is_a_mail() -> None:
    (mail,) = opened(signed(honest()))

    assert isinstance(mail, Member)
    assert (mail.name, mail.declared_type) == ("signed content", "message/rfc822")
    assert mail.stream.read(1 << 20) == honest()


def test_a_signed_file_keeps_its_name() -> None:
    (file,) = opened(signed(b"%PDF-1.7"), "facture.pdf.P7M")

    assert isinstance(file, Member)
    assert (file.name, file.declared_type) == ("facture.pdf", "")


def test_a_detached_signature_yields_nothing() -> None:
    assert opened(signed(honest(), is_detached=True), "smime.p7s") == []


def test_what_only_its_recipient_can_open_is_a_gap() -> None:
    (gap,) = opened(wrapped(ENVELOPED))

    assert isinstance(gap, Gap)
    assert gap.reason is Reason.ENCRYPTED_MAIL


def test_compressed_mail_is_unpacked() -> None:
    (mail,) = opened(wrapped(COMPRESSED, zlib.compress(honest())))

    assert identify(wrapped(COMPRESSED), "") == (Kind.SMIME,)
    assert isinstance(mail, Member)
    assert mail.declared_type == "message/rfc822"
    assert mail.stream.read(1 << 20) == honest()


def test_compressed_content_that_is_not_packed_is_damage() -> None:
    assert files_opened(SmimeExtractor(), wrapped(COMPRESSED)).errors != []
