"""Reads codes for telephones in pictures and on the pages of PDF documents.

Such a code takes its reader away from everything that filters mail, to a telephone.
That alone is a note, as invoices and appointment letters have them; what makes it a lure is an
address as no honest sign-in page has it, or a page that presses its reader to sign in.
"""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats.pdf import pages as pdfpages
from gateway.scan.formats.pictures import barcodes, pictures
from gateway.scan.kinds import Kind

_MOST_CODES = 20
_SHOWN = 100
_SIGN_IN = (
    r"log-?in|log-?on|sign-?in|mfa|2fa|otp|sso|verif\w*|auth\w*|passwor[dt]|passwd|mot-?de-?passe"
    r"|webmail|owa|o365|office365|account|compte|konto|secure"
)
_LURES = tuple(
    (why, re.compile(shape, re.IGNORECASE))
    for why, shape in (
        ("it leads to a sign-in page without encryption", rf"^http://.*\b(?:{_SIGN_IN})\b"),
        (
            "it leads to a bare number instead of a name",
            r"^https?://(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]|\d{8,10})(?=[:/?#]|$)",
        ),
        (
            "its address pretends to be another one",
            r"^https?://(?:[^/?#]*@|(?:[^/?#]*\.)?xn--)",
        ),
        (
            "its address names the mailbox of its victim",
            r"^https?://.*[\w.+-](?:@|%40)[\w-]{1,60}\.\w",
        ),
        ("it asks for a payment in cryptocurrency", r"^(?:bitcoin|ethereum|monero):"),
        (
            "it starts something instead of leading to a page",
            r"^(?:javascript|vbscript|data|file|intent|smb):",
        ),
    )
)
_SCAN = r"\bscan|\bflashe[rz]|\bqr[ -]?code"
_ENTER = (
    r"passwor[dt]|mot de passe|kennwort|authenti|\b(?:mfa|2fa)\b|sign[ -]?in|\blog[ -]?in"
    r"|connexion|anmeld"
)
_HURRY = (
    r"expir|suspend|deactivat|désactiv|bloqu|blocked|gesperrt|immediate|imm[ée]diat|urgent"
    r"|within \d+ hours|sous \d+ ?h|24 ?h"
)
_PRESSES = tuple(re.compile(words, re.IGNORECASE) for words in (_SCAN, _ENTER, _HURRY))
"""A lure says all three: scan, sign in, at once."""

_WHY = {
    pictures.Unread.TOO_BIG: "it is too large",
    pictures.Unread.UNKNOWN: "it is in a rare format, or damaged",
}
_JUDGED = {
    "qr.code": (Level.NOTE, "T1566.002"),
    "qr.lure": (Level.SUSPICIOUS, "T1566.002"),
    "picture.unread": (Level.NOTE, None),
    "picture.bomb": (Level.SUSPICIOUS, "T1499"),
}


class QrAnalyzer:
    """Looks at pictures and PDF documents."""

    kinds = frozenset({Kind.IMAGE, Kind.PDF})
    broken: tuple[type[Exception], ...] = ()

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield what its codes say, and which picture could not be read for them."""
        if Kind.PDF in artifact.kinds:
            for page in pdfpages.pages(artifact.data):
                yield from _page(artifact, page)
        if Kind.IMAGE in artifact.kinds:
            yield from _picture(artifact)


def _page(artifact: Artifact, page: pdfpages.Page) -> Iterator[Finding]:
    place = f"page {page.number}"
    if page.picture is None:
        yield _finding("picture.unread", "A page that was not looked through", place, artifact)
        return
    yield from _codes(artifact, page.picture, place=f"{place}: ", text=page.text)


def _picture(artifact: Artifact) -> Iterator[Finding]:
    match pictures.grey(artifact.data):
        case pictures.Grey() as picture:
            yield from _codes(artifact, picture, place="", text="")
        case pictures.Unread.BOMB:
            summary = "A small file unpacks to a picture that no program should show"
            yield _finding("picture.bomb", summary, _size(artifact), artifact)
        case pictures.Unread.TOO_BIG | pictures.Unread.UNKNOWN as why:
            summary = "A picture that was not looked through for codes"
            yield _finding("picture.unread", summary, _WHY[why], artifact)


def _codes(
    artifact: Artifact, picture: pictures.Grey, *, place: str, text: str
) -> Iterator[Finding]:
    for said in barcodes.texts(picture)[:_MOST_CODES]:
        lure = next((why for why, shape in _LURES if shape.search(said)), "")
        if not lure and all(words.search(text) for words in _PRESSES):
            lure = "the page urges its reader to scan it and sign in"
        evidence = f"{place}{quote(said, _SHOWN)}"
        if lure:
            yield _finding("qr.lure", f"A code for telephones: {lure}", evidence, artifact)
        else:
            yield _finding("qr.code", "A code for telephones", evidence, artifact)


def _size(artifact: Artifact) -> str:
    return f"{len(artifact.data)} bytes"


def _finding(code: str, summary: str, evidence: str, artifact: Artifact) -> Finding:
    level, technique = _JUDGED[code]
    return Finding(code, level, summary, evidence, artifact.lineage, technique=technique)
