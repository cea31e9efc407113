"""A notebook is judged by what a click into its pages starts."""

import pytest

from gateway.model import Finding, Level
from gateway.packs import load
from gateway.scan.analyzers.onenote import OneNoteAnalyzer
from gateway.scan.api import Context
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from tests.support import files, office, pdf
from tests.support.containers import onenote, onenote_page

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
HTA = b'<html><hta:application id="t"/><script>a</script></html>'
LURE = onenote_page(text="Double click to view the document")
ANALYZER = OneNoteAnalyzer()


def look(data: bytes) -> list[Finding]:
    found = ANALYZER.analyze(office.artifact(data, "a.one"), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("facture.hta", HTA),
        ("facture.pdf", HTA),
        ("facture.js", files.TEXT),
        ("a.exe", files.program()),
        ("a", files.program()),
        ("a.cmd", b"@echo off\r\ncalc"),
        ("notice.chm", files.TEXT),
        ("", b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60)),
    ],
)
def test_what_a_click_starts_is_malicious(name: str, content: bytes) -> None:
    (finding,) = look(onenote({name: content, "": PNG} if name else {"": content}))

    assert (finding.code, finding.level) == ("onenote.runs", Level.MALICIOUS)
    assert finding.summary == "A notebook carries a file that a click starts"


def test_the_evidence_says_how_many_under_what_names_and_behind_what() -> None:
    page = onenote_page(file="a.hta") + onenote_page(file="b.js") + LURE
    (finding,) = look(
        onenote({"": PNG}) + onenote({"x": HTA})[16:] + onenote({"y": b"x"})[16:] + page
    )

    assert finding.summary == "A notebook carries 2 files that a click starts"
    assert finding.evidence == (
        f"a.hta (html, {len(HTA)} bytes); b.js (text, 1 bytes); 1 picture on its pages; "
        "the page says: Double click to view the document"
    )


def test_a_name_that_runs_counts_where_its_file_was_not_found() -> None:
    (finding,) = look(onenote({}) + onenote_page(file="\u202efdp.vbs"))

    assert finding.code == "onenote.runs"
    assert finding.evidence.startswith("\\u202efdp.vbs; 0 pictures")


@pytest.mark.parametrize(
    "text",
    ["Double-click to view", "DOUBLE CLICK HERE", "Double-cliquez pour afficher", "Cliquez ici",
     "Doppelklick zum Öffnen"],
)  # fmt: skip
def test_a_page_that_asks_for_a_click_on_an_archive_is_suspicious(text: str) -> None:
    data = onenote({"a.zip": files.zipped({"a.txt": b"x"})}) + onenote_page(text=text)
    (finding,) = look(data)

    assert (finding.code, finding.level) == ("onenote.lure", Level.SUSPICIOUS)


@pytest.mark.parametrize(
    "data",
    [
        onenote({"": PNG}),
        onenote({"protocole.pdf": pdf.document(), "": PNG}),
        onenote({"protocole.pdf": pdf.document()}) + LURE,
        onenote({"planning.docx": files.docx(), "notes.txt": files.TEXT}) + LURE,
        onenote({"archive.zip": files.zipped({"a.txt": b"x"})}),
        onenote({}) + onenote_page(text="Cliquez ici pour l'ouverture automatique du dossier"),
    ],
)
def test_honest_notebooks_are_clean(data: bytes) -> None:
    assert look(data) == []


def test_names_go_to_the_files_that_they_fit() -> None:
    page = onenote_page(file="lettre.docx") + onenote_page(file="protocole.pdf")
    data = onenote({"x": pdf.document()}) + onenote({"y": files.docx()})[16:] + page
    report = build_engine(Setup(load.load().packs)).scanner.scan(data, "a.one")

    named = {listed.name: listed.kind for listed in report.artifacts}
    assert (named["protocole.pdf"], named["lettre.docx"]) == ("pdf", "ooxml")
    assert report.is_clean


def test_it_is_told_once() -> None:
    data = onenote({"a.exe": files.program()})
    report = build_engine(Setup(load.load().packs)).scanner.scan(data, "a.one")

    codes = [finding.rule or finding.code for finding in report.findings]
    assert codes.count("onenote.runs") == 1
    assert not {"onenote.attached", "program_in_onenote"} & {*codes}
