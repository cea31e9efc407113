"""A document in a message is a note if it is what it says."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.messages import MessageContentsAnalyzer
from gateway.scan.api import Context
from tests.support import containers, health, office

PDF, PAGE = b"%PDF-1.7 and so on", b"<html><HTA:APPLICATION/></html>"
HONEST, DISGUISED = ("message.document", Level.NOTE), ("message.disguised", Level.SUSPICIOUS)
SHARE = ("message.share", Level.SUSPICIOUS)


def look(data: bytes) -> list[Finding]:
    found = MessageContentsAnalyzer().analyze(office.artifact(data, "a"), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(data: bytes) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(data)]


def test_a_document_in_a_laboratory_message() -> None:
    assert judged(containers.hl7(PDF)) == [HONEST]
    assert judged(containers.hl7(PAGE)) == [DISGUISED]
    assert judged(containers.hl7(PAGE, "text^html")) == [HONEST]


def test_a_document_in_a_bundle() -> None:
    assert judged(containers.fhir(PDF, "application/pdf", "a")) == [HONEST]
    assert judged(containers.fhir(PAGE, "application/pdf", "a")) == [DISGUISED]


def test_a_document_in_a_resource_in_xml() -> None:
    head = b'<Binary xmlns="http://hl7.org/fhir"><contentType value="application/pdf"/>'

    assert judged(head + b'<data value="JVBERi0xLjcgYW5kIHNvIG9u"/></Binary>') == [HONEST]
    assert judged(head + b'<data value="V1NjcmlwdC5FY2hvIDEgYW5k"/></Binary>') == [DISGUISED]


def test_a_reference_to_a_share() -> None:
    resource = health.FHIR.replace("https://hopital.example/photo/1", "\\\\\\\\a\\\\b")

    assert judged(resource.encode()) == [SHARE]
    assert judged((health.HL7 + "OBX|2|RP|X||\\\\a\\b\\c.pdf|||||F\r").encode()) == [SHARE]


def test_a_document_in_hexadecimal() -> None:
    result = "OBX|2|ED|X||^application^pdf^Hex^{}|||||F\r"

    assert judged((health.HL7 + result.format(PDF.hex())).encode()) == [HONEST]
    assert judged((health.HL7 + result.format(PAGE.hex())).encode()) == [DISGUISED]


def test_a_document_in_a_message_with_other_separators() -> None:
    message = (
        containers.hl7(PAGE)
        .replace(b"|^~\\&", b"|~^\\&")
        .replace(b"^application^pdf", b"~application~pdf")
    )

    assert judged(message.replace(b"^Base64^", b"~Base64~")) == [DISGUISED]


def test_a_document_that_a_letter_of_segments_names_or_holds() -> None:
    named = health.HPRIM_SEGMENTS + "OBX|2|FIC|X||cr.pdf~PDF~L|||||F\r\n"
    share = health.HPRIM_SEGMENTS + "OBX|2|FIC|X||\\\\a\\b.pdf~PDF~L|||||F\r\n"

    assert judged(named.encode()) == [HONEST]
    assert judged(share.encode()) == [SHARE]


@pytest.mark.parametrize("message", [health.HPRIM, health.HPRIM_SEGMENTS, health.HL7])
def test_bytes_behind_a_message_are_suspicious(message: str) -> None:
    behind = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(60) + b"\1"
    (finding,) = look(message.encode("cp1252") + behind)

    assert (finding.code, finding.level) == ("message.surplus", Level.SUSPICIOUS)
    assert finding.evidence.startswith(f"{len(behind)} bytes at byte {len(message)}: MZ")


def test_bytes_between_the_lines_are_suspicious() -> None:
    letter = health.HPRIM.encode("cp1252").replace(b"TEX|", b"\0\1\2\3\4\0\0\1|")

    assert judged(letter) == [("message.surplus", Level.SUSPICIOUS)]


def test_text_behind_a_letter_is_a_note_and_another_letter_is_nothing() -> None:
    letter = health.HPRIM.encode("cp1252")

    assert judged(letter + b"Transmis par le serveur\r\n") == [("message.surplus", Level.NOTE)]
    assert judged(letter + letter + b"\r\n\x1a\0\0") == []


def test_the_evidence_says_where_and_what() -> None:
    (finding,) = look(containers.hl7(PAGE))

    assert finding.evidence.startswith(
        "OBX in line 3: stated as application/pdf, begins with <html>"
    )


@pytest.mark.parametrize(
    "data",
    [
        health.HL7,
        health.HPRIM,
        health.HPRIM_SEGMENTS,
        '{"resourceType": "Patient", "id": "1"}',
        '{"data": "x"}',
        "texte",
    ],
)
def test_honest_messages_are_left_alone(data: str) -> None:
    assert judged(data.encode()) == []


def test_a_resource_that_is_broken_is_left_to_its_reader() -> None:
    assert judged(b'{"resourceType": "Binary", "contentType": ') == []
