"""What hospitals honestly send is clean, under everything that looks at it."""

import pytest

from gateway.packs import load
from gateway.scan.kinds import Kind
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from tests.support import codes, containers, files, health, pdf

SCANNER = build_engine(Setup(load.load().packs)).scanner
PDF = pdf.document()
IMAGE = health.image()
HONEST = {
    "IM000001": IMAGE,
    "whole-slide.dcm": health.image(preamble=b"II*\0\x08\0\0\0"),
    "report.dcm": health.document_in_image(PDF, "application/pdf"),
    "etude.zip": files.zipped({"DICOMDIR": IMAGE, "IMAGES/IM000001": IMAGE, "LISEZMOI.TXT": b"CD"}),
    "lettre.xml": health.CDA.encode(),
    "compte-rendu.xml": containers.cda(PDF),
    "cda.xsl": health.SHEET.encode(),
    "IHE_XDM.ZIP": files.zipped(health.package()),
    "resultats.hpr": health.HPRIM.encode("cp1252"),
    "resultats-dos.hpr": health.HPRIM.encode("cp850"),
    "resultats-mac.txt": health.HPRIM.encode("mac-roman"),
    "resultats-utf8.txt": health.HPRIM.encode(),
    "deux-lettres.hpr": health.HPRIM.encode("cp1252") * 2 + b"\x1a",
    "imprimante.hpr": health.HPRIM.replace("Biologie", "\x1bE\x0fBiologie\x12\x0c").encode("cp850"),
    "sante.hpr": health.HPRIM_SEGMENTS.encode("cp1252"),
    "lettre-rtf.hpr": (health.HPRIM_HEAD + "{\\rtf1 Cher confrère}\r\n****FIN****\r\n").encode(
        "cp1252"
    ),
    "resultats-mllp.hl7": b"\x0b" + health.HL7.encode() + b"\x1c\r",
    "resultats-hex.hl7": (
        health.HL7 + f"OBX|2|ED|X||^application^pdf^Hex^{PDF.hex()}|||||F\r"
    ).encode(),
    "resultats-page.hl7": (health.HL7 + "OBX|2|FT|X||<html><p>Normal</p></html>|||||F\r").encode(),
    "resultats.hl7": health.HL7.encode(),
    "resultats-pdf.hl7": containers.hl7(PDF),
    "patient.json": health.FHIR.encode(),
    "bundle.json": containers.fhir(PDF, "application/pdf", "Compte rendu"),
    "rendez-vous.png": codes.saved(codes.code("https://www.hopital.example/rdv")),
    "facture.pdf": codes.page(picture=codes.code("https://payfip.example/"), text="Facture"),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_clean(name: str) -> None:
    report = SCANNER.scan(HONEST[name], name)

    assert report.is_clean, (report.findings, report.gaps)


def test_the_kinds_are_told() -> None:
    kinds = {name: SCANNER.scan(data, name).artifacts[0].kind for name, data in HONEST.items()}

    assert kinds["IM000001"] == kinds["whole-slide.dcm"] == Kind.DICOM
    assert kinds["resultats.hl7"] == Kind.HL7
    letters = (
        "resultats.hpr",
        "resultats-dos.hpr",
        "deux-lettres.hpr",
        "imprimante.hpr",
        "sante.hpr",
    )
    assert {kinds[name] for name in letters} == {Kind.HPRIM}
    assert kinds["resultats-mllp.hl7"] == Kind.HL7
    assert kinds["lettre.xml"] == kinds["cda.xsl"] == Kind.XML
