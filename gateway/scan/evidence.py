"""Quote what a sender wrote: short, on one line, and without a character that could act."""

import binascii
import re
from codecs import getincrementaldecoder
from string import ascii_letters, digits

_LONGEST = 120
_AS_NUMBERS = 16
_TELLING = 12
_AS_WORDS = 24
_BEGINNING = 32
_LONGEST_RUN = 1 << 16
_SHORTEST_BASE64 = 24
_BASE64 = (ascii_letters + digits + "+/").encode()
_HALVES = bytes(range(0x80, 0xC0))
"""What only goes on with a letter of UTF-8, and begins none."""
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x9f]")
_UNREADABLE = re.compile(r"[^\t\n\r -~]+")
_READABLE = re.compile(r"[\t\n\r -~]+")
_CUT = re.compile(r"…+")
_RUN = re.compile(r"([A-Za-z0-9+/]{12})[A-Za-z0-9+/]{53,}=*…?")
"""So many letters without a break are data, and no words; 64 may be a digest."""
_CLIPPING = re.compile(r"([A-Za-z0-9+/]{12})[A-Za-z0-9+/]{36,}=*…?")
"""The same where no digest can be expected."""
_ADDRESS = re.compile(r"(?i)\b(h)tt(ps?:/{1,2})([^\s/?#]{1,253})")


def quote(text: str, longest: int = _LONGEST) -> str:
    """``text`` on one line, cut to ``longest`` characters; what is not printable is escaped.

    A web address is written so that no program makes a link of it.
    """
    words = defang(_RUN.sub(r"\1…", " ".join(text[: longest * 4].split())))
    # Characters that change the direction of writing are not printable by Unicode's own table.
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def defang(text: str) -> str:
    """``text`` with its web addresses as ``hxxps://example[.]org/``."""
    return _ADDRESS.sub(lambda found: f"{found[1]}xx{found[2]}{_dotless(found[3])}", text)


def _dotless(host: str) -> str:
    return host.replace("[.]", ".").replace(".", "[.]")


def quote_bytes(data: bytes, longest: int = _LONGEST) -> str:
    """The same for bytes: text in any usual charset, and of anything else the words in it."""
    if len(data) >= 4 and not any(data[1:8:2]) and any(data[:8:2]):
        data = data[: len(data) // 2 * 2 : 2]
    return quote(_text(data[: longest * 4]), longest)


def _text(data: bytes) -> str:
    try:
        # The end may be cut in the middle of a letter.
        text = getincrementaldecoder("utf-8")().decode(data.lstrip(_HALVES))
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" not in text and len(_CONTROL.findall(text)) <= len(text) // 10:
        return text
    head, *others = _UNREADABLE.split(data.decode("latin-1"))
    # A file begins with two letters or three that say what it is; elsewhere they are chance.
    words = [head if len(head) > 1 else "", *(word if len(word) > 3 else "" for word in others)]
    shown = _CUT.sub("…", "…".join(words))
    return shown if shown != "…" else data[:_AS_NUMBERS].hex(" ")


def quote_at(data: bytes, start: int, length: int) -> str:
    """What stands at a place: with the words beside it if it is text, and base64 undone."""
    if told := _unpacked(data, start):
        return f"base64 of {told}"
    # Something long says enough; what stands before it may be half a word.
    beside = around(data, start, length, before=0 if length >= _TELLING else 24)
    alone = data[start : start + max(length, 1)]
    return _CLIPPING.sub(r"\1…", quote_bytes(alone if b"\0" in beside else beside))


def letters_of(text: str) -> str:
    """What is written as letters in a page or a script: how many, and what they begin with."""
    letters = text.strip("\"'` \n")
    begins = _decoded(letters[:_BEGINNING].encode("ascii", "replace"))
    shown = f"base64, which begin {quote_bytes(begins)}" if begins else quote(letters, 24)
    return f"{len(letters)} characters of {shown}" if begins else shown


def says(base64: str) -> str:
    """What some base64 says, "" if nothing that a person can read."""
    told = _decoded(base64.encode("ascii", "replace"))
    head = told[:_AS_WORDS].decode("latin-1")
    readable = sum(map(len, _READABLE.findall(head)))
    return quote_bytes(told) if told and readable >= 0.9 * len(head) else ""


def _decoded(letters: bytes) -> bytes:
    bare = letters.rstrip(b"=")
    if bare.translate(None, _BASE64):
        return b""
    whole = bare[:-1] if len(bare) % 4 == 1 else bare
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _unpacked(data: bytes, start: int) -> str:
    """What the base64 at ``start`` says, "" if nothing that a person can read."""
    before = data[max(0, start - _LONGEST_RUN) : start]
    behind = data[start : start + 2 * _LONGEST]
    into = len(before) - len(before.rstrip(_BASE64))
    from_here = before[len(before) - into % 4 :] if into % 4 else b""
    letters = from_here + behind[: len(behind) - len(behind.lstrip(_BASE64))]
    return says(letters.decode()) if len(letters) >= _SHORTEST_BASE64 else ""


def around(data: bytes, start: int, length: int, *, before: int = 24, after: int = 48) -> bytes:
    """The bytes at ``start`` with a little of what stands before and after on the same line."""
    end = start + max(length, 1)
    first = max(start - before, data.rfind(b"\n", 0, start) + 1)
    line_end = data.find(b"\n", end, end + after)
    return data[first : line_end if line_end >= 0 else end + after]


def around_match(found: re.Match[str], *, before: int = 24, after: int = 48) -> str:
    """What a pattern found in a text, quoted with a little of what stands on both sides."""
    start, stop = found.span()
    stop = min(stop, start + _LONGEST)
    first = max(0, start - before)
    beside = found.string[first:start].rpartition("\n")[2]
    first = start - len(beside)
    if first and found.string[first - 1].isalnum():
        # Half a word says nothing, or something else.
        beside = beside.lstrip(ascii_letters + digits)
    return quote((beside + found.string[start : stop + after]).strip())
