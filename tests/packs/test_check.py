"""A pack is tried on the cases that it brings."""

from pathlib import Path

from gateway.packs.check import check_folder

CASE = '[[case]]\nrule = "a"\nfile = "x.txt"\nhits = {hits}\nwhy = "a reason"\ntext = "{text}"\n'


def folder(path: Path, *cases: str) -> Path:
    (path / "a.yar").write_text('rule a { strings: $a = "Bonjour" condition: $a }')
    (path / "cases.toml").write_text("".join(cases))
    return path


def test_a_pack_that_keeps_its_word_has_no_problem(tmp_path: Path) -> None:
    cases = CASE.format(hits="true", text="Bonjour"), CASE.format(hits="false", text="bonjour")

    assert list(check_folder(folder(tmp_path, *cases))) == []


def test_a_rule_that_answers_otherwise_is_named(tmp_path: Path) -> None:
    cases = CASE.format(hits="true", text="bonjour"), CASE.format(hits="false", text="Bonjour")

    assert [problem.what for problem in check_folder(folder(tmp_path, *cases))] == [
        "rule a does not match its case 'x.txt': a reason",
        "rule a matches its case 'x.txt': a reason",
    ]


def test_a_pack_without_cases_is_not_tried(tmp_path: Path) -> None:
    assert list(check_folder(tmp_path)) == []
