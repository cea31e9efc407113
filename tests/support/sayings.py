"""Finds the texts of the source: those with words in them, as the program would say them.

Whatever stands in a place of a text, it is ``{}`` here: so an f-string and the text of a PO file
that is for it can be compared.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from string import Formatter

_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? [A-Za-z{]|\} [a-z]{2,}")
_OF_NO_READER = ("re.", "typer.Option", "typer.Argument", "typer.Typer", "TypeVar", "group")
"""What these are given is no text; or it is help, which is looked at where it is printed."""
_PLACES = re.compile(r"\{\}(?: ?\{\})+")
_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z`])")


def shape(text: str) -> str:
    """A text with ``{}`` for each place, and for several in a row."""
    try:
        pieces = [*Formatter().parse(text)]
    except ValueError:
        return text
    told = "".join(before + ("" if name is None else "{}") for before, name, _, _ in pieces)
    return _PLACES.sub("{}", told)


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every module below a folder, or the one that it is."""
    for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
        yield file, ast.parse(file.read_text("utf-8"))


def texts(tree: ast.AST) -> set[str]:
    """Every string of a module that has words in it, and is neither a comment nor a pattern."""
    passed = {*_passed(tree)}
    found = {
        _text(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in passed
    }
    return {shape(text) for text in found if _WORDS.search(text)}


def strings(tree: ast.AST) -> set[str]:
    """Every string of a module."""
    nodes = ast.walk(tree)
    return {shape(_text(one)) for one in nodes if isinstance(one, ast.Constant | ast.JoinedStr)}


def said(tree: ast.AST) -> Iterator[str]:
    """Every text that is given to ``say`` or ``number`` as it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = {"say": node.args[:1], "number": node.args[:2]}.get(node.func.id, [])
            yield from (_text(one) for one in given if isinstance(one, ast.Constant))


def covering(text: str, known: AbstractSet[str]) -> set[str]:
    """The texts by which this one is told, all of it; none if some of it is not."""
    for one in (text, f"{{}}{text}"):
        if one in known:
            return {one}
    # What an f-string begins with may be made elsewhere, and is looked at there.
    parts = [part for part in _SENTENCES.split(text) if part != "{}"]
    if parts and parts != [text]:
        return _all(covering(part, known) for part in parts)
    _, colon, rest = text.partition(": ")
    return covering(rest, known) if colon and rest != "{}" else set()


def _all(found: Iterable[set[str]]) -> set[str]:
    parts = [*found]
    return set().union(*parts) if all(parts) else set()


def _passed(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                yield part
                if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                    yield from ast.walk(part.format_spec)
        if isinstance(node, ast.Call) and _name(node.func).startswith(_OF_NO_READER):
            yield from ast.walk(node)


def _name(called: ast.expr) -> str:
    match called:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(module), name):
            return f"{module}.{name}"
    return ""


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        part.value.replace("{", "{{").replace("}", "}}") if isinstance(part, ast.Constant) else "{}"
        for part in node.values
    )
