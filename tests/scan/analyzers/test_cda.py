"""A clinical document is honest until it runs, fetches, or is not what it says."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.cda import CdaAnalyzer
from gateway.scan.api import Context
from tests.support import containers, health, office


def judged(data: bytes) -> list[tuple[str, Level]]:
    found = CdaAnalyzer().analyze(office.artifact(data, "DOC0001.XML"), Context())
    return [(seen.code, seen.level) for seen in found if isinstance(seen, Finding)]


def section(inside: str) -> bytes:
    return health.CDA.replace("<table>", f"{inside}<table>").encode()


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<table onmouseover='alert(1)'/>",
        "<linkHtml href='javascript:alert(1)'>voir</linkHtml>",
        "<reference value=' JavaScript:alert(1)'/>",
        "<iframe src='https://a.example'/>",
    ],
)
def test_what_a_browser_would_run_is_suspicious(inside: str) -> None:
    assert judged(section(inside)) == [("cda.active", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    ("entity", "level"),
    [
        (b'x "y"', Level.SUSPICIOUS),
        (b'x SYSTEM "file:///etc/hostname"', Level.MALICIOUS),
    ],
)
def test_entities_are_suspicious_and_malicious_from_outside(entity: bytes, level: Level) -> None:
    begins = b"<!DOCTYPE a [<!ENTITY " + entity + b">]><ClinicalDocument "
    data = health.CDA.encode().replace(b"<ClinicalDocument ", begins)

    assert judged(data) == [("cda.entity", level)]


def test_a_share_is_suspicious_and_the_web_a_note() -> None:
    assert judged(section(r"<reference value='\\a\b'/>")) == [("cda.share", Level.SUSPICIOUS)]
    assert judged(section("<reference value='https://a.example/'/>")) == [
        ("cda.reference", Level.NOTE)
    ]


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (b"%PDF-1.7 and so on", "application/pdf", "cda.document"),
        (b"{\\rtf1 texte}", "text/rtf", "cda.document"),
        (b"Compte rendu d'examen", "text/plain", "cda.document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "image/jpeg", "cda.document"),
        (b"<html><HTA:APPLICATION/></html>", "application/pdf", "cda.disguised"),
        (b"WScript.Echo 1 ' and so on", "application/pdf", "cda.disguised"),
        (b"MZ\x90\0" + bytes(60), "text/plain", "cda.disguised"),
    ],
)
def test_a_body_is_a_note_if_it_is_what_it_says(data: bytes, media_type: str, code: str) -> None:
    level = Level.NOTE if code == "cda.document" else Level.SUSPICIOUS

    assert judged(containers.cda(data, media_type)) == [(code, level)]


@pytest.mark.parametrize("data", [health.CDA.encode(), health.SHEET.encode(), b"<a onload='x'/>"])
def test_honest_documents_and_other_xml_are_left_alone(data: bytes) -> None:
    assert judged(data) == []
