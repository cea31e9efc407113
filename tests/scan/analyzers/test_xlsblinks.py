"""Programs that feed a binary workbook are judged as those of other workbooks are."""

import struct

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.xlsblinks import XlsbLinkAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind

PART = "xl/externalLinks/externalLink1.bin"


def levels(kind: int, service: str, topic: str, name: str = PART) -> dict[str, Level]:
    body = struct.pack("<H", kind)
    for text in (service, topic):
        body += struct.pack("<I", len(text)) + text.encode("utf-16-le")
    data = b"\xe8\x02" + bytes([len(body)]) + body + b"\xcc\x04\x00"
    artifact = Artifact(data, ("a.xlsb", name), (name,), "", (Kind.DATA,))
    found = XlsbLinkAnalyzer().analyze(artifact, Context())
    return {seen.code: seen.level for seen in found if isinstance(seen, Finding)}


@pytest.mark.parametrize(
    ("service", "topic", "level"),
    [("cmd", "/c calc", Level.MALICIOUS), ("LABO", "RESULTATS", Level.NOTE)],
)
def test_a_program_that_is_asked_is_judged(service: str, topic: str, level: Level) -> None:
    assert levels(1, service, topic) == {"office.dde": level}


def test_another_workbook_is_nothing() -> None:
    assert levels(0, "rId1", "cmd") == {}


def test_another_part_is_nothing() -> None:
    assert levels(1, "cmd", "/c calc", "xl/worksheets/sheet1.bin") == {}
