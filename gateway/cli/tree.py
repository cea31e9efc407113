"""The tree of files inside files, with findings and gaps at the place where they are.

Whoever reads it has a minute: what nobody needs for a decision is left out or said in one line.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from gateway.cli.advice import to_do
from gateway.cli.terminal import cell
from gateway.cli.words import decimal, retell, say
from gateway.model import Finding, Gap, Level, Lineage, Listed, Report

Remark = Finding | Gap

_STYLES = {Level.NOTE: "dim", Level.SUSPICIOUS: "yellow", Level.MALICIOUS: "bold red"}
_SIZES = ("{amount} B", "{amount} KiB", "{amount} MiB", "{amount} GiB")
_ATTACHMENTS = 12
_QUOTED = 3
_MADE_OF_PARTS = frozenset({"ooxml", "ole", "odf", "pdf", "rtf", "chm", "onenote", "html", "dicom"})
"""What opens as one thing: its parts say nothing to a person unless something is wrong there."""
_UNNAMED = "?"
"""The file of a report in which no file is listed."""


def explained(report: Report, item: str = "") -> Group:
    """What was seen, where, and what to do about it. ``item`` is its id in the quarantine."""
    return Group(report_tree(report), *to_do(report, item))


def report_tree(report: Report) -> Tree:
    """Draw ``report``: every file that matters, and what was seen in it, the worst first."""
    remarks: dict[Lineage, list[Remark]] = defaultdict(list)
    every: tuple[Remark, ...] = report.findings + report.gaps
    for remark in every:
        remarks[remark.lineage].append(remark)
    shown = _worth_showing(report.artifacts, remarks)
    root = shown[0].lineage if shown else (_UNNAMED,)
    tree = Tree(_file(shown[0]) if shown else cell(_UNNAMED), guide_style="dim")
    branches: dict[Lineage, Tree] = {root: tree}
    for listed in shown[1:]:
        branches[listed.lineage] = _nearest(branches, listed.lineage).add(_file(listed))
    for lineage, seen in remarks.items():
        branch = _nearest(branches, lineage)
        if lineage not in branches:
            branch = branches[lineage] = branch.add(cell(lineage[-1] if lineage else _UNNAMED))
        for remark in sorted(_joined(seen), key=_weight):
            _remark(branch, remark)
    if more := len(report.artifacts) - len(shown):
        tree.add(Text(say("files with nothing to remark: {count}", count=more), "dim"))
    return tree


def _worth_showing(
    artifacts: Iterable[Listed], remarks: dict[Lineage, list[Remark]]
) -> list[Listed]:
    """A document has a hundred parts: show those with a remark, their parents and attachments."""
    wanted = {lineage[:end] for lineage in remarks for end in range(1, len(lineage) + 1)}
    listed = sorted(artifacts, key=lambda entry: entry.lineage)
    if not listed:
        return []
    attached = [entry.lineage for entry in listed[1:] if len(entry.lineage) == 2]
    if listed[0].kind not in _MADE_OF_PARTS and len(attached) <= _ATTACHMENTS:
        wanted.update(attached)
    return [listed[0], *(entry for entry in listed[1:] if entry.lineage in wanted)]


def _joined(remarks: list[Remark]) -> Iterator[Remark]:
    """What was seen many times in one file, as one remark."""
    sorts: dict[tuple[object, ...], list[Remark]] = defaultdict(list)
    for remark in remarks:
        sorts[_sort(remark)].append(remark)
    for same in sorts.values():
        told = _some(map(_told, same))
        match same[0]:
            case Finding() as finding:
                yield replace(finding, evidence=told)
            case Gap() as gap:
                yield replace(gap, detail=told)


def _sort(remark: Remark) -> tuple[object, ...]:
    if isinstance(remark, Gap):
        return (remark.reason,)
    return remark.code, remark.level, remark.summary, remark.rule


def _told(remark: Remark) -> str:
    return retell(remark.detail) if isinstance(remark, Gap) else remark.evidence


def _some(texts: Iterable[str]) -> str:
    different = [*dict.fromkeys(filter(None, texts))]
    more = len(different) - _QUOTED
    rest = say("; and {count} more", count=more) if more > 0 else ""
    return "; ".join(different[:_QUOTED]) + rest


def _weight(remark: Remark) -> int:
    # A gap may hide anything: it weighs as much as what is suspicious.
    return -(remark.level if isinstance(remark, Finding) else Level.SUSPICIOUS)


def _file(listed: Listed) -> Text:
    line = cell(listed.lineage[-1])
    line.append(f"  {listed.kind}, {size(listed.size)}", style="dim")
    return line


def _remark(branch: Tree, remark: Remark) -> None:
    match remark:
        case Finding(level=Level.NOTE):
            told = _judged(remark) + (f": {remark.evidence}" if remark.evidence else "")
            branch.add(cell(f"{told}  [{remark.rule or remark.code}]", "dim"))
        case Finding():
            line = cell(_judged(remark), _STYLES[remark.level])
            leaf = branch.add(line.append_text(cell(f"  [{_source(remark)}]", "dim")))
            if remark.evidence:
                leaf.add(cell(remark.evidence, "cyan"))
        case Gap():
            line = cell(say("not seen: {reason}", reason=remark.reason.value), "magenta")
            branch.add(line.append_text(cell(f"{say(': ')}{remark.detail}", "dim")))


def _judged(finding: Finding) -> str:
    return say("{level}: {told}", level=finding.level.word, told=finding.summary)


def _source(finding: Finding) -> str:
    """By which rule of which pack, or by which code; and the technique."""
    rule = f"{finding.rule}, {finding.pack}" if finding.rule and finding.pack else finding.rule
    return ", ".join(filter(None, (rule or finding.code, finding.technique)))


def _nearest(branches: dict[Lineage, Tree], lineage: Lineage) -> Tree:
    for end in range(len(lineage), 0, -1):
        if branch := branches.get(lineage[:end]):
            return branch
    return next(iter(branches.values()))


def size(count: float) -> str:
    """A size for a person: ``1.4 MiB``."""
    digits = 0
    for text in _SIZES[:-1]:
        if count < 1024:
            return say(text, amount=decimal(count, digits))
        count, digits = count / 1024, 1
    return say(_SIZES[-1], amount=decimal(count, digits))
