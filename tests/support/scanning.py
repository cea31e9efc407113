"""The engine that ships, in the process of a test: a worker costs more than the look at a mail."""

from functools import cache

from gateway.model import Finding, Level, Report
from gateway.packs.load import builtin_folder, read_folder
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.budget import Limits
from gateway.scan.builtin import ANALYZERS, EXTRACTORS
from gateway.scan.engine import Engine
from gateway.scan.libyara import compile_rules


def scan(message: bytes, declared_type: str = "message/rfc822") -> Report:
    """What the engine says of a message."""
    return _engine().scan(message, "message", declared_type=declared_type)


def finds_eicar(report: Report) -> bool:
    """Whether the file that all agreed to find was found."""
    return any(_is_eicar(finding) for finding in report.findings)


def reasons(report: Report) -> list[str]:
    """Why a message is held, but for EICAR."""
    findings = {f.code for f in report.findings if f.level > Level.NOTE and not _is_eicar(f)}
    return sorted(findings | {f"gap: {gap.reason.value}" for gap in report.gaps})


def _is_eicar(finding: Finding) -> bool:
    return (finding.rule or "").endswith("test_eicar")


@cache
def _engine() -> Engine:
    rules = compile_rules([read_folder(builtin_folder())[0]])
    return Engine(EXTRACTORS, (YaraAnalyzer(rules), *ANALYZERS), pack=rules.pack, limits=Limits())
