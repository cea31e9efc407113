"""Reads laboratory messages in text: HL7 v2, HPRIM Santé (both in segments), HPRIM Médecins.

HPRIM Médecins is twelve lines about patient and sender, a letter, and a mark at its end; what is
written behind that mark, or in bytes that no text holds, is no part of any message.
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.mime.transfer import Encoding, decodings

# Separators are printable: a drawing (WMF) may have an H among zeros.
_HEAD = re.compile(
    rb"""(?x) (?:\xef\xbb\xbf)? [\x00-\x20]{0,64} (?P<name> MSH|FHS|BHS|H )
    (?P<field> [!-/:-@\[-^`{-~] )
    (?P<marks> (?: (?!["'<>=;]) [!-/:-@\[-^`{-~] ){3,5} ) (?P=field)"""
)
_LINE = rb"[^\r\n]{0,250}+(?:\r\n|\n|\r)"
_DATE = rb"[ \t]*(?:[0-3]?\d[/.-]?[01]?\d[/.-]?(?:19|20)?\d\d)[ \t]*(?:\r\n|\n|\r)"
_LETTER = re.compile(
    rb"(?:%(line)s){6}(?:%(date)s(?:%(line)s){5}|(?:%(line)s){3}%(date)s(?:%(line)s){2})"
    % {b"line": _LINE, b"date": _DATE}
)
_MARK = re.compile(rb"(?m)^\*{4}(LAB|FIN|FINFICHIER)\*{3,4}[ \t]*(?:\r\n|\n|\r|\Z)")
_BLANKS = b" \t\r\n\0\x0b\x0c\x1a\x1c"
# Line printers are told by control characters to write narrow; four others in a row are no text.
_NO_TEXT = re.compile(rb"(?:[\x00-\x06\x10\x11\x13\x15-\x19\x1d\x1f][^\r\n]{0,16}?){4}")
_PAST_BLANKS = re.compile(rb"[ \t\r\n\x00\x0b\x0c\x1a\x1c]*+")
_DOCUMENT = re.compile(rb"\{\\rtf1|%PDF-[12]\.")
_MOST_LETTERS = 5_000
_MOST_SEGMENTS = 50_000
_MOST_DOCUMENTS = 100
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){16,}")
_LETTERS = re.compile(r"[A-Za-z0-9+/=\s]{20,}")


@dataclass(frozen=True, slots=True)
class Observation:
    """One result. ``parts`` are the components of its value."""

    line: int
    kind: str
    about: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surplus:
    """What is no part of a message."""

    start: int
    is_text: bool


def is_hl7(data: bytes) -> bool:
    """Whether it is HL7 v2: a message, a batch or a file of them."""
    head = _HEAD.match(data)
    return head is not None and head["name"] != b"H"


def is_hprim(data: bytes) -> bool:
    """Whether it is HPRIM, in segments or as a letter."""
    head = _HEAD.match(data)
    return head["name"] == b"H" if head is not None else is_letter(data)


def plain(data: bytes) -> bytes:
    """The same with one byte for a character, where it is in UTF-16; other letters are lost."""
    is_wide = data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    return data.decode("utf-16", "replace").encode("latin-1", "replace") if is_wide else data


def is_letter(data: bytes) -> bool:
    """Whether it is HPRIM Médecins."""
    return _LETTER.match(data) is not None and _MARK.search(data) is not None


def observations(data: bytes) -> Iterator[Observation]:
    """The results of a message in segments, by the separators that its head states."""
    head = _HEAD.match(data)
    if head is None:
        return
    field, part = head["field"].decode("latin-1"), chr(head["marks"][0])
    lines = re.split(r"[\r\n]+", data.decode("latin-1"))
    for number, line in enumerate(lines[:_MOST_SEGMENTS], start=1):
        fields = line.lstrip("\x0b").split(field, 6)
        if fields[0] == "OBX" and len(fields) >= 6:
            yield Observation(number, fields[2].strip(), fields[3], tuple(fields[5].split(part)))


def documents(data: bytes) -> Iterator[bytes]:
    """Documents that only this reader sees: hexadecimal, in pieces over results, or as they are.

    Base64 in one piece is found in texts of every make.
    """
    pieces: list[str] = []
    before: tuple[str, str] | None = None
    for one in observations(data):
        if one.kind == "ED" and len(one.parts) >= 5 and one.parts[3].strip().lower() == "hex":
            found = _HEXADECIMAL.search(one.parts[4])
            if found is not None:
                yield binascii.unhexlify(found[0])
        if (one.kind, one.about) != before:
            yield from _joined(pieces)
            pieces, before = [], (one.kind, one.about)
        if _LETTERS.fullmatch(one.parts[-1]):
            pieces.append(one.parts[-1])
    yield from _joined(pieces)
    if is_letter(data):
        yield from _written(data)


def _joined(pieces: list[str]) -> Iterator[bytes]:
    if len(pieces) > 1:
        yield from decodings("".join(pieces).encode("ascii"), (Encoding.BASE64,))


def _written(data: bytes) -> Iterator[bytes]:
    """Documents that stand in a letter as they are, each up to the mark behind it."""
    position = 0
    for _ in range(_MOST_DOCUMENTS):
        found = _DOCUMENT.search(data, position)
        if found is None:
            return
        end = _MARK.search(data, found.end())
        position = end.start() if end else len(data)
        yield data[found.start() : position]


def surplus(data: bytes) -> Surplus | None:
    """Where the first thing begins that is no part of a message."""
    behind = _behind(data) if is_letter(data) else None
    binary = _NO_TEXT.search(data, 0, behind if behind is not None else len(data))
    if binary is not None and data[binary.start() :].strip(_BLANKS):
        line = max(data.rfind(b"\n", 0, binary.start()), data.rfind(b"\r", 0, binary.start()))
        return Surplus(line + 1, is_text=False)
    if behind is None:
        return None
    return Surplus(behind, is_text=_NO_TEXT.search(data, behind) is None)


def _behind(data: bytes) -> int | None:
    """Where something stands behind the mark at the end of the last letter."""
    for count, mark in enumerate(_MARK.finditer(data)):
        if mark[1] == b"LAB":
            continue
        blanks = _PAST_BLANKS.match(data, mark.end())
        start = blanks.end() if blanks else mark.end()
        if start >= len(data):
            return None
        is_next = _MARK.match(data, start) or _LETTER.match(data, start)
        if count >= _MOST_LETTERS or not is_next:
            return start
    return None
