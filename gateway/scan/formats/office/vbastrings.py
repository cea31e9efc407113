"""Says what strings in VBA source come to, where they are put together from pieces.

Attackers write characters by their numbers, strings backwards, in base64 or in hexadecimal, and
piece by piece over many lines. What can be told without running anything is told here.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace

from gateway.scan.formats.office.vbalines import Line

_LONGEST = 16 << 10
_ROUNDS = 4
_MOST_GROWN = 200
_NUMBER = r"(?:&H[0-9a-fA-F]{1,4}&?|\d{1,5})"
_CHARACTER = re.compile(
    rf"""(?ix) \b Chr[BW]? \$? \s* \( \s* (?: (?: CLng | CInt | Int | Val ) \s* )? \(? \s*
    ( {_NUMBER} ) (?: \s* ([-+]) \s* ( {_NUMBER} ) )? \s* \)? \s* \)"""
)
_JOINED = re.compile(r'"\s*[&+]\s*"')
_REVERSED = re.compile(r'(?i)\bStrReverse\s*\(\s*"([^"]{0,4000})"\s*\)')
_REPLACED = re.compile(
    r'(?i)\bReplace\s*\(\s*"([^"]{0,4000})"\s*,\s*"([^"]{1,40})"\s*,\s*"([^"]{0,40})"\s*\)'
)
_LITERAL = re.compile(r'"([^"]+)"')
_WORTH_SPEAKING = re.compile(r'(?i)\bChr[BW]?\$?\s*\(|\b(?:StrReverse|Replace)\s*\(|"\s*[&+]\s*"')
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_HEXADECIMAL = re.compile(r"(?i)(?:[0-9a-f]{2}){12,}")
_GROWS = re.compile(r"(?i)^\s*(\w{1,60})\s*=\s*(?:\1\s*[&+]\s*)?(?=[\"(]|Chr|StrReverse)")
_KEEPS_GROWING = re.compile(r"(?i)^\s*(\w{1,60})\s*=\s*\1\s*[&+]")
_READABLE = re.compile(r"[\x20-\x7e\r\n\t]{8,}")


def heard(lines: list[Line]) -> list[Line]:
    """The lines again, each with what its strings come to, alone and with those before it."""
    said = {index: spoken(line.text) for index, line in enumerate(lines) if _may_say(line)}
    for index, whole in _grown(lines):
        said[index] = f"{said.get(index, '')}\n{whole}"
    return [
        replace(line, spoken=said[index]) if said.get(index) else line
        for index, line in enumerate(lines)
    ]


def _may_say(line: Line) -> bool:
    return bool(line.strings) or "chr" in line.text.lower()


def spoken(text: str) -> str:
    """The strings of one line of code as they come to; "" if nothing is put together in it."""
    if not _WORTH_SPEAKING.search(text):
        return "\n".join(_decoded(text))
    plain = text[:_LONGEST]
    for _ in range(_ROUNDS):
        before = plain
        plain = _CHARACTER.sub(_character, plain)
        plain = _JOINED.sub("", plain)
        plain = _REVERSED.sub(lambda found: f'"{found[1][::-1]}"', plain)
        plain = _REPLACED.sub(lambda found: f'"{found[1].replace(found[2], found[3])}"', plain)
        if plain == before:
            break
    strings = "\n".join(found[1] for found in _LITERAL.finditer(plain))
    return "\n".join([strings, *_decoded(strings)])


def _grown(lines: list[Line]) -> Iterator[tuple[int, str]]:
    """Strings that are put together over several lines, with the place of the last of these."""
    growing: dict[tuple[str, str], tuple[int, str, int]] = {}
    for index, line in enumerate(lines):
        found = _GROWS.match(line.text)
        if found is None or not _may_say(line):
            continue
        key = (line.module, found[1].lower())
        said = (spoken(line.text) or line.strings).partition("\n")[0]
        old = growing.get(key)
        if old is not None and _KEEPS_GROWING.match(line.text):
            growing[key] = (index, (old[1] + said)[:_LONGEST], old[2] + 1)
        elif len(growing) < _MOST_GROWN or key in growing:
            growing[key] = (index, said, 1)
    for last, whole, count in growing.values():
        if count > 1:
            yield last, "\n".join([whole, *_decoded(whole)])


def _character(found: re.Match[str]) -> str:
    number = _value(found[1])
    if found[2]:
        number += _value(found[3]) * (1 if found[2] == "+" else -1)
    # A quote inside a string is two in VBA; here it would end the string too early.
    return f'"{chr(number % 0x10000)}"' if number != 0x22 else '"\'"'


def _value(written: str) -> int:
    if written[:1] == "&":
        return int(written[2:].rstrip("&"), 16)
    return int(written)


def _decoded(text: str) -> Iterator[str]:
    """What long runs of base64 and of hexadecimal hold, where that is text."""
    for found in _BASE64.finditer(text):
        run = found[0].rstrip("=")
        run = run[:-1] if len(run) % 4 == 1 else run
        yield from _readable(binascii.a2b_base64(run + "=" * (-len(run) % 4)))
    for found in _HEXADECIMAL.finditer(text):
        yield from _readable(bytes.fromhex(found[0]))


def _readable(data: bytes) -> Iterator[str]:
    encoding = "utf-16-le" if data[1:2] == b"\0" else "latin-1"
    text = data.decode(encoding, "replace")
    if _READABLE.fullmatch(text):
        yield text
