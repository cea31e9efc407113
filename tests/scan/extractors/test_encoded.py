import base64
import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Level, Reason
from gateway.scan.extractors.encoded import EncodedExtractor
from gateway.scan.formats.text import encodedtext
from tests.support import files
from tests.support.containers import cda, fhir, hl7
from tests.support.extracting import opened
from tests.support.scripts import encoded

EXTRACTOR = EncodedExtractor()
PROGRAM = files.program()
LETTERS = base64.b64encode(PROGRAM).decode()
SCRIPT = b'WScript.Echo "bonjour"\r\n'


def contents(text: str | bytes) -> list[bytes]:
    return opened(EXTRACTOR, text if isinstance(text, bytes) else text.encode()).contents


@pytest.mark.parametrize("data", [files.pdf(), PROGRAM, SCRIPT * 2])
def test_documents_in_medical_messages_are_handed_out(data: bytes) -> None:
    assert contents(hl7(data)) == [data]
    assert contents(cda(data)) == [data]
    assert contents(fhir(data, "application/pdf", "Bilan")) == [data]


def test_a_document_has_the_ending_of_the_type_that_its_message_claims() -> None:
    for text in (hl7(SCRIPT * 2), cda(SCRIPT * 2)):
        (member,) = opened(EXTRACTOR, text).members
        assert (member.name, member.declared_type) == ("file 1.pdf", "application/pdf")


def test_a_document_has_the_name_that_its_message_gives() -> None:
    inside = opened(EXTRACTOR, fhir(PROGRAM, "application/octet-stream", "setup.exe"))

    assert inside.files == {"setup.exe": PROGRAM}


@pytest.mark.parametrize("fold", ["\\.br\\", "\\X0D\\\\X0A\\", "&#13;&#10;", "\\r\\n", "\r\n   "])
def test_letters_are_found_however_their_lines_are_folded(fold: str) -> None:
    lines = fold.join(LETTERS[at : at + 76] for at in range(0, len(LETTERS), 76))

    assert contents(f'x="{lines}"') == [PROGRAM]


def test_a_page_that_builds_a_file_has_it_handed_out_under_its_name() -> None:
    page = f'<a download="facture.exe" href="#"></a><script>var d=atob("{LETTERS}")</script>'

    assert opened(EXTRACTOR, page.encode()).files == {"facture.exe": PROGRAM}


@pytest.mark.parametrize(
    "address",
    [
        f"data:application/octet-stream;base64,{LETTERS}",
        f"DATA:;charset=utf-8;BASE64,{LETTERS}",
        "data:application/octet-stream;base64," + LETTERS.replace("A", "%41", 5),
        "data:application/x," + "".join(f"%{byte:02X}" for byte in PROGRAM),
    ],
)
@pytest.mark.parametrize("quoted", ['<a href="{}">', "<a href='{}'>", "url({})", "{}"])
def test_data_addresses_of_every_spelling_are_opened(address: str, quoted: str) -> None:
    assert contents("<html>" + quoted.format(address) + " end") == [PROGRAM]


def test_a_page_inside_an_address_ends_where_its_quotation_mark_does() -> None:
    page = '<iframe src="data:text/html,<script>alert(1)</script>"></iframe><p title="x">'

    assert contents(page) == [b"<script>alert(1)</script>"]


def test_text_in_utf_16_is_read() -> None:
    assert contents(f'<html>atob("{LETTERS}")'.encode("utf-16")) == [PROGRAM]


def test_uuencode_and_binhex_outside_of_mail_are_read() -> None:
    lines = (binascii.b2a_uu(PROGRAM[at : at + 45]) for at in range(0, len(PROGRAM), 45))
    text = b"begin 644 a.exe\n" + b"".join(lines) + b"`\nend\n"

    assert opened(EXTRACTOR, text).files["a.exe"] == PROGRAM


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, voici un texte tout à fait ordinaire.",
        "d41d8cd98f00b204e9800998ecf8427e " * 50,
        "https://example.org/" + base64.urlsafe_b64encode(bytes(range(128, 218))).decode(),
        "anticonstitutionnellementanticonstitutionnellement",
        "data: nothing, and data:,",
    ],
)
def test_words_hashes_and_links_are_no_files(text: str) -> None:
    assert contents(text) == []


def test_more_files_than_anybody_writes_are_a_gap() -> None:
    inside = opened(EXTRACTOR, f'"{LETTERS}" '.encode() * 301)

    assert len(inside.contents) == 300
    assert [gap.reason for gap in inside.gaps] == [Reason.TOO_MANY]


@pytest.mark.parametrize("piece", [b"data:", b'"data:x,', b"A" * 32 + b"-", b"A" * 31 + b"\n"])
@pytest.mark.slow
def test_the_work_grows_with_the_text_and_not_with_its_square(piece: bytes) -> None:
    def steps(count: int) -> int:
        return sum(len(one.data) + 1 for one in encodedtext.find(piece * count))

    assert steps(4000) <= 4 * steps(1000) + 4000


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_any_bytes_give_no_more_than_they_are(data: bytes) -> None:
    assert sum(len(one.data) for one in encodedtext.find(data)) <= 2 * len(data)


def test_letters_with_nothing_around_them_are_opened_by_nobody() -> None:
    letters = base64.encodebytes(b"%PDF-1.7\n" + bytes(range(256)) * 4)

    assert opened(EXTRACTOR, letters).files == {}
    assert len(opened(EXTRACTOR, b'{"data": "' + letters.replace(b"\n", b"") + b'"}').files) == 1


HIDDEN = 'Set s = CreateObject("WScript.Shell")'


@pytest.mark.parametrize(("name", "inside"), [("a.vbe", "decoded.vbs"), ("a.jse", "decoded.js")])
def test_the_text_is_handed_out_under_the_name_that_it_had(name: str, inside: str) -> None:
    found = opened(EXTRACTOR, encoded(HIDDEN), name)

    assert found.files == {inside: HIDDEN.encode()}
    assert [(seen.code, seen.level) for seen in found.findings] == [
        ("script.encoded", Level.SUSPICIOUS)
    ]
    assert found.findings[0].evidence == f"decoded: {HIDDEN}"


def test_in_a_page_that_no_browser_runs_it_is_a_note() -> None:
    page = b'<html><script language="JScript.Encode">' + encoded("alert(1)") + b"</script></html>"
    found = opened(EXTRACTOR, page, "a.html")

    assert found.files == {"decoded script": b"alert(1)"}
    assert [seen.level for seen in found.findings] == [Level.NOTE]
    assert opened(EXTRACTOR, page, "a.hta").findings[0].level == Level.SUSPICIOUS


def test_a_plain_script_is_left_alone() -> None:
    assert opened(EXTRACTOR, HIDDEN.encode(), "a.vbs").is_clean
