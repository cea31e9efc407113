"""Excel 4.0 macro sheets are seen in workbooks of every make."""

import contextlib

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.xlm import XlmAnalyzer
from gateway.scan.api import Context
from tests.support import office


def look(data: bytes, name: str = "a.xls") -> list[str]:
    found = XlmAnalyzer().analyze(office.artifact(data, name), Context())
    return [seen.evidence for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize("stream", ["Workbook", "Book", "WORKBOOK"])
def test_a_hidden_macro_sheet_is_seen_with_its_name(stream: str) -> None:
    data = office.workbook("Macro1", kind=1, visibility=2, stream=stream)

    assert look(data) == ["macro sheet Macro1, very hidden"]


def test_a_wide_name_is_read() -> None:
    assert look(office.workbook("\u041c\u0430", kind=1)) == ["macro sheet \u041c\u0430, visible"]


def test_an_ordinary_sheet_is_nothing() -> None:
    assert look(office.workbook("Feuil1")) == []


@pytest.mark.parametrize("name", ["xl/macrosheets/sheet1.xml", "xl/intlMacroSheets/sheet2.bin"])
def test_a_macro_part_of_a_package_is_seen(name: str) -> None:
    assert look(b"<?xml version='1.0'?><x></x>", name) == [name]


def test_a_macro_part_is_known_by_its_root_too() -> None:
    sheet = b"<?xml version='1.0'?><xm:macrosheet xmlns:xm='a'></xm:macrosheet>"

    assert look(sheet, "xl/worksheets/sheet1.xml") == ["<xm:macrosheet "]


def test_a_macro_sheet_is_suspicious() -> None:
    (finding,) = XlmAnalyzer().analyze(
        office.artifact(office.workbook("m", kind=1), "a.xls"), Context()
    )

    assert isinstance(finding, Finding)
    assert finding.level is Level.SUSPICIOUS


def test_a_file_that_is_cut_anywhere_is_at_most_damaged() -> None:
    whole = office.workbook("Macro1", kind=1)

    for end in range(1536, len(whole), 7):
        with contextlib.suppress(*XlmAnalyzer.broken):
            look(whole[:end])
