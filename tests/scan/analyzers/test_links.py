"""Where links lead is a note; a link that pretends is held."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.links import LinkAnalyzer
from gateway.scan.api import Context
from tests.support import office

RELATION = (
    '<?xml version="1.0"?><Relationships><Relationship Id="a" TargetMode="External" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="{}"/></Relationships>'
)
SITE = "https://www.hopital.example/rdv?a=1&amp;b=2"


def look(data: str, *names: str) -> list[Finding]:
    found = LinkAnalyzer().analyze(office.artifact(data.encode(), *names), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(data: str, *names: str) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(data, *names)]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (RELATION.format("hyperlink", SITE), "word/_rels/document.xml.rels"),
        (f'<?xml version="1.0"?><o><text:a xlink:href="{SITE}">x</text:a></o>', "content.xml"),
        ('{\\rtf1 {\\field{\\*\\fldinst HYPERLINK "https://www.hopital.example/"}}}', "a.rtf"),
        (f"<html><a href='{SITE}'>x</a></html>", "a.html"),
    ],
)
def test_links_of_documents_and_attached_pages_are_a_note(data: str, name: str) -> None:
    (finding,) = look(data, name)

    assert (finding.code, finding.level) == ("link.address", Level.NOTE)
    assert finding.evidence.startswith("hxxps://www[.]hopital[.]example/")


@pytest.mark.parametrize(
    ("link", "level"),
    [
        (r"file:///\\192.168.7.7\share\open.vbs", Level.SUSPICIOUS),
        (r"\\server.example.com\share\setup.exe", Level.SUSPICIOUS),
        (r"\\192.0.2.1\share\letter.docx", Level.SUSPICIOUS),
        (r"\\evil.example@SSL\dav\letter.docx", Level.SUSPICIOUS),
        (r"\\server.chu.example\share\letter.docx", Level.NOTE),
        (r"\\192.168.7.7\share\letter.docx", Level.NOTE),
        (r"\\server\share\planning.xls", None),
        (r"file:///C:\Users\marie\letter.docx", None),
    ],
)
def test_a_link_to_a_share_is_judged_by_what_a_click_does(link: str, level: Level | None) -> None:
    expected = [] if level is None else [("link.share", level)]

    assert judged(RELATION.format("hyperlink", link), "word/_rels/document.xml.rels") == expected


def test_a_link_of_a_page_without_protocol_leads_to_the_web() -> None:
    assert judged("<html><a href='//203.0.113.7/vcard.js?u=1'>x</a></html>", "a.html") == []


def test_a_link_to_a_program_is_shown_first() -> None:
    links = "".join(f"<a href='https://a.example/{n}'>x</a>" for n in range(9))
    (finding,) = look(
        f"<html>{links}<a href='https://b.example/setup.exe?a'>x</a></html>", "a.html"
    )

    assert finding.evidence.startswith("hxxps://b[.]example/setup.exe")
    assert finding.evidence.endswith(", and 5 more")


def test_a_link_that_pretends_is_suspicious() -> None:
    lure = "<html><a href='https://www.hopital.example@evil.example/login'>x</a></html>"
    named = "<html><a href='https://marie@hopital.example/'>x</a></html>"

    assert ("link.pretends", Level.SUSPICIOUS) in judged(lure, "a.html")
    assert judged(named, "a.html") == [("link.address", Level.NOTE)]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (f"<html><a href='{SITE}'>x</a></html>", ()),
        ("<html><a href='#a'>x</a><a href='mailto:a@a.example'>y</a></html>", ("a.html",)),
        (RELATION.format("image", SITE), ("a.rels",)),
        ("{\\rtf1 texte}", ("a.rtf",)),
    ],
)
def test_the_text_of_a_mail_and_everything_else_is_left_alone(
    data: str, names: tuple[str, ...]
) -> None:
    assert judged(data, *names) == []
