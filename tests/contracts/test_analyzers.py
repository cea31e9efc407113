"""What every listed analyzer must do with any bytes: end, and raise nothing but ``broken``."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.model import Finding, Gap
from gateway.packs.load import builtin_folder, load_only
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.api import Analyzer, Artifact, Context
from gateway.scan.builtin import ANALYZERS, BY_BYTES
from gateway.scan.codes import FINDINGS
from gateway.scan.formats.office.compoundwriter import compound_file
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from gateway.scan.libyara import compile_rules
from tests.support import codes, containers, excel4, files, health, office, pdf
from tests.support.shortcuts import shortcut

RULES = compile_rules(load_only([builtin_folder()]).packs)
ALL = (*ANALYZERS, YaraAnalyzer(RULES))
MACROS = "Sub AutoOpen()\n    Shell Chr(99) & \"alc\" ' l'attribution\nEnd Sub\n" * 20
GOOD = {
    "macro project": office.project(MACROS),
    "presentation": office.presentation(office.project(MACROS)),
    "workbook": office.workbook("Macro1", kind=1),
    "document": samples.docm_with_autorun_macro(),
    "pdf": samples.laboratory_pdf(),
    "word": office.word_97("\x13DDEAUTO cmd\x15", template="http://192.0.2.1/a"),
    "linked workbook": office.supported_workbook("cmd\x03/c calc"),
    "equation": compound_file({"Equation Native": office.equation(b"A" * 48)}),
    "package": compound_file({"\x01Ole10Native": files.ole_package("a.js", b"x")}),
    "rich text": files.rich_text(office.equation(b"A" * 60), b"Equation.3\0"),
    "macro sheet": office.workbook(
        "M", kind=1, name="\x01", formulas=(office.macro_call(0x6E, "calc"),)
    ),
    "macros that write macros": excel4.workbook97(
        {"Macro1": {"A1": '=FORMULA("=EX"&"EC(R1C2&""c"")",A2)', "B1": "cmd /", "A2": "=HALT()"}}
    ),
    "macro package": excel4.package({"Macro1": {"A1": "=IF(NOW(),GOTO(B1))", "B1": "=EXEC(1)"}}),
    "binary macro package": excel4.package({"Macro1": {"A1": "=EXEC(1)"}}, is_binary=True),
    "compiled macros": office.compiled_project("", 9),
    "table": b"ID;P\nO;E\nNN;NAuto_open;ER1C1\nC;X1;EEXEC(\"a\")\n=cmd|'/c calc'!A0\n",
    "relationships": b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
    b"relationships'><Relationship Type='a/oleObject' Target='http://192.0.2.1/a!'/>"
    b"<Relationship Type='a/image' Target='\\\\192.0.2.1\\a'/></Relationships>",
    "fields": b"<a><fldSimple instr='DDEAUTO cmd'/><ocx classid='{x}'/><f>cmd|'/c a'!A0</f>"
    b"<customUI onLoad='a'/><hlinkClick action='ppaction://program'/><altChunk id='a'/></a>",
    "active pdf": pdf.document(
        "/OpenAction 9 0 R /AcroForm << /XFA 5 0 R >>",
        "/AA << /O << /S /Launch /F << /F (a.exe) >> >> >> /#41A 1",
        pdf.object_stream((9, "<< /S /JavaScript /JS (eval\\(unescape\\('%61'\\)\\)) >>")),
        pdf.stream(b"<script>xfa.host.gotoURL('http://192.0.2.1')</script>"),
        "<< /Subtype /Link /Rect [0 0 600 800] /A << /S /URI /URI (http://192.0.2.1) >> >>",
        "<< /S /GoToR /F (\\\\192.0.2.1\\a) /EF 1 /UF (a.js) >>",
    ),
    "notebook": containers.onenote({"a.hta": b"<hta:application>", "": b"\x89PNG\r\n\x1a\n"})
    + containers.onenote_page(file="a.hta", text="Double click to view"),
    "image": samples.dicom_image(),
    "program": samples.windows_program(),
    "test string": samples.eicar(),
    "page": b"<script>window['a'+'b'];new Blob([atob('"
    + b"QUJD" * 40
    + b"')])</script><form action=//a>"
    b"<input type=password><object classid=x><param value=Item1><a download=a href=data:,>",
    "drawing": b"<svg onload='a()'><script>a</script><image href='//a'/><a href='data:text/html,'>",
    "sheet": b"<xsl:stylesheet><msxsl:script>a</msxsl:script><script>eval(1)</script><xsl:import/>",
    "shortcut": shortcut(expanded="%COMSPEC%", arguments="/c x", icon="a.pdf", share="\\\\a\\b"),
    "clinical document": containers.cda(b"MZ and more of it", "text/plain"),
    "laboratory message": containers.hl7(b"<html> and more of it"),
    "letter": health.HPRIM.encode() + b"MZ" + bytes(40),
    "bundle": containers.fhir(b"<html> and more of it", "application/pdf", "a"),
    "medical package": files.zipped(health.package({"a.exe": b"", "IHE_XDM/B/C.PDF": b""})),
    "image with a document": health.document_in_image(b"%PDF-1.7", "application/pdf"),
    "picture with a code": codes.saved(codes.code("https://a.example/")),
    "page with a code": codes.page(picture=codes.code("https://a.example/")),
}
NAMES = ("", "a.pdf", "resultat.pdf .exe", "\u202efdp.exe", "a\0b", "x/" * 50, "\udcff", "a" * 5000)


def look(analyzer: Analyzer, data: bytes, name: str, kinds: tuple[Kind, ...]) -> None:
    artifact = Artifact(data, ("message", "a"), tuple(filter(None, [name])), "", kinds)
    try:
        seen = list(analyzer.analyze(artifact, Context("example.org")))
    except analyzer.broken:
        return
    for remark in seen:
        assert remark.lineage == artifact.lineage
        if isinstance(remark, Finding):
            assert remark.level in FINDINGS[remark.code].levels
            assert remark.summary.isprintable()
            assert remark.evidence.isprintable()
            assert len(remark.evidence) < 1000
        else:
            assert isinstance(remark, Gap)


def every_kind(analyzer: Analyzer, data: bytes, name: str) -> None:
    own = identify(data, "")
    look(analyzer, data, name, own)
    for kind in analyzer.kinds or ():
        look(analyzer, data, name, (kind,))


@pytest.mark.parametrize("analyzer", ALL, ids=lambda analyzer: type(analyzer).__name__)
class TestEveryAnalyzer:
    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    def test_a_good_file_under_any_name_gives_findings_that_are_explained(
        self, analyzer: Analyzer, name: str
    ) -> None:
        for data in GOOD.values():
            every_kind(analyzer, data, name)

    @pytest.mark.parametrize("good", GOOD)
    def test_a_damaged_file_raises_only_what_is_listed(self, analyzer: Analyzer, good: str) -> None:
        chance = random.Random(good)
        for _ in range(60):
            data = bytearray(GOOD[good])
            for _ in range(chance.choice((1, 3, 30))):
                data[chance.randrange(len(data))] = chance.randrange(256)
            every_kind(analyzer, bytes(data), "a.doc")

    @pytest.mark.parametrize("good", GOOD)
    def test_a_file_that_is_cut_raises_only_what_is_listed(
        self, analyzer: Analyzer, good: str
    ) -> None:
        data = GOOD[good]
        for end in range(0, len(data), max(1, len(data) // 60)):
            every_kind(analyzer, data[:end], "a.doc")

    @given(data=st.binary(max_size=600), name=st.text(max_size=40))
    def test_any_bytes_raise_only_what_is_listed(
        self, analyzer: Analyzer, data: bytes, name: str
    ) -> None:
        every_kind(analyzer, data, name)

    def test_an_analyzer_keeps_no_state_between_files(self, analyzer: Analyzer) -> None:
        data = GOOD["macro project"]
        artifact = office.artifact(data, "a.doc")

        first = list(analyzer.analyze(artifact, Context()))
        look(analyzer, GOOD["program"], "b.pdf", (Kind.PE, Kind.OLE))

        assert list(analyzer.analyze(artifact, Context())) == first


@pytest.mark.parametrize(
    "analyzer",
    [analyzer for analyzer in ANALYZERS if type(analyzer) in BY_BYTES],
    ids=lambda analyzer: type(analyzer).__name__,
)
def test_who_looks_at_bytes_alone_sees_the_same_under_every_name(analyzer: Analyzer) -> None:
    for data in GOOD.values():
        kinds = identify(data, "")
        if analyzer.kinds is not None and analyzer.kinds.isdisjoint(kinds):
            continue
        bare = list(analyzer.analyze(Artifact(data, (), (), "", kinds), Context()))
        for name in NAMES:
            artifact = Artifact(data, ("m", name), (name,), "application/pdf", kinds)
            seen = analyzer.analyze(artifact, Context("example.org"))
            assert [replace(remark, lineage=()) for remark in seen] == bare
