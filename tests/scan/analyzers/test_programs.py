"""What Windows runs on a double click is held; what nobody can run by mistake is a note."""

from dataclasses import replace

import pytest

from gateway.demo import samples
from gateway.model import Finding, Level
from gateway.scan.analyzers.programs import ProgramAnalyzer
from gateway.scan.api import Context
from gateway.scan.kinds import Kind
from tests.support import files, office, programs
from tests.support.shortcuts import shortcut

PROGRAM = programs.windows()
SCRIPT = b"#!/bin/sh\necho bonjour\n"
ATTACHED, ACTS = ("program.attached", Level.SUSPICIOUS), ("program.script", Level.SUSPICIOUS)
FOREIGN, HELP = ("program.foreign", Level.NOTE), ("program.help", Level.NOTE)


def look(data: bytes, *names: str, within: tuple[Kind, ...] = ()) -> list[Finding]:
    artifact = replace(office.artifact(data, *names), within=within)
    found = ProgramAnalyzer().analyze(artifact, Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(data: bytes, *names: str, within: tuple[Kind, ...] = ()) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(data, *names, within=within)]


@pytest.mark.parametrize("name", ["setup.exe", "driver", "tool.bin", "resultat.pdf", ""])
def test_a_program_for_windows_is_suspicious_under_any_name(name: str) -> None:
    assert judged(PROGRAM, *filter(None, [name])) == [ATTACHED]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (files.jar(), "outil.jar"),
        (b"\x00\x01\x02", "a.scr"),
        (b"texte", "a.com"),
        (b"texte", "a.exe"),
        (b"x", "a.application"),
        (files.zipped({"a": b"b"}), "a.msix"),
        (files.zipped({"AndroidManifest.xml": b"b"}), "a.apk"),
        (programs.linux(), "a.elf"),
        (programs.linux(programs.PACKED_SCRIPT), "tool"),
    ],
)
def test_installers_and_what_bears_the_name_of_a_program_are_suspicious(
    data: bytes, name: str
) -> None:
    assert judged(data, name) == [ATTACHED]


@pytest.mark.parametrize(
    "name",
    [
        "a.js", "a.jse", "a.vbs", "a.vbe", "a.wsf", "a.hta", "a.ps1", "a.bat", "a.CMD", "a.sh",
        "a.py", "a.reg", "a.url", "a.scf", "a.iqy", "a.slk", "a.library-ms", "a.search-ms",
        "a.settingcontent-ms", "a.msc", "a.website", "a.theme", "a.rdp", "a.inf", "a.wsh", "a.sct",
        "a.lnk", "a.chm", "a.{3f6bc534-dfa1-4ab4-ae54-ef25a74e0107}",
    ],
)  # fmt: skip
def test_what_acts_when_it_is_opened_is_suspicious_by_its_name(name: str) -> None:
    assert judged(b"contents", name) == [ACTS]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (programs.linux(), "tool"),
        (programs.mac(), "libnative.jnilib"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", "A.class"),
        (files.zipped({"Payload/A.app/Info.plist": b"x"}), "a.ipa"),
        (b"!<arch>\n", "a.deb"),
    ],
)
def test_a_program_that_windows_does_not_start_is_a_note(data: bytes, name: str) -> None:
    assert judged(data, name) == [FOREIGN]


def test_a_script_in_a_package_for_linux_is_a_note_and_anywhere_else_suspicious() -> None:
    assert judged(SCRIPT, "postinst.sh", within=(Kind.AR, Kind.TAR)) == [FOREIGN]
    assert judged(SCRIPT, "postinst.sh", within=(Kind.TAR,)) == [ACTS]
    assert judged(b"x", "a.vbs", within=(Kind.AR, Kind.TAR)) == [ACTS]


def test_the_script_of_a_help_file_is_part_of_its_pages() -> None:
    assert judged(b"ITSF" + bytes(60), "manuel.chm") == [HELP]
    assert judged(b"x", "local/script.js", within=(Kind.CHM,)) == []
    assert judged(b"x", "local/script.js", within=(Kind.ZIP,)) == [ACTS]
    assert judged(PROGRAM, "local/a.exe", within=(Kind.CHM,)) == [ATTACHED]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SCRIPT, "notes.txt"),
        (SCRIPT, "0001-fix.patch"),
        (shortcut(relative_path="a.txt"), "a.lnk"),
        (b"From: a@b.c\r\nTo: d@e.f\r\n\r\nBonjour", "www.example.com"),
        (samples.laboratory_pdf(), "resultat.pdf"),
        (b"Bonjour", "compte rendu de M. X. du 12.03.txt"),
        (b"", "vide"),
    ],
)
def test_what_only_shows_something_is_left_alone(data: bytes, name: str) -> None:
    assert judged(data, name) == []


def test_every_name_counts() -> None:
    assert judged(b"x", "lettre.txt", "lettre.js") == [ACTS]


def test_the_evidence_is_the_name_the_header_and_where_it_lies() -> None:
    (finding,) = look(PROGRAM, "a.exe", within=(Kind.MESSAGE, Kind.ISO))

    assert finding.evidence == "a program for Windows (64 bit, console), inside a disk image"
