"""What a script in a PDF calls: acts, hides, attacks, or does what every form does."""

import re

_ACTS = (
    (re.compile(r"\bexportDataObject\b"), "writes an attached file to the disk"),
    (re.compile(r"\b(?:launchURL|getURL|gotoURL)\b"), "opens an address in the browser"),
    (re.compile(r"\b(?:submitForm|mailForm|mailDoc|mailMsg)\b"), "sends data"),
    (re.compile(r"\b(?:openDoc|importDataObject|importAnFDF|readFileIntoStream)\b"), "opens files"),
    (re.compile(r"\b(?:SOAP\.|Net\.HTTP|ADBC\.|XMLHttpRequest)"), "talks to another machine"),
)
_HIDES = re.compile(
    r"\beval\s*\(\s*(?:unescape|String\.fromCharCode|\w+\s*\.\s*(?:replace|split|substr))"
    r"|\bunescape\s*\(\s*[\"'](?:%u?[0-9a-fA-F]{2,4}){2}|(?:%u[0-9a-fA-F]{4}){4}"
    r"|(?:\\x[0-9a-fA-F]{2}){12}|fromCharCode\s*\((?:\s*\d{1,6}\s*,){7}"
)
_ATTACKS = re.compile(
    r"\bCollab\s*\.\s*(?:collectEmailInfo|getIcon)\b|\bmedia\s*\.\s*newPlayer\s*\(\s*null"
    r"|\butil\s*\.\s*printf\s*\(\s*[\"']%\d{4,}|\bspell\s*\.\s*customDictionaryOpen\b"
    r"|\bprintSeps\b|\bnLaunch\s*:\s*[12]\b|%u9090%u9090|%u0c0c%u0c0c"
)
_DROPS = re.compile(r"\bexportDataObject\b|\bADBC\.|\bopenDoc\b")
_EVERYDAY = re.compile(
    r"(?:\s|;|//[^\n]*|(?:this\.)?(?:print|zoom|zoomType|pageNum|layout|dirty|fullscreen|calculate)"
    r"\s*(?:\([^()]{0,300}\)|=\s*[\w.\"']{1,60}))*"
)
# What Acrobat writes into forms and portfolios: is the reader new enough? Its own page says more.
_OF_ACROBAT = re.compile(r"\bADBE\.|\bapp\.viewer(?:Version|Type|Variation)\b")
_ITS_PAGE = re.compile(r"\bthis\.getURL\s*\(\s*ADBE\.|\bapp\.launchURL\s*\(\s*ADBE\.\w*_URL\b")
_OTHER_PAGE = re.compile(r"(?i)https?://(?!(?:[a-z]+\.)?adobe\.com/)")
_LONGEST = 64 << 10
"""A longer script is nothing of every day."""
# Each goes on to its end or to that of the text, so that no place is looked at twice.
_STRING_OR_COMMENT = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
)
_FUNCTION = re.compile(r"\bfunction\s+[\w$]+\s*\([^)]{0,500}\)\s*$")
_TELLING = re.compile(
    r"\b(?:exportDataObject|launchURL|getURL|gotoURL|submitForm|eval|unescape|Collab"
    r"|fromCharCode|mailDoc|openDoc|SOAP|newPlayer|printf)\b"
)
_BEFORE_TELLING = 40


def acts(source: str) -> str:
    """What it does outside of the document, in words; "" for nothing."""
    return " and ".join(words for pattern, words in _ACTS if pattern.search(source))


def hides(source: str) -> bool:
    """Whether what it runs is written so that nobody can read it."""
    return _HIDES.search(source) is not None


def attacks(source: str) -> bool:
    """Whether it calls what only exploits call as it does."""
    return _ATTACKS.search(source) is not None


def drops(source: str) -> bool:
    """Whether it writes or opens files, which no form needs."""
    return _DROPS.search(source) is not None


def stays_within(source: str) -> bool:
    """Whether it neither acts outside of the document nor hides that it does."""
    return not (acts(source) or hides(source) or attacks(source))


def is_everyday(source: str) -> bool:
    """Whether running it unasked is honest.

    Forms print themselves, define functions for their fields, and carry a piece that Acrobat
    writes into each of them to see which reader they are opened in.
    """
    of_acrobat = _OF_ACROBAT.search(source) and not _OTHER_PAGE.search(source)
    rest = _ITS_PAGE.sub("", source) if of_acrobat else source
    if len(source) > _LONGEST or not stays_within(rest):
        return False
    if of_acrobat or _EVERYDAY.fullmatch(source):
        return True
    return not _at_top(source).strip(" ;\r\n\t")


def telling(source: str) -> str:
    """The source from the place on that says most about it."""
    found = _TELLING.search(source)
    if found is None or found.start() <= 2 * _BEFORE_TELLING:
        return source
    return source[found.start() - _BEFORE_TELLING :]


def _at_top(source: str) -> str:
    """What runs as soon as the script does: all but the bodies of named functions."""
    plain = _STRING_OR_COMMENT.sub(" ", source)
    kept: list[str] = []
    depth, start = 0, 0
    for found in re.finditer(r"[{}]", plain):
        if found[0] == "{":
            if depth == 0:
                before = plain[start : found.start()]
                head = _FUNCTION.search(before[-600:])
                kept.append(before[: len(before) - len(head[0])] if head else before + "{")
            depth += 1
        elif depth:
            depth -= 1
        if depth == 0:
            start = found.end()
    return "".join([*kept, plain[start:]])
