"""Read rule packs from disk: the built-in one, the folders of an administrator, single files.

Rule 1. One broken file is left out and said; the rest is used.
Rule 2. Without the built-in pack nothing starts: mail would be judged by less than was promised.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.packs.format import (
    CASES,
    MANIFEST,
    SUFFIXES,
    Problem,
    RuleFile,
    RulePack,
    check_file,
    read_manifest,
)
from gateway.trouble import Trouble

_PACKAGE = Path(__file__).parent


class NoBuiltinPackError(Trouble):
    """The rules that travel with the program are not there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read, and what was left out."""

    packs: tuple[RulePack, ...]
    problems: tuple[Problem, ...] = ()


def builtin_folder() -> Path:
    """Where the pack "core" lies: inside the installed package, or at the top of a checkout."""
    for folder in (_PACKAGE / "core", _PACKAGE.parent.parent / "rules"):
        if (folder / MANIFEST).is_file():
            return folder
    raise NoBuiltinPackError("the built-in rules are missing: install lazaretto again")


def load(packs: Sequence[Path] = (), extra_files: Sequence[Path] = ()) -> Loaded:
    """The built-in pack, then ``packs`` (folders), then ``extra_files`` as one pack, "extra"."""
    return load_only((builtin_folder(), *packs, *extra_files))


def load_only(paths: Sequence[Path]) -> Loaded:
    """The folders among ``paths``, each a pack, then the files among them as one pack, "extra"."""
    read = [read_folder(path) for path in paths if path.is_dir()]
    if loose := [path for path in paths if not path.is_dir()]:
        files, problems = _files(loose)
        read.append((RulePack("extra", _digest(files), files), problems))
    return Loaded(
        tuple(pack for pack, _ in read if pack.files),
        tuple(problem for _, problems in read for problem in problems),
    )


def read_folder(folder: Path) -> tuple[RulePack, list[Problem]]:
    """One pack. A folder without ``pack.toml`` is named by itself, its version is a digest."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    if not found:
        what = "no rule file here (*.yar, *.yara): check the path and its rights"
        return RulePack("", "", ()), [Problem(str(folder), 0, what)]
    files, problems = _files(found)
    pack, remarks = _manifest(folder)
    if not pack.name:
        pack = replace(pack, name=folder.resolve().name, version=_digest(files))
    is_published = not (folder / CASES).is_file()
    return replace(pack, files=files, is_published=is_published), problems + remarks


def _manifest(folder: Path) -> tuple[RulePack, list[Problem]]:
    path = folder / MANIFEST
    try:
        return read_manifest(str(path), path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return RulePack("", "", ()), []
    except (OSError, UnicodeError) as error:
        return RulePack("", "", ()), [_unreadable(path, error)]


def _files(paths: Sequence[Path]) -> tuple[tuple[RuleFile, ...], list[Problem]]:
    files: list[RuleFile] = []
    problems: list[Problem] = []
    for read in map(_read, paths):
        if isinstance(read, Problem):
            problems.append(read)
            continue
        fatal = [problem for problem in check_file(read) if problem.is_fatal]
        problems += fatal
        if not fatal:
            files.append(read)
    return tuple(files), problems


def _read(path: Path) -> RuleFile | Problem:
    try:
        return RuleFile(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        return _unreadable(path, error)


def _unreadable(path: Path, error: OSError | UnicodeError) -> Problem:
    why = error.strerror if isinstance(error, OSError) else "not UTF-8; save it as such"
    return Problem(str(path), 0, f"cannot be read: {why}")


def _digest(files: Sequence[RuleFile]) -> str:
    """A version for rules that state none: it changes when a rule does."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.text.encode() + b"\0")
    return digest.hexdigest()[:8]
