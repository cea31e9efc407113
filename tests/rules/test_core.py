"""The built-in rules are explained, tried, quick, and silent on what is honest."""

import pytest

from gateway.demo import samples
from gateway.packs.check import check_folder
from gateway.packs.format import RuleFile, check_file, check_meta
from gateway.packs.load import builtin_folder, read_folder
from gateway.packs.syntax import outline
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.api import Context
from gateway.scan.libyara import compile_rules, remarks
from tests.support import office

PACK, PROBLEMS = read_folder(builtin_folder())
RULES = compile_rules([PACK])


def test_the_pack_can_be_used_as_a_whole() -> None:
    assert PROBLEMS == []
    assert RULES.problems == ()
    assert RULES.pack.name == "core"


def test_every_rule_keeps_its_cases() -> None:
    assert [str(problem) for problem in check_folder(builtin_folder())] == []


@pytest.mark.parametrize("file", PACK.files, ids=lambda file: file.name.rpartition("/")[2])
def test_every_rule_is_explained_and_none_is_slow(file: RuleFile) -> None:
    problems = (*check_meta(file), *check_file(file), *remarks(file))

    assert [str(problem) for problem in problems] == []


def test_no_two_rules_share_a_name() -> None:
    names = [rule.name for file in PACK.files for rule in outline(file.text).rules]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("resultat.pdf", samples.laboratory_pdf()),
        ("IM000001", samples.dicom_image()),
        ("lettre.docx", samples.word_document({})),
        ("dossier.zip", samples.zip_of({"a/lettre.txt": b"Bonjour"})),
    ],
)
def test_honest_files_match_nothing(name: str, data: bytes) -> None:
    assert list(YaraAnalyzer(RULES).analyze(office.artifact(data, name), Context())) == []
