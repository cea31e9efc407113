"""Holds programs, and the files that a system acts upon when somebody opens them.

Nobody sees by looking at a program whether it is good, and hospitals get theirs from its maker.
What decides is what happens on a double click: Windows starts programs, scripts, installers and
settings by their name or content. A program for Linux, macOS or iOS arrives without the right to be
run; it is a note unless it bears the name of a program.
"""

from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote, quote_bytes
from gateway.scan.formats import filenames, programheader
from gateway.scan.kinds import Kind

_FOR_WINDOWS = frozenset({Kind.PE, Kind.JAR, Kind.MSI})
_FOR_OTHERS = frozenset({Kind.ELF, Kind.MACHO, Kind.JAVA_CLASS})
_PACKAGES = frozenset({Kind.AR, Kind.RPM})
_IMAGES = frozenset(
    {Kind.ISO, Kind.UDF, Kind.FAT, Kind.WIM, Kind.VHD, Kind.VHDX, Kind.VMDK, Kind.DISK}
)
_TEXTS = frozenset({Kind.TEXT, Kind.SCRIPT, Kind.XML, Kind.HTML})
_BEGINNING = 400
_PAGE_SCRIPTS = frozenset({"js", "vbs"})

_SUMMARIES = {
    "program.attached": ("A program is attached", Level.SUSPICIOUS),
    "program.script": ("A file is attached that acts when it is opened", Level.SUSPICIOUS),
    "program.foreign": ("A program that Windows does not start is attached", Level.NOTE),
    "program.help": ("A help file of Windows is attached", Level.NOTE),
}


class ProgramAnalyzer:
    """Looks at every file: its content, and all its names."""

    kinds = None
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what a file that runs is; nothing for one that only shows something."""
        name = next((name for name in artifact.names if filenames.runs(name)), "")
        code = _code(artifact, filenames.extension(name))
        if code:
            summary, level = _SUMMARIES[code]
            evidence = _evidence(artifact, name or artifact.name)
            yield Finding(code, level, summary, evidence, artifact.lineage, technique="T1204.002")


def _code(artifact: Artifact, extension: str) -> str:
    """What it is to be called; "" for a file that does not run. ``extension`` is one that runs."""
    kinds = frozenset(artifact.kinds)
    is_foreign = not kinds.isdisjoint(_FOR_OTHERS)
    has_script = is_foreign and programheader.carries_script(artifact.data)
    if has_script or not kinds.isdisjoint(_FOR_WINDOWS):
        return "program.attached"
    if Kind.CHM in kinds:
        return "program.help"
    if (is_foreign and not extension) or _is_installed_elsewhere(artifact, extension):
        return "program.foreign"
    return "" if _is_only_part(artifact, extension) else _by_name(extension)


def _by_name(extension: str) -> str:
    if extension in filenames.RUNS_AS_PROGRAM:
        return "program.attached"
    return "program.script" if extension else ""


def _is_installed_elsewhere(artifact: Artifact, extension: str) -> bool:
    """Whether only the administrator of another system can install it, or what it lies in."""
    is_inside = not _PACKAGES.isdisjoint(artifact.within)
    wanted = filenames.RUNS_ELSEWHERE if is_inside else filenames.PACKAGES_ELSEWHERE
    return extension in wanted


def _is_only_part(artifact: Artifact, extension: str) -> bool:
    """Whether it bears the name of something that runs and cannot be meant."""
    if extension == "com":
        # A page or a mail called www.example.com is no program of MS-DOS.
        return not {Kind.HTML, Kind.MESSAGE}.isdisjoint(artifact.kinds)
    if extension in _PAGE_SCRIPTS:
        # The script of a help file's pages cannot be opened by itself.
        return artifact.within[-1:] == (Kind.CHM,)
    # Shortcuts are judged by what they do.
    return Kind.LNK in artifact.kinds


def _evidence(artifact: Artifact, name: str) -> str:
    if Kind.CHM in artifact.kinds:
        return ""
    words = quote(programheader.describe(artifact.data, artifact.kinds[0]), 200)
    where = ", inside a disk image" if not _IMAGES.isdisjoint(artifact.within) else ""
    if artifact.kinds[0] in _TEXTS:
        words += f", and begins {quote_bytes(artifact.data[:_BEGINNING].lstrip(), 80)}"
    other = f"{quote(name)}: " if name != artifact.name else ""
    return f"{other}{words}{where}"
