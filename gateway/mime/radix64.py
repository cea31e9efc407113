"""Base64 undone in every way that readers undo it (RFC 2045 6.8), and how it is recognised.

Work is linear, and no reading is longer than the text.
"""

import binascii
import re
from collections.abc import Iterator

import pybase64

MAX_BLOCKS = 200_000
"""Padded blocks in one body that are decoded one by one."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_WEB_ALPHABET = bytes.maketrans(b"-_", b"+/")
_WEB_LETTERS = _ALPHABET + b"-_=\r\n\t "
_BLOCKS = re.compile(rb"[^=]+")
_LINE_OF_LETTERS = re.compile(
    rb"(?m)^[ \t]*+((?:[A-Za-z0-9+/]{4})*+)([A-Za-z0-9+/]{0,3})(?<=[A-Za-z0-9+/])"
)

_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{4,}={0,2}|=+")
_NOTHING_ELSE = re.compile(rb"(?:[A-Za-z0-9+/]++[ \t]*+[\r\n]++)*+[A-Za-z0-9+/]++={0,2}\s*+")
_FEWEST = 16

# Fields of a header that some readers ended too early; their letters would shift all that follows.
_JUNK_PARAGRAPH = re.compile(
    rb"[\s\0]{0,8}(?=[^\r\n]{0,998}[^A-Za-z0-9+/=\s])(?>[^\r\n]{1,998}(?>\r?\n|\r)){1,30}(?>\r?\n|\r)"
)
# A line that is no base64, or stands by itself: a reader that begins behind it sees other bytes.
_FIRST_LINE = re.compile(
    rb"[\s\0]{0,8}([^\r\n]{1,998})(?>\r?\n|\r)((?>[ \t]{0,80}(?>\r?\n|\r)){0,9})([^\r\n]{0,998})"
)
_JUNK = re.compile(rb"[^A-Za-z0-9+/=]")
_LINE_WITH_JUNK = re.compile(rb"[A-Za-z0-9+/]{2,998}[^A-Za-z0-9+/=\s]\S{0,998}\s{0,9}")


def readings(body: bytes) -> Iterator[bytes]:
    """Every way to decode ``body``, the most correct first; some may be equal."""
    padding = body.find(b"=")
    if padding < 0 or padding > _last_letter(body):
        yield decode(body)
    else:
        # RFC 2045 6.8: padding is the end of the data. Not every reader stops there.
        yield decode(body[:padding])
        yield _blocks(body)
        yield decode(body.replace(b"=", b""))
    junk = _JUNK_PARAGRAPH.match(body)
    if junk is not None:
        yield _blocks(body[junk.end() :])
    behind = _behind_first_line(body)
    if behind is not None:
        yield _blocks(body[behind:])
    if _is_in_web_alphabet(body):
        yield _blocks(body.translate(_WEB_ALPHABET))
    if _is_junk_in_many_lines(body):
        yield _by_line(body)


def asides(body: bytes) -> Iterator[bytes]:
    """What a reader gets that decodes each line for itself, where that makes a difference."""
    line = body.lstrip()[:1024].split(b"\n", 1)[0].strip()
    if line and len(line) % 4 and len(body) > len(line) + 2:
        yield _by_line(body)


def decode(body: bytes) -> bytes:
    """Decode one run of letters, whatever stands between them and however it ends."""
    try:
        return pybase64.b64decode(body)
    except binascii.Error:
        letters = body.translate(None, _NOT_BASE64)
    # One letter left over holds six bits: no byte. Two or three want their padding.
    whole = letters[:-1] if len(letters) % 4 == 1 else letters
    return pybase64.b64decode(whole + b"=" * (-len(whole) % 4))


def is_overdone(body: bytes) -> bool:
    """Whether there are more blocks than are decoded one by one."""
    return body.count(b"=") > MAX_BLOCKS


def looks_like_base64(body: bytes) -> bool:
    """Whether a body that nobody declared as base64 is base64 all the same."""
    lines = body[:4096].split()
    whole = lines[:-1] if len(body) > 4096 else lines
    if whole and len(whole[0]) >= _FEWEST:
        letters = sum(len(line) for line in whole if _ONLY_BASE64.fullmatch(line))
        return letters > 0.9 * sum(map(len, whole))
    return _is_nothing_else(body)


def _is_nothing_else(body: bytes) -> bool:
    """Whether a body of short lines is base64 to its last letter."""
    text = body.strip()
    return (
        len(text) >= _FEWEST
        and _NOTHING_ELSE.fullmatch(text) is not None
        and len(text.translate(None, b" \t\r\n")) % 4 == 0
    )


def _behind_first_line(body: bytes) -> int | None:
    """Where the second line begins, if the first is no part of the data for some readers."""
    found = _FIRST_LINE.match(body)
    if found is None:
        return None
    first, second = found[1].strip(), found[3].strip()
    is_alone = bool(found[2]) and len(first) < len(second)
    is_odd = is_alone or _JUNK.search(first) is not None
    return found.start(3) if is_odd and looks_like_base64(body[found.start(3) :]) else None


def _is_in_web_alphabet(body: bytes) -> bool:
    """Whether hyphens and underscores may be letters (RFC 4648 5), not the words of a footer."""
    if b"-" not in body and b"_" not in body:
        return False
    junk = body.translate(None, _WEB_LETTERS)
    return len(junk) <= len(body) // 50


def _is_junk_in_many_lines(body: bytes) -> bool:
    """Whether junk ends every few lines: readers that stop at it see other bytes."""
    lines = body[:4096].splitlines()[:-1]
    return 4 * sum(_LINE_WITH_JUNK.fullmatch(line) is not None for line in lines) > len(lines) > 0


def _by_line(body: bytes) -> bytes:
    """Decode each line up to its first letter of junk, and no more than whole groups of it."""
    letters = bytearray()
    groups = rest = b""
    for line in _LINE_OF_LETTERS.finditer(body):
        # What the groups leave over counts in the last line only. One buffer, however many lines.
        letters += groups
        groups, rest = line.groups()
    return decode(bytes(letters + groups + rest)) if groups or letters else b""


def _last_letter(body: bytes) -> int:
    """Where the last letter of the alphabet stands, but for a tail of junk."""
    return len(body.rstrip(_NOT_BASE64)) - 1


def _blocks(body: bytes) -> bytes:
    """Decode each padded block for itself, as some readers do."""
    if is_overdone(body):
        return decode(body.replace(b"=", b""))
    return b"".join(map(decode, _BLOCKS.findall(body)))
