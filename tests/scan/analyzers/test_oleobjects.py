"""Objects and links in older documents: what attacks are made of, and what honest ones hold."""

import struct

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.oleobjects import OleObjectAnalyzer
from gateway.scan.api import Context
from gateway.scan.formats.office import classes
from gateway.scan.formats.office.compoundwriter import compound_file
from tests.support import files, office

FLASH = "d27cdb6e-ae6d-11cf-96b8-444553540000"
EQUATION = "0002ce02-0000-0000-c000-000000000046"


def look(data: bytes) -> list[Finding]:
    found = OleObjectAnalyzer().analyze(office.artifact(data, "a.doc"), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def levels(data: bytes) -> dict[str, Level]:
    return {finding.code: finding.level for finding in look(data)}


class TestWordDocuments:
    @pytest.mark.parametrize("is_wide", [True, False])
    def test_a_field_that_starts_a_program_is_malicious(self, *, is_wide: bool) -> None:
        data = office.word_97('Bonjour \x13 DDEAUTO cmd.exe "/c calc" \x14x\x15', is_wide=is_wide)
        (finding,) = look(data)

        assert (finding.code, finding.level) == ("office.dde", Level.MALICIOUS)
        assert finding.evidence == 'DDEAUTO cmd.exe "/c calc"'

    def test_fields_within_fields_are_spoken(self) -> None:
        data = office.word_97("\x13DDEAUTO \x13QUOTE 99 109 100\x15 x\x15")

        assert levels(data) == {"office.dde": Level.MALICIOUS}

    @pytest.mark.parametrize("code", ["PAGE", 'HYPERLINK "https://chu.example"', "DATE \\@ d"])
    def test_everyday_fields_are_nothing(self, code: str) -> None:
        assert levels(office.word_97(f"Page \x13 {code} \x141\x15")) == {}

    def test_a_picture_from_the_web_is_a_note(self) -> None:
        data = office.word_97('\x13INCLUDEPICTURE "http://a.example/b.gif"\x14\x15')

        assert levels(data) == {"office.remote-picture": Level.NOTE}

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("http://192.0.2.1/a.dot", {"office.remote-template": Level.MALICIOUS}),
            ("\\\\SRV-MODELES\\lettres\\a.dot", {"office.remote-template": Level.NOTE}),
            ("C:\\Modeles\\Normal.dot", {}),
            ("Normal", {}),
        ],
    )
    def test_the_template_is_judged_by_where_it_lies(
        self, template: str, expected: dict[str, Level]
    ) -> None:
        assert levels(office.word_97("Bonjour", template=template)) == expected

    def test_a_document_that_is_damaged_is_read_as_far_as_it_goes(self) -> None:
        data = compound_file({"WordDocument": b"\xec\xa5" + bytes(40) + b"\x13DDEAUTO cmd\x15"})

        assert levels(data) == {"office.dde": Level.MALICIOUS}


class TestPackages:
    @pytest.mark.parametrize(
        ("name", "content", "level"),
        [
            ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(40), Level.NOTE),
            ("letter.pdf", b"%PDF-1.7\n", Level.NOTE),
            ("notes.txt", b"Bonjour", Level.SUSPICIOUS),
            ("photo.jpg", b"Bonjour", Level.SUSPICIOUS),
        ],
    )
    def test_what_people_drop_is_a_note_and_the_rest_suspicious(
        self, name: str, content: bytes, level: Level
    ) -> None:
        data = compound_file({"\x01Ole10Native": files.ole_package(name, content)})

        assert levels(data) == {"office.package": level}

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("facture.js", b"x"),
            ("facture.pdf", files.program()),
            ("facture.pdf", bytes.fromhex("4c0000000114020000000000c000000000000046")),
            ("facture.txt", b'Set x = CreateObject("WScript.Shell")\r\n'),
        ],
    )
    def test_what_runs_is_malicious_by_its_name_or_by_its_content(
        self, name: str, content: bytes
    ) -> None:
        data = compound_file({"A/\x01OLE10naTive": files.ole_package(name, content)})

        assert levels(data) == {"office.package": Level.MALICIOUS}
        assert look(data)[0].evidence.startswith("facture.")


class TestEquations:
    def test_an_honest_equation_is_a_note(self) -> None:
        data = compound_file({"ObjectPool/_1/Equation Native": office.equation()})

        assert levels(data) == {"office.equation": Level.NOTE}

    @pytest.mark.parametrize(
        "native",
        [
            office.equation(b"A" * 48),
            office.equation(b"cmd.exe /c calc"),
            office.equation(b"mshta http://a"),
            b"\x1c\0" + bytes(26) + b"\xaa\xbb\xcc\xdd",
            b"rubbish",
        ],
        ids=["long name", "command", "page", "no maker", "no equation"],
    )
    def test_an_equation_that_breaks_the_editor_is_malicious(self, native: bytes) -> None:
        data = compound_file({"ObjectPool/_1/Equation Native": native})

        assert levels(data) == {"office.equation": Level.MALICIOUS}

    @pytest.mark.parametrize(
        ("native", "level"),
        [
            (office.equation(header=False), Level.NOTE),
            (b"\x02\xab\x01\xe7\x0a\x01\x08" + b"\x90" * 60, Level.MALICIOUS),
        ],
    )
    def test_raw_data_for_the_editor_is_looked_at_too(self, native: bytes, level: Level) -> None:
        stream = struct.pack("<I", len(native)) + native
        data = files.compound({"\x01Ole10Native": stream}, classes.stored(EQUATION))

        assert levels(data) == {"office.equation": level}


class TestObjects:
    def test_an_object_of_a_class_that_attacks_use_is_suspicious(self) -> None:
        data = files.compound({"Contents": b"x"}, classes.stored(FLASH))

        assert levels(data) == {"office.object": Level.SUSPICIOUS}
        assert FLASH in look(data)[0].evidence

    def test_a_sheet_in_a_letter_is_nothing(self) -> None:
        excel = classes.stored("00020820-0000-0000-c000-000000000046")

        assert levels(files.compound({"Contents": b"x"}, excel)) == {}

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ("http://192.0.2.1/a.hta", {"office.remote-object": Level.SUSPICIOUS}),
            ("http://192.0.2.1/a.html!", {"office.remote-object": Level.MALICIOUS}),
            ("C:\\a\\b.xls", {}),
        ],
    )
    def test_a_linked_object_is_judged_by_where_it_lies(
        self, target: str, expected: dict[str, Level]
    ) -> None:
        stream = office.linked_object(target, classes.URL_MONIKER)

        assert levels(compound_file({"ObjectPool/_1/\x01Ole": stream})) == expected


class TestWorkbooks:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("cmd\x03/c calc", {"office.dde": Level.MALICIOUS}),
            ("LABO\x03RESULTATS", {"office.dde": Level.NOTE}),
            ("Excel.Sheet.8\x03http://192.0.2.1/a", {"office.remote-object": Level.SUSPICIOUS}),
            ("Excel.Sheet.8\x03C:\\a\\b.xls", {}),
            ("\x01\x02book.xls", {}),
        ],
    )
    def test_what_feeds_cells_is_judged(self, path: str, expected: dict[str, Level]) -> None:
        assert levels(office.supported_workbook(path)) == expected


def slides(action: int) -> bytes:
    """A slide with a click, in the records of PowerPoint 97."""
    atom = struct.pack("<HHI", 0, 0x0FF3, 16) + bytes(8) + bytes([action]) + bytes(7)
    name = "calc.exe".encode("utf-16-le")
    text = struct.pack("<HHI", 0x20, 0x0FBA, len(name)) + name
    click = struct.pack("<HHI", 0x0F, 0x0FF2, len(atom + text)) + atom + text
    return compound_file({"PowerPoint Document": click})


def test_a_slide_that_starts_a_program_is_suspicious() -> None:
    (finding,) = look(slides(2))

    assert (finding.code, finding.level) == ("office.slide-action", Level.SUSPICIOUS)
    assert finding.evidence == "calc.exe"


def test_a_slide_that_leads_to_the_next_one_is_nothing() -> None:
    assert look(slides(3)) == []
