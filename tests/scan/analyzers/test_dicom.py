"""A medical image that is something else as well is told from an honest one."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.dicom import DicomAnalyzer
from gateway.scan.api import Context
from tests.support import health, office, programs


def judged(data: bytes) -> list[tuple[str, Level]]:
    found = DicomAnalyzer().analyze(office.artifact(data, "IM0001.dcm"), Context())
    return [(seen.code, seen.level) for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize("preamble", [b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0"])
@pytest.mark.parametrize("syntax", [health.EXPLICIT, health.IMPLICIT, health.BIG_ENDIAN])
def test_an_honest_image_is_left_alone(preamble: bytes, syntax: str) -> None:
    assert judged(health.image(preamble=preamble, syntax=syntax)) == []
    assert judged(health.image(behind=bytes(100))) == []


@pytest.mark.parametrize(
    "preamble",
    [
        programs.windows()[:64], programs.linux(), programs.mac(), b"#!/bin/sh\n", b"<script>",
        b"@echo off\r\n", b" <HTML>", b"PK\x03\x04", b"%PDF-1.7",
    ],
)  # fmt: skip
def test_a_preamble_that_runs_or_opens_is_malicious(preamble: bytes) -> None:
    assert judged(health.image(preamble=preamble)) == [("dicom.preamble", Level.MALICIOUS)]


def test_any_other_use_of_the_preamble_is_a_note() -> None:
    assert judged(health.image(preamble=b"MADE BY SCANNER 3")) == [("dicom.preamble", Level.NOTE)]


@pytest.mark.parametrize(
    ("data", "kind", "level"),
    [
        (b"%PDF-1.7", "application/pdf", Level.NOTE),
        (b"\xef\xbb\xbf<ClinicalDocument/>", "text/XML", Level.NOTE),
        (b"solid heart", "model/stl", Level.NOTE),
        (b"MZ\x90\0", "application/pdf", Level.SUSPICIOUS),
        (b"MZ\x90\0", "application/octet-stream", Level.SUSPICIOUS),
    ],
)
def test_a_document_is_a_note_if_it_is_what_it_says(data: bytes, kind: str, level: Level) -> None:
    assert judged(health.document_in_image(data, kind)) == [("dicom.document", level)]


def test_what_stands_behind_the_end_is_suspicious_and_a_broken_transfer_a_note() -> None:
    whole = health.image()

    assert judged(whole + b"PK\x03\x04rest") == [("dicom.appended", Level.SUSPICIOUS)]
    cut = health.image(health.element(0x20, 0x4000, b"UT", b"comment" * 9))
    assert judged(cut[: cut.index(b"comment") + 20]) == [("dicom.appended", Level.NOTE)]
