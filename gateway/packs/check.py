"""Try the rules of a pack on the cases that it brings."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.model import Finding
from gateway.packs.cases import Case, missing_cases, read_cases
from gateway.packs.format import CASES, Problem, RulePack
from gateway.packs.load import read_folder
from gateway.packs.syntax import outline
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.identity import identify
from gateway.scan.libyara import compile_rules


def check_folder(folder: Path) -> Iterator[Problem]:
    """What the cases of the pack in ``folder`` say against it; nothing when it brings none."""
    path = folder / CASES
    if not path.is_file():
        return
    cases, problems = read_cases(str(path), path.read_text(encoding="utf-8"))
    yield from problems
    pack, _ = read_folder(folder)
    yield from missing_cases(pack, cases)
    known = {rule.name for file in pack.files for rule in outline(file.text).rules}
    for case in failed_cases(pack, [case for case in cases if case.rule in known]):
        wrong = "does not match" if case.hits else "matches"
        what = f"rule {case.rule} {wrong} its case {case.file!r}: {case.why}"
        yield Problem(str(path), 0, what, is_fatal=False)


def failed_cases(pack: RulePack, cases: Sequence[Case]) -> Iterator[Case]:
    """The cases on which their rule answers otherwise than they say."""
    analyzer = YaraAnalyzer(compile_rules([pack]))
    for case in cases:
        kinds = identify(case.data, "")
        artifact = Artifact(case.data, ("case", case.file), (case.file,), "", kinds)
        seen = analyzer.analyze(artifact, Context())
        matched = {finding.rule for finding in seen if isinstance(finding, Finding)}
        if (case.rule in matched) != case.hits:
            yield case
