"""Finds files that are written into a text: data: addresses and long runs of base64.

Pages, scripts, HL7 messages, CDA and FHIR documents, address cards and calendars all carry files
like this, each with its own way to fold the letters; so the letters are looked for, not the form.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from gateway.mime.transfer import Encoding, decodings

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MASK = bytes(0x41 if byte in _LETTERS else 0x20 for byte in range(256))
_LONG = b"A" * 32
"""So many letters in a row are no word."""
_SHORT = 400
"""In a shorter run the first bytes must tell that it is a file."""
_SCHEME = b"data:"
_RUN = re.compile(
    rb"[A-Za-z0-9+/]{32,}+(?:[ \t]{0,40}+\r?\n?[ \t]{0,40}+[A-Za-z0-9+/]{4,}+)*+"
    rb"\s{0,40}[A-Za-z0-9+/]{0,3}={0,2}"
)
_HEAD = re.compile(
    rb"""(?xs) PK\x03\x04 | %PDF | \xd0\xcf\x11\xe0 | Rar!\x1a\x07 | 7z\xbc\xaf
    | \x1f\x8b\x08[\x00-\x1f] | \x28\xb5\x2f\xfd | \xca\xfe\xba\xbe
    | \{\\rt | L\x00\x00\x00\x01\x14\x02\x00 | ITSF | MSCF\x00 | GIF8 | \x89PNG
    | \xff\xd8\xff[\xc0-\xfe] | \x7fELF | ActiveMime | x\x9f>" | \xe4\x52\x5c\x7b | \xfd7zXZ
    | BZh[1-9]1AY | II\*\x00 | MM\x00\* | [\xce\xcf]\xfa\xed\xfe | RIFF
    | \x30[\x80-\x84].{0,4}\x06\x09\x2a\x86\x48\x86 | .{128}DICM"""
)
_WORDS = re.compile(rb"(?:\xef\xbb\xbf)?[\t\r\n -~]{16}|(?:\xff\xfe)?(?:[\t\r\n -~]\x00){8}")
_ADDRESS = re.compile(rb"(?i)data:([\w.+/-]{0,80})((?:;[\w=.+-]{0,80}){0,5}),")
_QUOTES = frozenset({b'"', b"'", b"`"})
_END_OF_ADDRESS = re.compile(rb"[\s\"'<>)]")
_ENCODED = (b'encoding="base64"', b'representation="b64">', b"encoding=base64:")
_FOLDS = re.compile(
    rb"""(?x) (?: \\[rn] | &\#(?:x[0-9a-fA-F]{1,4}|[0-9]{1,4}); | \\\.br\\
    | \\X0[DAda](?:0[Aa])?\\ )++"""
)
"""Ends of lines as JSON, XML and HL7 spell them."""
_AROUND = 240
_NAME = re.compile(
    rb"""(?ix) (?: download \s? = \s? ["'] | "title" \s? : \s? "
    | file_?name ["']? \s? [=:] \s? ["']?
    | saveAs \( [^,()]{0,40} , \s? ["'] ) ([^"'<>;:|\r\n]{1,80} \. [a-z0-9]{1,8}) ["';:\r\n]"""
)
_TYPE = re.compile(
    rb"""(?ix) (?: media_?type | content_?type | fmttype | mime_?type) ["']? \s? [=:] \s? ["']?
    ( [\w.+-]{1,40} / [\w.+-]{1,60} )"""
)
_HL7_TYPE = re.compile(rb"(?i)([A-Z]{2,20})\^([\w.+-]{2,40})\^Base64\^\Z")
_ENDINGS = {
    "application/pdf": "pdf", "application/msword": "doc", "application/rtf": "rtf",
    "text/rtf": "rtf", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg",
    "image/gif": "gif", "image/tiff": "tif", "application/zip": "zip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file. ``name`` is what the text calls it, or a number with the ending of its type."""

    name: str
    data: bytes
    declared_type: str


def is_bare(data: bytes) -> bool:
    """Whether a text is base64 and nothing around it."""
    return not data.translate(None, _LETTERS + b"=\r\n\t ")


def find(data: bytes) -> Iterator[Encoded]:
    """Every file that ``data`` holds, in its order."""
    text = _unfolded(data)
    number = position = 0
    for is_address, start in _starts(text):
        if start < position:
            continue
        found = _from_address(text, start) if is_address else _from_run(text, start)
        position = found.stop
        if found.data and (found.is_stated or looks_like_file(found.data)):
            number += 1
            yield found.named(number)


def _starts(text: bytes) -> Iterator[tuple[bool, int]]:
    """Where a data: address or a long run of letters begins, in their order."""
    mask, small = text.translate(_MASK), text.lower()
    run, address = mask.find(_LONG), small.find(_SCHEME)
    while run >= 0 or address >= 0:
        is_address = run < 0 or 0 <= address < run
        yield is_address, address if is_address else run
        if is_address:
            address = small.find(_SCHEME, address + 1)
        else:
            end = mask.find(b" ", run)
            run = mask.find(_LONG, end) if end >= 0 else -1


def _unfolded(data: bytes) -> bytes:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data = data.decode(encoding, "replace").encode()
    if b"\\" in data or b"&#" in data:
        data = _FOLDS.sub(b"\n", data.replace(b"\\/", b"/"))
    return data


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    data: bytes
    declared_type: str
    is_stated: bool
    stop: int

    def named(self, number: int) -> Encoded:
        ending = _ENDINGS.get(self.declared_type, "")
        name = self.name or (f"file {number}.{ending}" if ending else f"file {number}")
        return Encoded(name, self.data, self.declared_type)


def _from_run(text: bytes, start: int) -> _Found:
    run = _RUN.match(text, start)
    stop = run.end() if run else start + len(_LONG)
    before = text[max(0, start - _AROUND) : start]
    stated = _HL7_TYPE.search(before)
    is_stated = stated is not None or before.rstrip().lower().endswith(_ENCODED)
    if (
        not is_stated
        and stop - start < _SHORT
        and not looks_like_file(_decoded(text[start : start + 32]))
    ):
        return _Found("", b"", "", is_stated=False, stop=stop)
    after = text[stop : stop + _AROUND]
    kind = b"/".join(stated.groups()) if stated else _last(_TYPE, before) or _first(_TYPE, after)
    name = (_last(_NAME, before) or _first(_NAME, after)).decode("utf-8", "replace")
    declared = kind.decode("ascii", "replace").lower()
    return _Found(name, _decoded(text[start:stop]), declared, is_stated=is_stated, stop=stop)


def _from_address(text: bytes, start: int) -> _Found:
    """What a data: address holds (RFC 2397)."""
    address = _ADDRESS.match(text, start)
    if address is None:
        return _Found("", b"", "", is_stated=False, stop=start + 1)
    opening = text[start - 1 : start] if start else b""
    stop = address.end() + _address_length(text, address.end(), opening)
    content = text[address.end() : stop]
    plain = unquote_to_bytes(content) if b"%" in content else content
    data = _decoded(plain) if b"base64" in address[2].lower() else plain
    declared = address[1].decode("ascii", "replace").lower()
    name = b""
    if not declared.startswith("image/"):
        before = text[max(0, start - _AROUND) : start]
        name = _last(_NAME, before) or _first(_NAME, text[stop : stop + _AROUND])
    return _Found(name.decode("utf-8", "replace"), data, declared, is_stated=True, stop=stop)


def looks_like_file(data: bytes) -> bool:
    """Whether bytes begin like a file of a usual kind, or like words."""
    if data.startswith(b"MZ"):
        return data[:64].count(0) >= 8
    return _HEAD.match(data) is not None or _WORDS.match(data) is not None


def _address_length(text: bytes, start: int, opening: bytes) -> int:
    """An address ends at the quotation mark that opened it; a bare one where none may go on."""
    if opening in _QUOTES:
        end = text.find(opening, start)
        stop = end if end >= 0 else len(text)
    else:
        found = _END_OF_ADDRESS.search(text, start)
        stop = found.start() if found else len(text)
    return stop - start


def _decoded(letters: bytes) -> bytes:
    return next(decodings(letters, (Encoding.BASE64,)), b"")


def _first(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    return found[1] if found else b""


def _last(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = b""
    for each in pattern.finditer(text):
        found = each[1]
    return found
