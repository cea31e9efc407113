"""A package of medical documents is honest as long as everything in it has its place."""

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.xdm import XdmAnalyzer
from gateway.scan.api import Context
from tests.support import files, health, office


def look(members: dict[str, bytes]) -> list[Finding]:
    data = files.zipped(members)
    found = XdmAnalyzer().analyze(office.artifact(data, "IHE_XDM.ZIP"), Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(members: dict[str, bytes]) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(members)]


@pytest.mark.parametrize(
    "name",
    [
        "IHE_XDM/SUBSET01/DOC0002.JS", "AUTORUN.INF", "VIEWER.EXE", "IHE_XDM/SUBSET01/A.HTA",
        "IHE_XDM/SUBSET01/../../../evil.txt", "TOOLS/A.BIN", "IHE_XDM/SUBSET01/A.PDF.LNK",
    ],
)  # fmt: skip
def test_a_file_that_has_no_place_there_is_suspicious(name: str) -> None:
    (finding,) = look(health.package({name: b"x"}))

    assert (finding.code, finding.level) == ("xdm.outside", Level.SUSPICIOUS)
    assert finding.evidence == name.lower()


def test_what_is_missing_is_a_note() -> None:
    members = health.package()
    del members["README.TXT"], members["IHE_XDM/SUBSET01/METADATA.XML"]
    (finding,) = look(members)

    assert (finding.code, finding.level) == ("xdm.incomplete", Level.NOTE)
    assert finding.evidence == "README.TXT, IHE_XDM/SUBSET01/METADATA.XML"


def test_a_document_that_the_list_does_not_name_is_a_note() -> None:
    unlisted = health.package({"IHE_XDM/SUBSET01/DOC0002.PDF": b"%PDF-1.7"})
    listed = health.package(
        {"IHE_XDM/SUBSET01/DOC0002.PDF": b"%PDF-1.7"}, listed=("DOC0001.XML", "DOC0002.PDF")
    )

    assert judged(unlisted) == [("xdm.unlisted", Level.NOTE)]
    assert judged(listed) == []


@pytest.mark.parametrize("name", ["BONUS/LETTRE.PDF", "LETTRE.PDF", "IHE_XDM/LETTRE.PDF"])
def test_a_document_outside_of_the_folders_of_the_standard_is_a_note(name: str) -> None:
    (finding,) = look(health.package({name: b"%PDF-1.7"}))

    assert (finding.code, finding.level) == ("xdm.unlisted", Level.NOTE)
    assert finding.evidence == name.lower()


@pytest.mark.parametrize(
    "members",
    [
        health.package(),
        {name.lower(): data for name, data in health.package().items()},
        health.package({"IHE_XDM/SUBSET01/LOGO.PNG": b"x", "IHE_XDM/SUBSET01/CDA.CSS": b"x"}),
        {"a.txt": b"1", "IHE_XDM.txt": b"2"},
    ],
)
def test_honest_packages_are_left_alone(members: dict[str, bytes]) -> None:
    assert judged(members) == []
