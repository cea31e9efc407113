from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.model import Gap, Reason
from gateway.scan.analyzers.pdf import PdfAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.formats.pdflock import needs_password
from gateway.scan.kinds import Kind


def locked(*, user: str, owner: str = "owner") -> bytes:
    """A PDF that ``user`` opens; "" lets everybody in."""
    out = BytesIO()
    with pikepdf.open(BytesIO(samples.laboratory_pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def gaps(data: bytes) -> list[object]:
    return [*PdfAnalyzer().analyze(Artifact(data, ("a.pdf",), (), "", (Kind.PDF,)), Context())]


def test_a_document_with_a_password_is_not_seen() -> None:
    assert gaps(locked(user="secret")) == [
        Gap(Reason.ENCRYPTED, "a PDF with a password", ("a.pdf",))
    ]


@pytest.mark.parametrize("data", [samples.laboratory_pdf(), locked(user="")])
def test_a_document_that_everybody_can_open_is_seen(data: bytes) -> None:
    assert gaps(data) == []


@given(st.data())
def test_a_damaged_document_raises_nothing(data: st.DataObject) -> None:
    damaged = bytearray(locked(user="secret"))
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    assert needs_password(bytes(damaged)) in {True, False}
