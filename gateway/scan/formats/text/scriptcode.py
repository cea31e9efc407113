"""Reads scripts in Microsoft's encoding (.vbe, .jse), which hides their text and protects nothing.

Every character stands for one of three, by turns that repeat after 64 characters.
"""

import re
from collections.abc import Iterator

MARK = b"#@~^"
_BLOCK = re.compile(rb"#@~\^[A-Za-z0-9+/]{6}==([^\x00]*?)(?:[A-Za-z0-9+/]{6}==)?\^#~@")
_TURNS = bytes(map(int, "0120121221210212021200122102122100212120200120210212001220012021"))
_FIRST = 32
_TAB = bytes.fromhex("576e7b")
# For each character from the blank on, what it stands for at a turn of 0, 1 and 2.
_MEANINGS = bytes.fromhex(
    "2e2d32 477530 7a5221 566029 42715b 6a5e38 2f4933 265c3d 496258 417d3a 342935 323665"
    "5b2039 767c5c 727a56 437f73 386b66 39634e 703345 452b6b 686862 715159 4f6678 09765e"
    "62317d 44644a 23546d 754371 4a4c41 7e3a60 4a4c41 5e7e53 404c40 774542 4a2c27 612a48"
    "5d7472 222775 4b3731 6f4437 4e794d 3b5952 4c2f22 506f54 67266a 2a7247 7d6a64 74392d"
    "547b20 2b3f7f 2d382e 2c774c 30675d 6e537e 6b476c 66346f 357879 255d74 213043 642326"
    "4d5a76 525b25 636c24 3f482b 7b5528 787023 296941 282e34 734c09 59212a 332444 7f4e3f"
    "6d5077 55093b 535655 7c7369 3a3561 5f6163 654b50 465867 583b51 315749 69224f 6c6d46"
    "5a4d68 48257c 272836 5c4670 3d4a6e 24327a 79412f 373d5f 605f4b 514f5a 20422c 366557"
)
_AS_THEY_ARE = frozenset(b"<>@")
_ESCAPES = {b"@&": b"\n", b"@#": b"\r", b"@*": b">", b"@!": b"<", b"@$": b"@"}
_ESCAPE = re.compile(rb"@[&#*!$]")


def decoded(data: bytes) -> Iterator[bytes]:
    """The text of every encoded block in ``data``."""
    for block in _BLOCK.finditer(data):
        yield _decode(block[1])


def _decode(letters: bytes) -> bytes:
    plain = bytearray()
    turn = 0
    for byte in _ESCAPE.sub(lambda found: _ESCAPES[found[0]], letters):
        plain.append(_meaning(byte, _TURNS[turn % 64]))
        turn += byte < 128
    return bytes(plain)


def _meaning(byte: int, turn: int) -> int:
    if byte == 9:
        return _TAB[turn]
    if byte < _FIRST or byte >= 128 or byte in _AS_THEY_ARE:
        return byte
    return _MEANINGS[3 * (byte - _FIRST) + turn]
