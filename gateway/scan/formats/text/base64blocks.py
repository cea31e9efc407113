"""A mail without its blocks of base64: what they say is looked at decoded, as files.

Rule 1. A block goes only when it holds nothing but the letters of base64 and line ends, so no
        markup, no script and no header field can be in it.
Rule 2. What stood on both sides of it does not become one line.
"""

from bisect import bisect_right
from dataclasses import dataclass

_BLOCK = 4096
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n"
_SEAM = b"\r\n"


@dataclass(frozen=True, slots=True)
class Abridged:
    """What is left, and where each piece of it begins in both texts."""

    data: bytes
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def origin(self, offset: int) -> int:
        """Where the byte at ``offset`` stood in the whole text."""
        piece = bisect_right(self.starts, offset) - 1
        return self.origins[piece] + offset - self.starts[piece]


def abridged(text: bytes) -> Abridged:
    """``text`` without the blocks that hold nothing but base64, in linear time."""
    starts, origins, pieces = [0], [0], [b""]
    size, is_cut = 0, False
    for origin in range(0, len(text), _BLOCK):
        block = text[origin : origin + _BLOCK]
        if len(block) == _BLOCK and not block.translate(None, _LETTERS):
            is_cut = True
            continue
        if is_cut:
            pieces.append(_SEAM)
            starts.append(size := size + len(_SEAM))
            origins.append(origin)
        pieces.append(block)
        size, is_cut = size + len(block), False
    if len(starts) == 1 and not is_cut:
        return Abridged(text)
    return Abridged(b"".join(pieces), tuple(starts), tuple(origins))
