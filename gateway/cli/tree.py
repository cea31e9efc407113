"""The tree of files inside files, with findings and gaps at the place where they are."""

from collections import defaultdict

from rich.text import Text
from rich.tree import Tree

from gateway.cli.terminal import cell
from gateway.model import Finding, Gap, Level, Lineage, Listed, Report
from gateway.scan.codes import advice

_STYLES = {Level.NOTE: "dim", Level.SUSPICIOUS: "yellow", Level.MALICIOUS: "bold red"}
_SHORTEST_LIST = 12


def report_tree(report: Report, title: str) -> Tree:
    """Draw ``report``: every file that matters, what was seen in it, and what to do about it."""
    seen: dict[Lineage, list[Finding | Gap]] = defaultdict(list)
    for finding in report.findings:
        seen[finding.lineage].append(finding)
    for gap in report.gaps:
        seen[gap.lineage].append(gap)
    tree = Tree(cell(title, "bold"), guide_style="dim")
    branches: dict[Lineage, Tree] = {}
    for listed in _worth_showing(report, seen):
        branch = branches.get(listed.lineage[:-1], tree)
        branches[listed.lineage] = branch.add(_file(listed))
    for lineage, remarks in seen.items():
        _remark(_nearest(branches, lineage) or tree, lineage, remarks, branches)
    return tree


def _worth_showing(report: Report, seen: dict[Lineage, list[Finding | Gap]]) -> list[Listed]:
    """A document has a hundred parts: show those with a remark and their parents, and few more."""
    wanted = {lineage[:end] for lineage in seen for end in range(1, len(lineage) + 1)}
    listed = sorted(report.artifacts, key=lambda entry: entry.lineage)
    if len(listed) <= _SHORTEST_LIST:
        return listed
    return [entry for entry in listed if entry.lineage in wanted or len(entry.lineage) <= 2]


def _file(listed: Listed) -> Text:
    line = cell(listed.lineage[-1])
    line.append(f"  {listed.kind}, {size(listed.size)}", style="dim")
    return line


def _remark(
    branch: Tree, lineage: Lineage, remarks: list[Finding | Gap], known: dict[Lineage, Tree]
) -> None:
    if lineage not in known:
        branch = branch.add(cell(lineage[-1] if lineage else "?"))
    for remark in remarks:
        match remark:
            case Finding():
                _finding(branch, remark)
            case Gap():
                line = cell(f"not seen: {remark.reason.value}", "magenta")
                leaf = branch.add(line.append_text(cell(f"  {remark.detail}", "dim")))
                _advise(leaf, remark.reason.value)


def _finding(branch: Tree, finding: Finding) -> None:
    line = cell(f"{finding.level.word}: {finding.summary}", _STYLES[finding.level])
    by = " ".join(filter(None, (finding.code, finding.rule, finding.pack, finding.technique)))
    leaf = branch.add(line.append_text(cell(f"  [{by}]", "dim")))
    if finding.evidence:
        leaf.add(cell(finding.evidence, "cyan"))
    if finding.level > Level.NOTE:
        _advise(leaf, finding.code)


def _advise(leaf: Tree, code: str) -> None:
    if text := advice(code):
        leaf.add(Text(f"→ {text}", style="green"))


def _nearest(branches: dict[Lineage, Tree], lineage: Lineage) -> Tree | None:
    for end in range(len(lineage), 0, -1):
        if branch := branches.get(lineage[:end]):
            return branch
    return None


def size(count: float) -> str:
    """A size for a person: ``1.4 MiB``."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
