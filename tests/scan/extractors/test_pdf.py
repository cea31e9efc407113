from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.model import Gap, Reason
from gateway.scan.extractors.pdf import PdfExtractor
from gateway.scan.formats.pdf import lock as pdflock
from tests.support import files, pdf
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


@pytest.mark.slow
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
@settings(deadline=None)
@pytest.mark.slow
def test_a_damaged_document_raises_nothing(data: st.DataObject) -> None:
    damaged = bytearray(locked(user="Zq9-unsaid", strength=4))
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    assert opened(EXTRACTOR, bytes(damaged)).errors == []


FILE = "<< /Type /Filespec /F (facture.exe) /EF << /F 5 0 R >> >>"


def test_attached_files_come_out_under_their_names_and_once() -> None:
    embedded = pdf.stream(files.program(), "/Type /EmbeddedFile /Filter /FlateDecode")
    inside = opened(EXTRACTOR, pdf.document("", "", FILE, embedded))

    assert inside.files == {"facture.exe": files.program()}
    assert inside.is_clean


def test_a_file_to_which_nothing_leads_comes_out_too() -> None:
    embedded = pdf.stream(files.program(), "/Type /EmbeddedFile /Filter /FlateDecode")

    assert opened(EXTRACTOR, pdf.document("", "", "null", embedded)).contents == [files.program()]


@pytest.mark.parametrize("name", ["/EmbeddedFile", "/Emb#65dded#46ile"])
def test_names_in_disguise_and_a_missing_table_hide_nothing(name: str) -> None:
    embedded = pdf.stream(files.program(), f"/Type {name} /Filter /FlateDecode")
    data = pdf.document("", "", "null", embedded, table=False)

    assert opened(EXTRACTOR, data).contents == [files.program()]


def test_a_file_whose_name_stands_in_an_object_stream_comes_out() -> None:
    holder = pdf.object_stream((9, FILE))
    inside = opened(EXTRACTOR, pdf.document("", "", holder, pdf.stream(files.program())))

    assert inside.files == {"facture.exe": files.program()}


def test_scripts_and_forms_come_out_as_texts() -> None:
    action = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AcroForm << /XFA 4 0 R >>"
    inside = opened(EXTRACTOR, pdf.document(action, "", pdf.stream(b"<xdp/>")))

    assert inside.files == {"script 1": b"app.alert(1)", "form 1": b"<xdp/>"}


def test_a_file_that_cannot_be_unpacked_is_a_gap_under_its_name() -> None:
    embedded = pdf.stream(b"\xff" * 60, "/Type /EmbeddedFile /Filter /FlateDecode", packed=False)
    inside = opened(EXTRACTOR, pdf.document("", "", FILE, embedded))

    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [
        (Reason.DAMAGED, "facture.exe")
    ]


def test_the_word_encrypt_is_no_lock() -> None:
    data = pdf.document("/Names 9 0 R", "", FILE, pdf.stream(files.program())) + b"% /Encrypt"

    assert not pdflock.is_locked(data)
    assert opened(EXTRACTOR, data).files == {"facture.exe": files.program()}


def test_a_lock_in_disguise_is_one() -> None:
    data = locked(user="Zq9-unsaid", strength=3).replace(b"/Encrypt", b"/#45ncrypt")

    assert [gap.reason for gap in opened(EXTRACTOR, data).gaps] == [Reason.ENCRYPTED]
