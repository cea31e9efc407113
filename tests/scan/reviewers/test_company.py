"""What files show only together: they are judged one by one, and then once more side by side."""

import pytest

from gateway.model import Level, Listed
from gateway.scan.kinds import Kind
from gateway.scan.reviewers.company import CompanyReviewer

ROOT = ("mail.eml",)


def listed(kind: Kind, *lineage: str) -> Listed:
    path = (*ROOT, *lineage)
    return Listed(path, path[-1], (path[-1],), kind.value, "", 1, "")


def judged(*files: Listed) -> list[tuple[str, Level, tuple[str, ...], str]]:
    found = CompanyReviewer().review((listed(Kind.MESSAGE), *files))
    return [(seen.code, seen.level, seen.lineage[1:], seen.evidence) for seen in found]


@pytest.mark.parametrize("kind", [Kind.ZIP, Kind.RAR, Kind.ISO, Kind.VHD])
def test_an_archive_with_nothing_but_a_script_is_suspicious(kind: Kind) -> None:
    archive = listed(kind, "facture")
    script, note = listed(Kind.TEXT, "facture", "a.js"), listed(Kind.TEXT, "facture", "a.txt")

    assert judged(archive, script) == [("company.alone", Level.SUSPICIOUS, ("facture",), "a.js")]
    assert judged(archive, note) == []
    assert judged(archive, script, note) == []


def test_a_program_beside_its_library_is_suspicious() -> None:
    archive = listed(Kind.ZIP, "a.zip")
    program = listed(Kind.PE, "a.zip", "x/viewer.exe")
    library = listed(Kind.PE, "a.zip", "x/version.dll")
    away = listed(Kind.PE, "a.zip", "y/version.dll")

    assert judged(archive, program, library) == [
        ("company.side-loading", Level.SUSPICIOUS, ("a.zip",), "x/viewer.exe with x/version.dll")
    ]
    assert judged(archive, program, away) == []


def test_a_whole_installation_is_no_pair() -> None:
    files = [listed(Kind.PE, "a.zip", f"{number}.dll") for number in range(20)]

    assert judged(listed(Kind.ZIP, "a.zip"), listed(Kind.PE, "a.zip", "a.exe"), *files) == []


def test_an_attached_mail_that_carries_a_program_is_suspicious() -> None:
    mail = listed(Kind.MESSAGE, "fwd.eml")
    program = listed(Kind.PE, "fwd.eml", "a.zip", "setup.exe")
    letter = listed(Kind.PDF, "fwd.eml", "lettre.pdf")

    assert judged(mail, program) == [
        ("company.carrier", Level.SUSPICIOUS, ("fwd.eml",), "setup.exe")
    ]
    assert judged(mail, letter) == []
    assert judged(listed(Kind.PE, "setup.exe")) == []
