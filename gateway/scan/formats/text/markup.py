"""Cuts HTML and XML into tags, scripts and words in one pass, as a browser does before it builds.

Parsers that build a tree take seconds for a page of a hundred kilobytes that was made for it: deep
nesting, many attributes. Here every character is passed once, whatever the page.
"""

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,80}+)[^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"""(?x) [\s/]*+ (?: ([^\s=/>][^\s=/>]*+)
        (?: \s*+ = \s*+ (?: "([^"]*+)" | '([^']*+)' | ([^\s>]*+) ) )?+ )"""
)
_END_OF_TAG = re.compile(r"[\s/]*+>?")
_MOST_ATTRIBUTES = 1_000
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "noframes"})
_BLANK = re.compile(r"\s+")
_MOST_WORDS = 50_000
_CONDITION = re.compile(r"\[if[^\]]{0,200}\]>")


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, or with ``is_end`` an end tag; names in lower case, without XML's prefix."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    is_end: bool = False
    prefix: str = ""
    body: str = ""
    """What stands in a script, a style or a title, up to its end tag."""


def decode(data: bytes) -> str:
    """The text of a page: by its mark, by its zeros, or byte by byte."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data[:1] and data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    if data[:1] == b"\0" and data[1:2]:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def tags(text: str) -> Iterator[Tag]:
    """Every tag in the order of the text."""
    for piece in pieces(text):
        if isinstance(piece, Tag):
            yield piece


def words(text: str) -> str:
    """What a reader sees, up to some thousand characters, blanks as one."""
    shown: list[str] = []
    size = 0
    for piece in pieces(text):
        if isinstance(piece, str):
            shown.append(html.unescape(piece))
            size += len(piece)
            if size > _MOST_WORDS:
                break
    return _BLANK.sub(" ", "".join(shown)).strip()


def pieces(text: str) -> Iterator[Tag | str]:
    """Tags, and the text between them."""
    lowered = _lower(text)
    at, last = 0, 0
    while (at := text.find("<", at)) >= 0:
        after = _past_aside(text, at)
        if after:
            yield from _between(text, last, at)
            at = last = after
            continue
        opening = _TAG.match(text, at)
        if opening is None:
            at += 1
            continue
        yield from _between(text, last, at)
        tag, at = _tag(text, lowered, opening)
        last = at
        yield tag
    yield from _between(text, last, len(text))


def _lower(text: str) -> str:
    """Lower case of the same length: some capitals become two characters."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.translate(_LOWER)


_LOWER = {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _between(text: str, start: int, stop: int) -> Iterator[str]:
    if start < stop:
        yield text[start:stop]


def _past_aside(text: str, at: int) -> int:
    """Where a comment, a declaration or an instruction ends; 0 for anything else."""
    if text.startswith("<!--", at):
        return _after_comment(text, at)
    if text.startswith("<![CDATA[", at):
        return at + 9
    if text.startswith("<?", at):
        return _after(text, ">", at)
    return _after_declaration(text, at) if text.startswith("<!", at) else 0


def _after_comment(text: str, at: int) -> int:
    condition = _CONDITION.match(text, at + 4)
    if condition:
        # Outlook and old browsers read what is inside.
        return condition.end()
    if text.startswith((">", "->"), at + 4):
        return text.index(">", at) + 1
    return _after(text, "-->", at + 4)


def _after_declaration(text: str, at: int) -> int:
    """A document type may hold a list of its own in brackets."""
    end = text.find(">", at)
    bracket = text.find("[", at, end if end >= 0 else len(text))
    if bracket >= 0 and text[at : at + 9].lower() == "<!doctype":
        closing = text.find("]", bracket)
        end = text.find(">", closing) if closing >= 0 else -1
    return end + 1 if end >= 0 else len(text)


def _after(text: str, mark: str, at: int) -> int:
    end = text.find(mark, at)
    return end + len(mark) if end >= 0 else len(text)


def _tag(text: str, lowered: str, opening: re.Match[str]) -> tuple[Tag, int]:
    at = opening.end()
    attributes: dict[str, str] = {}
    # Half of all tags have no attribute.
    most = 0 if text.startswith(">", at) else _MOST_ATTRIBUTES
    for _ in range(most):
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            break
        value = next((value for value in found.groups()[1:] if value is not None), "")
        attributes.setdefault(found[1].lower(), html.unescape(value) if "&" in value else value)
        at = found.end()
    else:
        at = _after(text, ">", at) - 1
    closing = _END_OF_TAG.match(text, at)
    is_empty = closing is not None and "/" in closing[0]
    at = max(closing.end() if closing else at, opening.end())
    prefix, _, name = opening[2].lower().rpartition(":")
    is_end = bool(opening[1])
    if is_end or is_empty or name not in _RAW:
        return Tag(name, attributes, is_end, prefix), at
    end = lowered.find(f"</{opening[2].lower()}", at)
    end = end if end >= 0 else len(text)
    return Tag(name, attributes, is_end, prefix, text[at:end]), end
