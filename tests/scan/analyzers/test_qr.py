"""What a code for telephones says is told, and a lure is held."""

import struct
import zlib

import pytest
from PIL import ImageOps

from gateway.model import Finding, Level
from gateway.packs import load
from gateway.scan.analyzers.qr import QrAnalyzer
from gateway.scan.api import Context
from gateway.workers.frames import Setup
from gateway.workers.pool import Pool
from tests.support import codes, office
from tests.support.engines import spooled

PAGE = "https://www.hopital.example/rendez-vous/123"


def look(data: bytes, name: str = "image.png") -> list[Finding]:
    found = QrAnalyzer().analyze(office.artifact(data, name), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(text: str) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(codes.saved(codes.code(text)))]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF"])
def test_an_address_is_a_note_in_every_kind_of_picture(kind: str) -> None:
    (finding,) = look(codes.saved(codes.code(PAGE), kind))

    assert (finding.code, finding.level) == ("qr.code", Level.NOTE)
    assert finding.evidence == "hxxps://www[.]hopital[.]example/rendez-vous/123"


def test_a_code_is_read_upside_down_light_on_dark_and_transparent() -> None:
    picture = codes.code(PAGE)
    clear = picture.convert("LA")
    clear.putalpha(ImageOps.invert(picture))

    for changed in (picture.rotate(180), picture.rotate(90), ImageOps.invert(picture), clear):
        assert [seen.code for seen in look(codes.saved(changed))] == ["qr.code"]


def test_every_page_of_a_short_document_is_looked_at() -> None:
    (finding,) = look(codes.page(picture=codes.code(PAGE), pages=3), "lettre.pdf")

    assert finding.evidence.startswith("page 3: hxxps://")


@pytest.mark.parametrize(
    "text",
    [
        "http://cdn.example.org/4cbc6e82/mfa",
        "http://login.example.com/85d740a4",
        "https://192.0.2.44/a",
        "https://3221225985/a",
        "https://hopital.example@evil.example/",
        "https://xn--hpital-xxa.example/",
        "https://evil.example/#marie.dupont@hopital.example",
        "bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT?amount=1",
        "javascript:alert(1)",
    ],
)
def test_an_address_as_no_honest_sign_in_page_has_it_is_a_lure(text: str) -> None:
    assert judged(text) == [("qr.lure", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    "text",
    [
        "PATIENT-ID-485771",
        "https://portail.hopital.example/login",
        "http://www.hopital.example/plan-acces",
        "https://maps.example/@48.85,2.35,15z",
        "BEGIN:VCARD\r\nFN:Dr Martin\r\nEND:VCARD",
        "WIFI:T:WPA;S:invites;P:bienvenue;;",
        "BCD\n002\n1\nSCT\n\nCHU de Test\nFR7630006000011234567890189\nEUR12.30",
    ],
)
def test_what_letters_and_invoices_have_is_a_note(text: str) -> None:
    assert judged(text) == [("qr.code", Level.NOTE)]


def test_a_page_that_presses_its_reader_to_sign_in_makes_its_code_a_lure() -> None:
    urges = "Votre mot de passe expire. Scannez ce code pour vous authentifier sous 24 h."
    invites = "Scannez ce code pour prendre rendez-vous."

    (urged,) = look(codes.page(picture=codes.code(PAGE), text=urges), "a.pdf")
    (invited,) = look(codes.page(picture=codes.code(PAGE), text=invites), "a.pdf")

    assert (urged.code, urged.evidence[:7]) == ("qr.lure", "page 1:")
    assert invited.code == "qr.code"


def test_a_picture_without_a_code_is_left_alone() -> None:
    assert look(codes.saved(codes.code(PAGE).crop((0, 0, 20, 20)))) == []
    assert look(codes.page(text="Compte rendu"), "a.pdf") == []


def test_a_picture_that_is_not_read_is_said() -> None:
    broken = codes.saved(codes.code(PAGE))[:60]

    assert [(seen.code, seen.level) for seen in look(broken)] == [("picture.unread", Level.NOTE)]


def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    assert [seen.code for seen in look(png(30_000, 30_000))] == ["picture.bomb"]
    # A whole slide of a microscope is as large, and takes the room that it needs.
    assert [seen.code for seen in look(png(30_000, 30_000, bytes(5 << 20)))] == ["picture.unread"]


def png(width: int, height: int, rest: bytes = b"") -> bytes:
    """The head of a picture, and as many bytes as it pretends to need."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    body = b"IDAT" + rest
    data = struct.pack(">I", len(rest)) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk + data


def test_a_page_that_takes_minutes_to_draw_is_not_drawn() -> None:
    corners = "0 0 m " + "100 800 l 500 3 l " * 60_000 + "f"

    assert [seen.code for seen in look(codes.page(drawing=corners), "a.pdf")] == ["picture.unread"]


@pytest.mark.slow
async def test_codes_are_read_by_a_worker_that_opens_no_file_and_makes_no_code() -> None:
    pool = Pool(Setup(load.load().packs), workers=1)
    await pool.start()
    try:
        for kind in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF", "PDF"):
            picture = codes.code(PAGE)
            data = codes.page(picture=picture) if kind == "PDF" else codes.saved(picture, kind)
            with spooled(data) as message:
                report = await pool.scan(message, name="f", declared_type="", sender_domain="")

            assert [(seen.code, report.gaps) for seen in report.findings] == [("qr.code", ())]
    finally:
        await pool.close()
