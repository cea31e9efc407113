"""Style sheets of medical documents are honest until they run, fetch or lead away."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.xml import XmlAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind

SHEET = (
    '<?xml version="1.0"?><xsl:stylesheet version="1.0" '
    'xmlns:xsl="http://www.w3.org/1999/XSL/Transform" {}>{}</xsl:stylesheet>'
)


def judged(document: str) -> list[tuple[str, Level]]:
    artifact = Artifact(document.encode(), ("m", "a.xml"), ("a.xml",), "", (Kind.XML,))
    found = XmlAnalyzer().analyze(artifact, Context())
    return [(seen.code, seen.level) for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize(
    ("head", "inside", "code"),
    [
        ("", "<msxsl:script implements-prefix='u'>function f(){}</msxsl:script>", "xml.runs"),
        (
            'xmlns:r="java:java.lang.Runtime"',
            "<xsl:value-of select=\"r:exec(r:getRuntime(), 'x')\"/>",
            "xml.runs",
        ),
        (
            'xmlns:php="http://php.net/xsl"',
            "<xsl:value-of select=\"php:function('system', 'x')\"/>",
            "xml.runs",
        ),
        ("", "<xsl:copy-of select=\"document('https://a.example/b.xml')\"/>", "xml.fetches"),
        ("", '<xsl:import href="http://a.example/b.xsl"/>', "xml.fetches"),
    ],
)
def test_a_style_sheet_that_runs_or_fetches_is_suspicious(
    head: str, inside: str, code: str
) -> None:
    assert judged(SHEET.format(head, inside))[0] == (code, Level.SUSPICIOUS)


def test_a_script_that_acts_is_suspicious_and_one_that_folds_is_a_note() -> None:
    acts = SHEET.format("", "<script>new ActiveXObject('WScript.Shell')</script>")
    folds = SHEET.format("", "<script>function fold(i){i.style.display='none'}</script>")

    assert judged(acts) == [("xml.acts", Level.SUSPICIOUS)]
    assert judged(folds) == [("xml.script", Level.NOTE)]


def test_a_style_sheet_from_elsewhere_is_suspicious() -> None:
    linked = '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{}"?><ClinicalDocument/>'

    assert judged(linked.format("https://a.example/cda.xsl")) == [("xml.sheet", Level.SUSPICIOUS)]
    assert judged(linked.format("CDA_Asip.xsl")) == []


@pytest.mark.parametrize(
    "document",
    [
        SHEET.format("xmlns:msxsl='urn:schemas-microsoft-com:xslt'", "<xsl:template match='/'/>"),
        SHEET.format('xmlns:java="http://xml.apache.org/xslt/java"', "<xsl:template match='/'/>"),
        SHEET.format(
            "", "<xsl:value-of select=\"document('voc.xml')\"/><xsl:include href='b.xsl'/>"
        ),
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>script</title></ClinicalDocument>',
    ],
)
def test_honest_documents_are_left_alone(document: str) -> None:
    assert judged(document) == []
