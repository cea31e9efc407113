"""The words of a message on the terminal: defanged, escaped, and never rendered."""

from collections.abc import Iterator
from itertools import groupby

from rich.text import Text

from gateway.cli.terminal import cell
from gateway.cli.words import retell, say
from gateway.model import Finding, Report
from gateway.scan.preview import HEADER, MACRO, TEXT

_TITLES = {HEADER: "Header of ", TEXT: "Words of ", MACRO: "Macro of "}


def preview_lines(report: Report) -> Iterator[Text]:
    """What `gateway.scan.preview` saw: the lines of each part below its place."""
    lines = [finding for finding in report.findings if finding.code in _TITLES]
    for (code, lineage), part in groupby(lines, key=lambda found: (found.code, found.lineage)):
        where = " / ".join(lineage[1:]) or say("the message")
        yield Text.assemble((f"\n{say(_TITLES[code])}", "bold"), cell(where, "bold"))
        for finding in part:
            yield _line(finding)
    for gap in report.gaps:
        told = say("not seen: {reason}", reason=gap.reason.value)
        yield cell(f"{told}  {retell(gap.detail)}", "magenta")


def _line(finding: Finding) -> Text:
    return Text.assemble((f"{finding.summary:>5} ", "dim"), cell(finding.evidence))
