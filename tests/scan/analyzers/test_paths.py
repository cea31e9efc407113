import pytest

from gateway.model import Level
from gateway.scan.analyzers.paths import PathAnalyzer
from gateway.scan.api import Context
from tests.support import office


def levels(*names: str) -> list[Level]:
    found = PathAnalyzer().analyze(office.artifact(b"x", *names), Context())
    return [finding.level for finding in found]


@pytest.mark.parametrize(
    "name", ["../a.exe", "../../a", "../a/b", "a/../../b", "..\\a", "a\\..\\b", ".."]
)
def test_a_name_that_leads_upwards_is_suspicious(name: str) -> None:
    assert levels("good.txt", name) == [Level.SUSPICIOUS]


def test_one_step_up_to_a_document_is_a_note() -> None:
    assert levels("good.txt", "../letter.odt") == [Level.NOTE]


@pytest.mark.parametrize("name", ["/etc/passwd", "C:\\Windows\\a.dll", "c:/a", "\\\\server\\a"])
def test_a_name_that_begins_at_the_root_is_a_note(name: str) -> None:
    assert levels(name) == [Level.NOTE]


@pytest.mark.parametrize("name", ["a..b", "a/b..c/d", "...", "d/..a", "résumé...pdf", "a:b", "/"])
def test_dots_and_folders_are_no_reason(name: str) -> None:
    assert levels(name) == []
