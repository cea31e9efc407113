"""Quote what a sender wrote: short, on one line, and without a character that could act."""

import re

_LONGEST = 120
_ADDRESS = re.compile(r"(?i)\b(h)tt(ps?:/{1,2})([^\s/?#]{1,253})")


def quote(text: str, longest: int = _LONGEST) -> str:
    """``text`` on one line, cut to ``longest`` characters; what is not printable is escaped.

    A web address is written so that no program makes a link of it.
    """
    words = defang(" ".join(text[: longest * 4].split()))
    # Characters that change the direction of writing are not printable by Unicode's own table.
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def defang(text: str) -> str:
    """``text`` with its web addresses as ``hxxps://example[.]org/``."""
    return _ADDRESS.sub(lambda found: f"{found[1]}xx{found[2]}{_dotless(found[3])}", text)


def _dotless(host: str) -> str:
    return host.replace("[.]", ".").replace(".", "[.]")


def quote_bytes(data: bytes, longest: int = _LONGEST) -> str:
    """The same for bytes: as ASCII text, or every other byte of it when that is UTF-16."""
    if len(data) >= 4 and not any(data[1:8:2]) and any(data[:8:2]):
        data = data[: len(data) // 2 * 2 : 2]
    readable = data[: longest * 4].decode("ascii", "backslashreplace")
    return quote(readable, longest)


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
    return quote(found.string[max(0, start - before) : stop + after].strip())
