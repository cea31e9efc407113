"""Files in BinHex 4.0, as Macintosh mail programs sent them (RFC 1741)."""

import re
from collections.abc import Iterator

from gateway.mime import radix64
from gateway.mime.embedded import Embedded

MOST_GROWTH = 8
"""How much longer than the text a file may be; its runs could make it 127 times as long."""

_HEADING = b"(This file must be converted with BinHex"
_BODY = re.compile(rb"[^\r\n]{0,60}[\r\n\s]*:([^:]*)")
# What some programs take for a file although the heading is missing.
_BARE = re.compile(rb":(?=[!-r]{40})([!-9@-r\r\n]{64,}+):")
_LONGEST_NAME = 63
_FROM = rb"""!"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"""
_TO = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_AS_BASE64 = bytes.maketrans(_FROM, _TO)
_NOT_BINHEX = bytes(set(range(256)) - set(_FROM))
_RUN = 0x90


def find(text: bytes) -> Iterator[Embedded]:
    """Every file in BinHex in ``text``: its data fork."""
    has_heading = _HEADING in text
    for body in _with_heading(text) if has_heading else _bare(text):
        letters = body[1].translate(None, _NOT_BINHEX).translate(_AS_BASE64)
        packed = radix64.decode(letters)
        file = _expand(packed, MOST_GROWTH * len(packed) + 1024)
        if has_heading or _is_file(file):
            yield _data_fork(file)


def _with_heading(text: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while (at := text.find(_HEADING, at)) >= 0:
        at += len(_HEADING)
        body = _BODY.match(text, at)
        if body is not None:
            at = body.end()
            yield body


def _bare(text: bytes) -> Iterator[re.Match[bytes]]:
    # A plain search for two letters is twenty times as fast as a pattern for the line.
    for begin in (b"\n:", b"\r:"):
        at = -1
        while (at := text.find(begin, at + 1)) >= 0:
            body = _BARE.match(text, at + 1)
            if body is not None:
                at = body.end() - 1
                yield body
    body = _BARE.match(text)
    if body is not None:
        yield body


def _is_file(file: bytes) -> bool:
    """Whether the lengths agree: of the name, a NUL behind it, and of the data."""
    name = file[0] if file else 0
    length = int.from_bytes(file[name + 12 : name + 16], "big")
    return (
        0 < name <= _LONGEST_NAME and file[name + 1 : name + 2] == b"\0" and 0 < length < len(file)
    )


def _data_fork(file: bytes) -> Embedded:
    """RFC 1741, Appendix A: name, version, type, creator, flags, two lengths, checksum, data."""
    length_of_name = file[0] if file else 0
    rest = file[1 + length_of_name :]
    length = int.from_bytes(rest[11:15], "big")
    data = rest[21 : 21 + length]
    return Embedded(file[1 : 1 + length_of_name], data)


def _expand(packed: bytes, most: int) -> bytes:
    """Undo the runs: a byte, 0x90 and a count stand for that many of the byte."""
    expanded = bytearray()
    at = 0
    while (run := packed.find(_RUN, at)) >= 0 and run + 1 < len(packed) and len(expanded) < most:
        expanded += packed[at:run]
        count = packed[run + 1]
        expanded += expanded[-1:] * (count - 1) if count else b"\x90"
        at = run + 2
    return bytes(expanded + packed[at:])
