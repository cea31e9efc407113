"""A drawing that runs, asks or fetches is told from one that is drawn."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.svg import SvgAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind


def judged(inside: str, head: str = "") -> list[tuple[str, Level]]:
    drawing = f'{head}<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    artifact = Artifact(drawing.encode(), ("m", "a.svg"), ("a.svg",), "", (Kind.SVG,))
    found = SvgAnalyzer().analyze(artifact, Context())
    return [(seen.code, seen.level) for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<script><![CDATA[alert(1)]]></script>",
        "<s:script xmlns:s='x' href='a.js'/>",
        "<rect onload='alert(1)'/>",
        "<a xlink:href=' javascript:alert(1)'><text>x</text></a>",
        "<a><set attributeName='href' to='javascript:alert(1)'/><text>x</text></a>",
        "<a><animate attributeName='href' values='#a;javascript:alert(1)'/></a>",
    ],
)
def test_a_script_in_a_drawing_is_suspicious(inside: str) -> None:
    assert judged(inside) == [("svg.script", Level.SUSPICIOUS)]


def test_a_script_in_an_entity_is_suspicious_and_an_address_in_one_is_honest() -> None:
    active = '<!DOCTYPE svg [ <!ENTITY a "&#60;script>alert(1)&#60;/script>"> ]>'
    honest = '<!DOCTYPE svg [ <!ENTITY ns_svg "http://www.w3.org/2000/svg"> ]>'

    assert judged("&a;", active) == [("svg.script", Level.SUSPICIOUS)]
    assert judged("<g/>", honest) == []


@pytest.mark.parametrize(
    "inside",
    [
        "<foreignObject><form action='https://a.example'><input/></form></foreignObject>",
        "<foreignObject><iframe src='a.html'/></foreignObject>",
        "<a href='data:text/html;base64,PGI+'><rect/></a>",
    ],
)
def test_a_page_in_a_drawing_is_suspicious(inside: str) -> None:
    assert judged(inside) == [("svg.page", Level.SUSPICIOUS)]


def test_a_share_is_suspicious_and_the_web_a_note() -> None:
    assert judged(r"<image href='\\192.0.2.1\a\b.png'/>") == [("svg.share", Level.SUSPICIOUS)]
    assert judged("<image href='https://a.example/b.png'/>") == [("svg.fetches", Level.NOTE)]


@pytest.mark.parametrize(
    "inside",
    [
        "<rect width='9'/><text font-family='Arial'>Courbe</text>",
        "<rect><animate attributeName='x' from='0' to='9' values='0;9'/></rect>",
        "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml'>Note</div></foreignObject>",
        "<image xlink:href='data:image/png;base64,iVBORw0='/><use href='#a'/>",
        "<a href='https://www.hopital.example/'><text>Site</text></a>",
        "<style>.a{fill:red}</style><title>Script de garde</title>",
    ],
)
def test_an_honest_drawing_is_left_alone(inside: str) -> None:
    assert judged(inside) == []
