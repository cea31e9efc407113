"""Excel 4.0 macro sheets are seen in workbooks of every make, and judged by what they call."""

import contextlib

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.xlm import XlmAnalyzer
from gateway.scan.api import Context
from tests.support import office

EXEC, CALL, ALERT = 0x006E, 0x0096, 0x0076


def look(data: bytes, name: str = "a.xls") -> list[Finding]:
    found = XlmAnalyzer().analyze(office.artifact(data, name), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def evidence(data: bytes, name: str = "a.xls") -> list[str]:
    return [seen.evidence for seen in look(data, name)]


@pytest.mark.parametrize("stream", ["Workbook", "Book", "WORKBOOK"])
def test_a_hidden_macro_sheet_is_seen_with_its_name(stream: str) -> None:
    data = office.workbook("Macro1", kind=1, visibility=2, stream=stream)

    assert evidence(data) == ["macro sheet Macro1, very hidden"]
    assert look(data)[0].level is Level.SUSPICIOUS


def test_a_wide_name_is_read() -> None:
    data = office.workbook("\u041c\u0430", kind=1)

    assert evidence(data) == ["macro sheet \u041c\u0430, visible"]


def test_an_ordinary_sheet_is_nothing() -> None:
    assert look(office.workbook("Feuil1")) == []


def test_a_macro_sheet_that_is_listed_as_another_is_seen() -> None:
    assert evidence(office.workbook("Feuil1", begins_as=0x40)) == ["macro sheet Feuil1, visible"]


@pytest.mark.parametrize("name", ["\x01", "\x02"])
def test_a_macro_that_starts_by_itself_and_a_program_is_malicious(name: str) -> None:
    call = office.macro_call(EXEC, "cmd /c calc")
    (finding,) = look(office.workbook("Macro1", kind=1, name=name, formulas=(call,)))

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)
    assert finding.summary == "An Excel 4.0 macro starts by itself and starts programs"
    assert finding.evidence.endswith('EXEC("cmd /c calc")')


def test_one_that_hides_and_calls_windows_is_malicious() -> None:
    call = office.macro_call(CALL, "urlmon", "URLDownloadToFileA")
    (finding,) = look(office.workbook("Macro1", kind=1, visibility=2, formulas=(call,)))

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)


def test_one_that_is_started_by_hand_is_suspicious_with_its_call() -> None:
    call = office.macro_call(EXEC, "notepad")
    (finding,) = look(office.workbook("Macro1", kind=1, formulas=(call,)))

    assert (finding.code, finding.level) == ("macro.xlm", Level.SUSPICIOUS)
    assert finding.evidence == 'macro sheet Macro1, visible; EXEC("notepad")'


def test_one_that_greets_is_suspicious_only() -> None:
    call = office.macro_call(ALERT, "Bonjour")
    (finding,) = look(office.workbook("Macro1", kind=1, name="\x01", formulas=(call,)))

    assert (finding.code, finding.level) == ("macro.xlm", Level.SUSPICIOUS)


def test_strings_that_are_put_together_are_spoken() -> None:
    joined = b"\x17\x02\0cm\x17\x01\0d\x08" + b"\x1e\x20\x00\x41\x6f\x00\x08" + b"\x42\x01\x6e\x00"
    (finding,) = look(office.workbook("Macro1", kind=1, name="\x01", formulas=(joined,)))

    assert finding.evidence.endswith('EXEC("cmd ")')


@pytest.mark.parametrize("name", ["xl/macrosheets/sheet1.xml", "xl/intlMacroSheets/sheet2.bin"])
def test_a_macro_part_of_a_package_is_seen(name: str) -> None:
    assert evidence(b"<?xml version='1.0'?><x></x>", name) == [name]


def test_a_macro_part_is_known_by_its_root_too() -> None:
    sheet = b"<?xml version='1.0'?><xm:macrosheet xmlns:xm='a'></xm:macrosheet>"

    assert evidence(sheet, "xl/worksheets/sheet1.xml") == ["<xm:macrosheet "]


def test_a_macro_part_that_starts_programs_is_malicious() -> None:
    sheet = b"<?xml version='1.0'?><x:macrosheet xmlns:x='a'><f>EXEC(\"calc\")</f></x:macrosheet>"
    (finding,) = look(sheet, "xl/macrosheets/sheet1.xml")

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)


def test_a_binary_macro_part_that_starts_programs_is_malicious() -> None:
    sheet = office.binary_sheet(office.macro_call(EXEC, "calc", wide=True))
    (finding,) = look(sheet, "xl/macrosheets/sheet1.bin")

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)
    assert finding.evidence == 'xl/macrosheets/sheet1.bin; EXEC("calc")'


def test_a_name_in_a_workbook_that_starts_macros_is_suspicious() -> None:
    book = b"<?xml version='1.0'?><workbook><definedName name='_xlnm.Auto_Open'/></workbook>"

    assert evidence(book, "xl/workbook.xml") == ["_xlnm.Auto_Open"]


def test_an_everyday_workbook_part_is_nothing() -> None:
    book = b"<?xml version='1.0'?><workbook><definedName name='_xlnm.Print_Area'/></workbook>"

    assert look(book, "xl/workbook.xml") == []


def test_a_file_that_is_cut_anywhere_is_at_most_damaged() -> None:
    call = office.macro_call(EXEC, "cmd /c calc")
    whole = office.workbook("Macro1", kind=1, name="\x01", formulas=(call,))

    for end in range(1536, len(whole), 7):
        with contextlib.suppress(*XlmAnalyzer.broken):
            look(whole[:end])
