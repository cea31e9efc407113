"""PDF documents: what they do unasked counts most, and forms and invoices stay clean."""

import random
import time
from collections.abc import Iterator

import pytest

from gateway.demo import samples
from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.analyzers.pdf import PdfAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind
from tests.support import pdf


def look(data: bytes) -> Iterator[Finding | Gap]:
    return PdfAnalyzer().analyze(Artifact(data, ("a.pdf",), (), "", (Kind.PDF,)), Context())


def findings(data: bytes) -> dict[str, Finding]:
    """The worst finding of each code."""
    found = [seen for seen in look(data) if isinstance(seen, Finding)]
    return {one.code: one for one in sorted(found, key=lambda finding: finding.level)}


def gaps(data: bytes) -> list[Gap]:
    return [seen for seen in look(data) if isinstance(seen, Gap)]


def at_opening(code: str) -> bytes:
    return pdf.document(f"/OpenAction << /S /JavaScript /JS ({code}) >>")


def test_an_ordinary_document_says_nothing() -> None:
    assert [*look(samples.laboratory_pdf())] == []


class TestScripts:
    def test_a_script_that_runs_unasked_is_suspicious(self) -> None:
        finding = findings(at_opening("app.alert\\(1\\);"))["pdf.script"]

        assert finding.level is Level.SUSPICIOUS
        assert finding.summary == "A script runs when it is opened"
        assert finding.evidence == "object 1: app.alert(1);"

    @pytest.mark.parametrize(
        "data",
        [
            pdf.document("/AA << /WC << /S /JavaScript /JS (app.alert) >> >>"),
            pdf.document("", "/AA << /O 4 0 R >>", "<< /S /JavaScript /JS (app.alert) >>"),
            pdf.document("/Names << /JavaScript 4 0 R >>", "",
                         "<< /Kids [5 0 R] >>", "<< /Names [(a) 6 0 R] >>",
                         "<< /S /JavaScript /JS 7 0 R >>", pdf.stream(b"app.alert")),
            pdf.document("/OpenAction << /S /GoTo /D [0] /Next [4 0 R] >>", "",
                         "<< /S /JavaScript /JS (app.alert) >>"),
            pdf.document("/OpenAction 9 0 R", "",
                         pdf.object_stream((9, "<< /S /JavaScript /JS (app.alert) >>"))),
            pdf.document("/OpenAction 9 0 R", "",
                         pdf.object_stream((8, "(x)"), (9, "<< /S /JavaScript /JS (app.alert) >>"),
                                           entries=""), table=False),
        ],
        ids=["close", "page", "tree", "next", "packed", "no table, no type"],
    )  # fmt: skip
    def test_it_is_found_wherever_it_stands(self, data: bytes) -> None:
        finding = findings(data)["pdf.script"]

        assert finding.level is Level.SUSPICIOUS
        assert finding.evidence.endswith(": app.alert")

    @pytest.mark.parametrize(
        "code",
        [
            "this.print\\({bUI:true,bSilent:false}\\);",
            "this.zoomType = zoomtype.fitW; this.pageNum = 0;",
            "function Somme\\(a, b\\) { if \\(a\\) { return a + b; } }",
            "ADBE.Viewer = 1; this.getURL\\(ADBE.Page + ADBE.X, false\\);",
            "ADBE.Old = 1; app.launchURL\\(ADBE.Viewer_New_Version_URL + ADBE.X, true\\);",
        ],
    )
    def test_what_forms_run_unasked_is_a_note(self, code: str) -> None:
        assert findings(at_opening(code))["pdf.script"].level is Level.NOTE

    @pytest.mark.parametrize(
        "code",
        [
            "eval\\(unescape\\('%61'\\)\\)",
            "x = unescape\\('%u4141%u4141'\\)",
            "Collab.collectEmailInfo\\({msg: x}\\)",
            "util.printf\\('%45000f', n\\)",
            "this.exportDataObject\\({cName: 'a', nLaunch: 2}\\)",
        ],
    )
    def test_what_is_written_as_attacks_are_is_malicious(self, code: str) -> None:
        assert findings(at_opening(code))["pdf.script"].level is Level.MALICIOUS

    def test_acrobats_own_words_open_no_other_page(self) -> None:
        code = "ADBE.Page = 'http://192.0.2.1/'; this.getURL\\(ADBE.Page\\);"

        assert findings(at_opening(code))["pdf.script"].level is Level.SUSPICIOUS

    def test_a_button_that_computes_is_a_note(self) -> None:
        button = "<< /Subtype /Widget /A << /S /JavaScript /JS (event.value = 1;) >> >>"
        field = "<< /Subtype /Widget /AA << /K << /S /JavaScript /JS (AFNumber\\(2\\)) >> >> >>"
        finding = findings(pdf.document("", "/Annots [4 0 R 5 0 R]", button, field))["pdf.script"]

        assert finding.level is Level.NOTE
        assert finding.summary == "A script runs at a click"

    def test_in_a_form_a_script_that_stays_within_it_is_a_note(self) -> None:
        field = "<< /Subtype /Widget /FT /Tx /T (date) >>"
        code = "(this.getField\\('date'\\).value = util.printd\\('dd', new Date\\(\\)\\);)"
        data = pdf.document(
            f"/OpenAction << /S /JavaScript /JS {code} >>", "/Annots [4 0 R]", field
        )

        assert findings(data)["pdf.script"].level is Level.NOTE
        assert (
            findings(data.replace(b"/Widget", b"/Square"))["pdf.script"].level is Level.SUSPICIOUS
        )

    def test_in_a_form_a_script_that_opens_an_address_is_suspicious(self) -> None:
        code = "(app.launchURL\\('http://192.0.2.1'\\);)"
        data = pdf.document(f"/OpenAction << /S /JavaScript /JS {code} >>", "", "<< /S /Widget >>")

        assert findings(data)["pdf.script"].level is Level.SUSPICIOUS

    def test_a_button_that_writes_files_is_suspicious(self) -> None:
        button = "<< /A << /S /JavaScript /JS (this.exportDataObject\\({cName: 1}\\)) >> >>"

        assert findings(pdf.document("", "", button))["pdf.script"].level is Level.SUSPICIOUS

    def test_a_form_of_adobes_own_kind_is_a_note(self) -> None:
        form = pdf.stream(b'<template><script contentType="x">a = 1</script></template>')
        data = pdf.document("/AcroForm << /XFA [(template) 4 0 R] >>", "", form)

        assert findings(data)["pdf.form"].level is Level.NOTE
        assert (
            findings(data)["pdf.form"].evidence
            == '<script contentType="x">a = 1</script></template>'
        )

    @pytest.mark.parametrize(
        ("activity", "level"), [("initialize", Level.SUSPICIOUS), ("click", Level.NOTE)]
    )
    def test_such_a_form_that_opens_an_address_unasked(self, activity: str, level: Level) -> None:
        script = b"<script>app.launchURL('http://a.example/')</script>"
        event = b'<event activity="%b">%b</event><event>b</event>' % (activity.encode(), script)
        data = pdf.document("/AcroForm << /XFA 4 0 R >>", "", pdf.stream(event))

        assert max(found.level for found in findings(data).values()) is level

    def test_such_a_form_that_hides_its_script_is_suspicious(self) -> None:
        form = pdf.stream(b"<template><script>eval(unescape('%61'))</script></template>")
        data = pdf.document("/AcroForm << /XFA 4 0 R >>", "", form)

        assert findings(data)["pdf.script"].level is Level.SUSPICIOUS


class TestOtherActions:
    def test_a_program_that_is_started_is_malicious(self) -> None:
        data = pdf.document("/OpenAction << /S /Launch /Win << /F (cmd.exe) /P (/c echo) >> >>")
        finding = findings(data)["pdf.launch"]

        assert finding.level is Level.MALICIOUS
        assert finding.evidence == "object 1: cmd.exe /c echo"

    def test_another_document_that_is_opened_is_suspicious(self) -> None:
        data = pdf.document("", "", "<< /A << /S /Launch /F (annexe.pdf) >> >>")

        assert findings(data)["pdf.launch"].level is Level.SUSPICIOUS

    def test_links_are_a_note_and_cannot_be_clicked(self) -> None:
        link = "<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://chu.example/a) >> >>"
        finding = findings(pdf.document("", "", link))["pdf.link"]

        assert (finding.level, finding.evidence) == (Level.NOTE, "hxxps://chu[.]example/a")

    @pytest.mark.parametrize("address", ["ms-msdt:/id PCWDiagnostic", "search-ms:query=x"])
    def test_a_link_to_a_tool_of_windows_is_suspicious(self, address: str) -> None:
        data = pdf.document("", "", f"<< /A << /S /URI /URI ({address}) >> >>")

        assert findings(data)["pdf.link"].level is Level.SUSPICIOUS

    def test_an_address_that_opens_by_itself_is_suspicious(self) -> None:
        data = pdf.document("/OpenAction << /S /URI /URI (https://chu.example) >>")

        assert findings(data)["pdf.link"].level is Level.SUSPICIOUS

    def test_a_page_that_is_one_link_is_a_lure(self) -> None:
        link = "<< /Subtype /Link /Rect [0 0 600 700] /A << /URI (http://192.0.2.1/x) /S /URI >> >>"
        data = pdf.document("", "/Annots [4 0 R]", link)

        assert findings(data)["pdf.lure"].evidence == "hxxp://192[.]0[.]2[.]1/x"

    def test_a_poster_with_words_is_no_lure(self) -> None:
        link = "<< /Subtype /Link /Rect [0 0 600 700] /A << /URI (http://192.0.2.1/x) /S /URI >> >>"
        words = pdf.stream(b"(Journee de formation des infirmiers) Tj " * 30)
        data = pdf.document("", "/Annots [4 0 R] /Contents 5 0 R", link, words)

        assert "pdf.lure" not in findings(data)
        assert "pdf.lure" in findings(data.replace(b"/Contents", b"/Contient"))

    def test_a_banner_with_a_link_is_no_lure(self) -> None:
        link = "<< /Subtype /Link /Rect [0 600 600 800] /A << /S /URI /URI (http://a.b) >> >>"

        assert "pdf.lure" not in findings(pdf.document("", "/Annots [4 0 R]", link))

    @pytest.mark.parametrize("kind", ["GoToR", "GoToE"])
    def test_a_document_on_another_machine_is_suspicious(self, kind: str) -> None:
        data = pdf.document("", "", f"<< /A << /S /{kind} /F (\\\\\\\\192.0.2.1\\\\a.pdf) >> >>")

        assert findings(data)["pdf.remote"].evidence == "object 4: \\\\192.0.2.1\\a.pdf"

    def test_a_document_beside_this_one_is_nothing(self) -> None:
        assert findings(pdf.document("", "", "<< /A << /S /GoToR /F (annexe.pdf) >> >>")) == {}

    def test_a_form_that_is_sent_at_a_click_is_a_note(self) -> None:
        target = "<< /FS /URL /F (https://chu.example/x) >>"
        data = pdf.document("", "", f"<< /A << /S /SubmitForm /F {target} >> >>")

        assert findings(data)["pdf.form"].level is Level.NOTE

    def test_a_form_that_is_sent_unasked_is_suspicious(self) -> None:
        data = pdf.document("/OpenAction << /S /SubmitForm /F (https://192.0.2.1/x) >>")

        assert findings(data)["pdf.remote"].level is Level.SUSPICIOUS


class TestCargo:
    @pytest.mark.parametrize(
        ("name", "level"), [("factur-x.xml", Level.NOTE), ("facture.pdf.js", Level.SUSPICIOUS)]
    )
    def test_an_invoice_is_a_note_and_a_script_is_suspicious(self, name: str, level: Level) -> None:
        data = pdf.document("", "", f"<< /Type /Filespec /F ({name}) /EF << /F 5 0 R >> >>")

        assert findings(data)["pdf.attachment"].level is level
        assert findings(data)["pdf.attachment"].evidence == name

    def test_flash_is_suspicious(self) -> None:
        data = pdf.document("", "", "<< /Type /RichMedia /Subtype /Flash >>")

        assert findings(data)["pdf.media"].level is Level.SUSPICIOUS

    def test_a_film_is_a_note(self) -> None:
        assert (
            findings(pdf.document("", "", "<< /Subtype /Movie >>"))["pdf.media"].level is Level.NOTE
        )

    @pytest.mark.parametrize("name", ["J#61vaScript", "#4c#61unch", "Open#41ction"])
    def test_a_name_in_disguise_is_malicious(self, name: str) -> None:
        finding = findings(pdf.document(f"/X << /{name} 1 >>"))["pdf.hidden-name"]

        assert finding.level is Level.MALICIOUS

    def test_a_name_with_a_blank_is_honest(self) -> None:
        assert findings(pdf.document("", "", "<< /BaseFont /Arial#20Gras#2C#C3#A9 >>")) == {}

    def test_bytes_around_the_document_are_a_note(self) -> None:
        data = b"MZ rubbish\n" + pdf.document() + b"x" * 2000
        finding = findings(data)["pdf.surplus"]

        assert finding.level is Level.NOTE
        assert "11 bytes before the header: MZ rubbish" in finding.evidence
        assert "2000 bytes behind the end: xxx" in finding.evidence

    @pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n"])
    def test_blanks_around_it_are_nothing(self, before: bytes) -> None:
        assert findings(before + pdf.document() + b"\r\n\0\0") == {}


class TestWhatCannotBeSeen:
    def test_what_is_under_a_lock_is_left_to_the_extractor(self) -> None:
        assert [*look(pdf.locked(at_opening("app.alert"), user=""))] == []

    def test_a_name_in_disguise_shows_through_a_lock(self) -> None:
        data = pdf.locked(samples.laboratory_pdf(), user="secret")

        assert "pdf.hidden-name" in findings(data.replace(b"/Type /Catalog", b"/#4aS /Catalog"))

    def test_objects_that_cannot_be_unpacked_are_a_gap(self) -> None:
        packed = pdf.stream(
            b"\xff" * 40, "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", packed=False
        )
        (gap,) = gaps(pdf.document("", "", packed, table=False))

        assert gap == Gap(Reason.DAMAGED, "object stream 4: damaged compression", ("a.pdf",))

    @pytest.mark.slow
    def test_more_values_than_are_read_are_a_gap(self) -> None:
        data = pdf.document("", "", f"<< /URI [{'1 ' * 310_000}] >>")

        assert [gap.reason for gap in gaps(data)] == [Reason.TOO_BIG]

    def test_actions_in_a_circle_end(self) -> None:
        ring = "<< /S /JavaScript /JS (this.print\\(\\)) /Next [4 0 R 1 0 R] >>"

        assert "pdf.script" in findings(pdf.document("/OpenAction 4 0 R", "", ring))

    @pytest.mark.parametrize(
        "hostile",
        [b"[" * 400_000, b"<<" * 400_000, b"(" * 400_000, b"/#4a" * 200_000, b"1 0 obj" * 100_000,
         b"1 0 obj<</JS(" * 60_000, b"% " * 400_000, b"<</A " * 200_000],
        ids=range(8),
    )  # fmt: skip
    @pytest.mark.slow
    def test_nothing_takes_long(self, hostile: bytes) -> None:
        began = time.process_time()
        [*look(b"%PDF-1.7\n1 0 obj\n<</JS 1 /OpenAction " + hostile)]

        assert time.process_time() - began < 5

    @pytest.mark.parametrize("piece", ['"\\\\', "/*", "(", "{", "function a() {", "print(", "'"])
    def test_no_script_takes_long(self, piece: str) -> None:
        script = pdf.stream((piece * (60_000 // len(piece))).encode())
        began = time.process_time()
        [*look(pdf.document("/OpenAction 4 0 R", "", "<< /JS 5 0 R >>", script))]

        assert time.process_time() - began < 5

    def test_an_open_document_that_is_damaged_raises_nothing(self) -> None:
        whole = pdf.document("/OpenAction 9 0 R", "/AA << /O 5 0 R >>",
                             pdf.object_stream((9, "<< /S /JavaScript /JS (app.alert) >>")),
                             "<< /S /Launch /F << /F (a.exe) >> >>")  # fmt: skip
        chance = random.Random(1)
        for _ in range(300):
            damaged = bytearray(whole)
            for _ in range(chance.choice((1, 3, 30))):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            [*look(bytes(damaged))]
