from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.model import Gap, Reason
from gateway.scan.extractors.pdf import PdfExtractor
from gateway.scan.formats import pdflock
from tests.support.extracting import opened, told

EXTRACTOR = PdfExtractor()
PAGE = b"Sodium 139 mmol/L"


def locked(*, user: str, owner: str = "owner", strength: int = 6) -> bytes:
    """A PDF that ``user`` opens; "" lets everybody in."""
    out = BytesIO()
    lock = pikepdf.Encryption(user=user, owner=owner, R=strength, aes=strength > 3)
    with pikepdf.open(BytesIO(samples.laboratory_pdf())) as document:
        document.save(out, encryption=lock if strength > 3 else lock._replace(metadata=False))
    return out.getvalue()


def test_a_document_with_a_password_is_not_seen() -> None:
    inside = opened(EXTRACTOR, locked(user="Zq9-unsaid"))

    assert inside.gaps == [Gap(Reason.ENCRYPTED, "a PDF with a password", ("message",))]
    assert inside.members == []


@pytest.mark.parametrize("strength", [3, 4, 6])
def test_a_document_is_opened_with_the_password_that_its_message_gives_away(strength: int) -> None:
    data = locked(user="Xy7!q", strength=strength)
    inside = opened(EXTRACTOR, data, context=told("Mot de passe : Xy7!q"))

    assert inside.codes == ["archive.password"]
    assert inside.gaps == []
    assert not pdflock.is_locked(inside.contents[0])


def test_a_document_that_everybody_can_open_is_handed_out_without_its_lock() -> None:
    inside = opened(EXTRACTOR, locked(user=""))

    assert len(inside.contents) == 1
    assert not pdflock.is_locked(inside.contents[0])
    assert inside.is_clean


def test_a_document_without_a_lock_is_not_handed_out_again() -> None:
    assert opened(EXTRACTOR, samples.laboratory_pdf()).members == []
    assert opened(EXTRACTOR, samples.laboratory_pdf() + b"% /Encrypt").members == []


@given(st.data())
def test_a_damaged_document_raises_nothing(data: st.DataObject) -> None:
    damaged = bytearray(locked(user="Zq9-unsaid", strength=4))
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    assert opened(EXTRACTOR, bytes(damaged)).errors == []
