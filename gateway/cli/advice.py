"""What to do about a report: each advice once, and of what decides alone."""

import re
from collections.abc import Iterator

from rich.text import Text

from gateway.cli.words import retell, say
from gateway.model import Level, Report
from gateway.scan.catalogue.explanation import ASK, NOT_RELEASE
from gateway.scan.codes import advice

_ID = re.compile(r"\bID\b")
"""How an advice calls the item that it is about."""
_SENTENCE = re.compile(r"(?<=[.?!]) +(?=\S)")


def to_do(report: Report, item: str) -> Iterator[Text]:
    """Lines to print below a report; none where there is nothing to do."""
    told = dict.fromkeys(_sentences(report))
    if NOT_RELEASE in " ".join(told):
        told.pop(ASK, None)
    if told:
        words = " ".join(map(retell, told))
        shown = _ID.sub(item, words) if item else words
        yield Text(f"→ {say('What to do:')} {shown}", "green")


def _sentences(report: Report) -> Iterator[str]:
    """What is malicious decides for the whole message, whatever else was or was not seen."""
    worst = max((finding.level for finding in report.findings), default=Level.NOTE)
    for finding in report.findings:
        if finding.level is worst > Level.NOTE:
            told = advice(finding.code, finding.level)
            yield from _SENTENCE.split(told.replace("RULE", finding.rule or ""))
    if worst < Level.MALICIOUS:
        for gap in report.gaps:
            yield from _SENTENCE.split(advice(gap.reason.value))
