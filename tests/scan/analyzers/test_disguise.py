"""The content decides; a name that lies about a program is malicious."""

import pytest

from gateway.demo import samples
from gateway.model import Finding, Level
from gateway.scan.analyzers.disguise import DisguiseAnalyzer
from gateway.scan.api import Context
from tests.support import office, pdf

ELF = b"\x7fELF\x02\x01\x01" + bytes(60)
SHORTCUT = bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(56)
SCRIPT = b"#!/bin/sh\necho bonjour\n"
PROGRAM = samples.windows_program()


def look(data: bytes, *names: str) -> list[tuple[str, Level]]:
    found = DisguiseAnalyzer().analyze(office.artifact(data, *names), Context())
    return [(seen.code, seen.level) for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize("program", [PROGRAM, ELF, SHORTCUT])
@pytest.mark.parametrize("name", ["resultat.pdf", "radio.jpg", "IM0001.dcm", "a.txt", "letter.XML"])
def test_a_program_under_the_name_of_a_document_is_malicious(program: bytes, name: str) -> None:
    assert look(program, name) == [("disguise.program", Level.MALICIOUS)]


def test_a_java_archive_may_be_called_a_zip() -> None:
    assert look(samples.zip_of({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0"}), "a.zip") == []


def test_every_name_counts() -> None:
    assert look(PROGRAM, "setup.exe", "resultat.pdf") == [("disguise.program", Level.MALICIOUS)]


@pytest.mark.parametrize("data", [PROGRAM, SCRIPT, b"rubbish"])
def test_a_double_extension_is_malicious_whatever_the_content(data: bytes) -> None:
    assert ("disguise.double-extension", Level.MALICIOUS) in look(data, "resultat.pdf.exe")


def test_a_name_that_is_turned_round_is_malicious_for_a_program() -> None:
    assert look(PROGRAM, "photo\u202egpj.exe") == [("disguise.right-to-left", Level.MALICIOUS)]


def test_a_name_that_is_turned_round_is_suspicious_for_anything_else() -> None:
    assert look(b"text", "photo\u202egpj.txt") == [("disguise.right-to-left", Level.SUSPICIOUS)]


@pytest.mark.parametrize("mark", ["\u202b", "\u2067"])
def test_marks_of_arabic_names_are_malicious_only_in_the_name_of_a_program(mark: str) -> None:
    assert look(PROGRAM, f"{mark}gpj.exe") == [("disguise.right-to-left", Level.MALICIOUS)]
    assert look(b"text", f"{mark}\u0634\u0647.txt") == []


@pytest.mark.parametrize(
    "name",
    ["r\u0435sultat.pdf", "facture.\u0435xe", "facture.\uff45\uff58\uff45", "facture\u2024exe"],
)
def test_letters_that_only_look_like_latin_ones_are_suspicious(name: str) -> None:
    assert look(b"text", name) == [("disguise.lookalike", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    "name",
    ["\u0440\u0435\u0437\u0443\u043b\u044c\u0442\u0430\u0442.pdf", "\u03b2HCG.txt", "\u03bcg.txt"],
)
def test_names_in_other_alphabets_and_greek_letters_of_medicine_are_honest(name: str) -> None:
    assert "disguise.lookalike" not in [code for code, _ in look(b"text", name)]


@pytest.mark.parametrize("stated", ["image/png", "text/plain", "application/pdf", "video/mp4"])
def test_a_program_that_is_stated_to_be_a_document_is_suspicious(stated: str) -> None:
    artifact = office.artifact(PROGRAM, "a.exe", declared_type=stated)
    found = DisguiseAnalyzer().analyze(artifact, Context())

    assert [seen.code for seen in found if isinstance(seen, Finding)] == ["disguise.type"]


def test_a_program_that_is_stated_as_one_is_no_disguise() -> None:
    artifact = office.artifact(PROGRAM, "a.exe", declared_type="application/x-msdownload")

    assert list(DisguiseAnalyzer().analyze(artifact, Context())) == []


def test_blanks_before_the_extension_of_a_program_are_malicious() -> None:
    assert look(PROGRAM, "facture" + " " * 60 + ".exe") == [("disguise.padding", Level.MALICIOUS)]


@pytest.mark.parametrize("name", ["setup.exe", "driver", "tool.bin", ""])
def test_a_program_that_does_not_hide_is_no_disguise(name: str) -> None:
    assert look(PROGRAM, *filter(None, [name])) == []


def test_an_image_that_is_a_program_too_is_malicious() -> None:
    both = PROGRAM[:64] + bytes(64) + samples.dicom_image()[128:]

    assert ("disguise.polyglot", Level.MALICIOUS) in look(both, "IM000001")


def test_two_documents_in_one_file_are_suspicious() -> None:
    both = b"GIF89a" + bytes(20) + samples.zip_of({"a.txt": b"1"})

    assert ("disguise.polyglot", Level.SUSPICIOUS) in look(both, "a.gif")


def test_a_letter_attached_to_a_pdf_is_no_second_face_and_an_archive_in_it_is() -> None:
    letter = samples.word_document({})
    attached = pdf.stream(letter, "/Type /EmbeddedFile", packed=False)
    hidden = pdf.stream(letter, "/Type /Other", packed=False)

    assert look(pdf.document("", "", attached), "a.pdf") == []
    assert look(pdf.document("", "", hidden), "a.pdf") == [("disguise.polyglot", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.laboratory_pdf(), "resultat.pdf"),
        (samples.dicom_image(), "IM000001"),
        (samples.dicom_image(), "a.dcm"),
        (samples.word_document({}), "lettre.docx"),
        (SCRIPT, "notes.txt"),
        (b"Bonjour", "compte rendu de M. X. du 12.03.txt"),
        (b"From: a@b.c\r\nTo: d@e.f\r\n\r\nBonjour", "www.example.com"),
        (b"MSH|^~\\&|LAB|", "resultats.hpr"),
        (b"Bonjour", "\u200f\u0634\u0647.txt"),
        (b"", "vide"),
    ],
)
def test_honest_files_are_left_alone(data: bytes, name: str) -> None:
    assert look(data, name) == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "facture.pdf"),
        (samples.laboratory_pdf(), "scan.jpg"),
        (samples.word_document({}), "lettre.doc"),
        (b"{\\rtf1 texte}", "lettre.doc"),
        (b"<html><body>tableau</body></html>", "tableau.xls"),
    ],
)
def test_a_careless_name_is_a_note(data: bytes, name: str) -> None:
    assert look(data, name) == [("disguise.mismatch", Level.NOTE)]


def test_the_evidence_is_the_name_and_the_content() -> None:
    (finding,) = DisguiseAnalyzer().analyze(office.artifact(PROGRAM, "resultat.pdf"), Context())

    assert isinstance(finding, Finding)
    assert finding.evidence == "resultat.pdf is a Windows program"
