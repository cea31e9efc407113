"""Sees what only the company of files shows: a program and its library, a lone script, a carrier.

Each of the files was judged by itself before; these findings say how they belong together, which is
what a person has to know to decide.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gateway.model import Finding, Level, Lineage, Listed
from gateway.scan.evidence import quote
from gateway.scan.formats import filenames
from gateway.scan.kinds import Kind

_ARCHIVES = frozenset(
    {Kind.ZIP, Kind.RAR, Kind.SEVENZIP, Kind.CAB, Kind.TAR, Kind.ARJ, Kind.LZH, Kind.ACE}
    | {Kind.ISO, Kind.UDF, Kind.FAT, Kind.WIM, Kind.VHD, Kind.VHDX, Kind.VMDK, Kind.DISK}
)
_PROGRAMS = frozenset({Kind.PE, Kind.JAR, Kind.MSI})
_FEW = 12
"""Files in one folder; where there are more, it is a whole installation."""


class CompanyReviewer:
    """Looks at files that stand side by side, and at mails within mails."""

    def review(self, listed: Sequence[Listed]) -> Iterator[Finding]:
        """Yield one finding for each container."""
        families: dict[Lineage, list[Listed]] = defaultdict(list)
        for one in listed:
            families[one.lineage[:-1]].append(one)
        carried = _carried(listed)
        for one in listed:
            children = families.get(one.lineage, ())
            if one.kind in _ARCHIVES:
                yield from _alone(one, children)
            yield from _side_loading(one, children)
            if one.kind == Kind.MESSAGE and one.lineage in carried:
                summary = "An attached mail carries a file that runs"
                yield _finding("company.carrier", summary, quote(carried[one.lineage]), one)


def _alone(container: Listed, children: Sequence[Listed]) -> Iterator[Finding]:
    if len(children) == 1 and _runs(children[0]):
        summary = "An archive holds nothing but a file that runs"
        yield _finding("company.alone", summary, quote(children[0].name), container)


def _side_loading(container: Listed, children: Sequence[Listed]) -> Iterator[Finding]:
    """A signed program that loads the library beside it runs whatever that library does."""
    folders: dict[str, list[Listed]] = defaultdict(list)
    for child in children:
        folders[child.name.replace("\\", "/").rpartition("/")[0]].append(child)
    for files in folders.values():
        programs = [file.name for file in files if _is_program(file, "exe")]
        libraries = [file.name for file in files if _is_program(file, "dll")]
        if programs and libraries and len(files) <= _FEW:
            summary = "A program stands beside a library that it would load"
            evidence = f"{quote(programs[0], 80)} with {quote(libraries[0], 80)}"
            yield _finding("company.side-loading", summary, evidence, container)


def _is_program(file: Listed, extension: str) -> bool:
    return file.kind == Kind.PE and filenames.extension(file.name) == extension


def _carried(listed: Sequence[Listed]) -> dict[Lineage, str]:
    """For everything below the message itself, the first file inside of it that runs."""
    carried: dict[Lineage, str] = {}
    for file in filter(_runs, listed):
        for depth in range(2, len(file.lineage)):
            carried.setdefault(file.lineage[:depth], file.name)
    return carried


def _runs(file: Listed) -> bool:
    if file.kind == Kind.LNK:
        # Shortcuts are judged by what they do.
        return False
    if file.kind in {Kind.MESSAGE, Kind.HTML}:
        return filenames.extension(file.name) not in {"", "com"} and filenames.runs(file.name)
    return filenames.runs(file.name) or file.kind in _PROGRAMS


def _finding(code: str, summary: str, evidence: str, container: Listed) -> Finding:
    technique = "T1574.001" if code == "company.side-loading" else "T1204.002"
    return Finding(
        code, Level.SUSPICIOUS, summary, evidence, container.lineage, technique=technique
    )
