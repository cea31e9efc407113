"""Documents in laboratory messages are opened, however they are written."""

import base64

import pytest

from gateway.packs import load
from gateway.scan.extractors.encoded import EncodedExtractor
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from gateway.workers.engine import build_engine
from gateway.workers.frames import Setup
from tests.support import files, health
from tests.support.extracting import opened

EXTRACTOR = EncodedExtractor()
PROGRAM = files.program() + bytes(40)
LETTER = health.HPRIM.encode("cp1252")
RTF = b"{\\rtf1\\ansi Cher confr\\'e8re}"


def test_a_document_in_hexadecimal_is_opened() -> None:
    message = f"{health.HL7}OBX|2|ED|X||^application^pdf^Hex^{PROGRAM.hex()}|||||F\r"

    assert opened(EXTRACTOR, message.encode()).contents == [PROGRAM]


@pytest.mark.parametrize(
    "shape",
    ["OBX|{n}|ED|X||^application^pdf^Base64^{piece}|||||F\r", "OBX|{n}|TX|X||{piece}|||||F\r"],
)
def test_a_document_in_pieces_over_many_results_is_opened_whole(shape: str) -> None:
    letters = base64.b64encode(PROGRAM * 20).decode()
    pieces = [letters[at : at + 76] for at in range(0, len(letters), 76)]
    lines = "".join(shape.format(n=n, piece=piece) for n, piece in enumerate(pieces, start=2))

    assert PROGRAM * 20 in opened(EXTRACTOR, (health.HL7 + lines).encode()).contents


def test_a_document_that_stands_in_a_letter_is_opened_up_to_the_mark_behind_it() -> None:
    letter = health.HPRIM_HEAD.encode() + RTF + b"\r\n****FIN****\r\n"

    assert opened(EXTRACTOR, letter).contents == [RTF + b"\r\n"]


@pytest.mark.parametrize("message", [LETTER, health.HL7.encode(), health.HPRIM_SEGMENTS.encode()])
def test_what_stands_behind_a_message_is_opened(message: bytes) -> None:
    assert opened(EXTRACTOR, message + PROGRAM).files == {"behind the message": PROGRAM}


@pytest.mark.parametrize("name", ["resultats.hpr", "resultats.txt"])
def test_a_program_behind_a_letter_is_held(name: str) -> None:
    report = build_engine(Setup(load.load().packs)).scanner.scan(LETTER + PROGRAM, name)

    assert {"message.surplus", "program.attached"} <= {finding.code for finding in report.findings}


def test_a_page_in_a_message_is_judged_as_a_browser_would_show_it() -> None:
    message = health.HL7.encode() + b"<html><script>a</script></html>"

    assert identify(message, "") == (Kind.HL7, Kind.HTML)


@pytest.mark.parametrize(
    "data",
    [
        b"H|~^",
        b"Hello|~^&|",
        "\r\n".join(["a"] * 6 + ["01/01/1950"] + ["b"] * 20).encode(),
        health.HPRIM.replace("01/01/1950", "x").replace("22/05/2026", "y").encode(),
        b"MSH est un acronyme",
    ],
)
def test_other_texts_are_no_messages(data: bytes) -> None:
    assert identify(data, "") == (Kind.TEXT,)


def test_a_drawing_with_an_h_among_zeros_is_no_message() -> None:
    drawing = (
        bytes.fromhex("010009000003130100000600") + b"\f\x02H\0\xb8\0\x03\0\0\0\x1e\0" + bytes(40)
    )

    assert Kind.HPRIM not in identify(drawing, "")


def test_a_message_of_nothing_but_other_bytes_holds_no_copy_of_itself() -> None:
    message = b"\x0b\x01\x02\x03\x04\x05MSH|^~\\&|LAB|\r"

    assert message not in opened(EXTRACTOR, message).contents
