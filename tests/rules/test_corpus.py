"""On a corpus of real files the rules are silent on honest ones, and macros are judged right."""

from collections.abc import Iterator

import pytest

from gateway.model import Finding, Level
from gateway.packs.load import builtin_folder, read_folder
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.budget import Limits
from gateway.scan.builtin import ANALYZERS, EXTRACTORS
from gateway.scan.engine import Engine
from gateway.scan.libyara import compile_rules
from tests.support.corpus import needs_corpus, rows

pytestmark = [needs_corpus, pytest.mark.slow]
EVERY = 4


def judged(label: str) -> Iterator[tuple[str, bool, tuple[Finding, ...]]]:
    rules = compile_rules([read_folder(builtin_folder())[0]])
    analyzers = (*ANALYZERS, YaraAnalyzer(rules))
    engine = Engine(EXTRACTORS, analyzers, pack=rules.pack, limits=Limits())
    for row in rows(label, every=EVERY):
        report = engine.scan(row["path"].read_bytes(), row["path"].name)
        yield str(row["path"]), row["fp_eligible"], report.findings


def test_no_rule_and_no_analyzer_hits_an_honest_file() -> None:
    ours = ("yara.", "macro.", "disguise.")

    assert [
        (path, finding.rule or finding.code, finding.evidence)
        for path, counts, findings in judged("benign")
        for finding in findings
        if counts and finding.level > Level.NOTE and finding.code.startswith(ours)
    ] == []


def test_no_honest_macro_is_malicious() -> None:
    assert [
        (path, finding.evidence)
        for path, _, findings in judged("benign-macro")
        for finding in findings
        if finding.level is Level.MALICIOUS
    ] == []
