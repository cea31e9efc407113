"""Counts line ends, so that nothing with a bare CR or LF ever leaves.

A next hop may read one as the end of the message, and what follows as a message that nobody has
looked at.
"""

from dataclasses import dataclass


class BareNewlineError(Exception):
    """A bare CR or LF was about to leave: our own bug, found before the first byte went."""


@dataclass(slots=True)
class Survey:
    """What is known of the bytes seen so far."""

    octets: int = 0
    is_ascii: bool = True
    last: bytes = b""
    _cr: int = 0
    _lf: int = 0
    _crlf: int = 0

    def add(self, piece: bytes) -> None:
        """Look at the next ``piece`` of the message."""
        self.octets += len(piece)
        self.is_ascii = self.is_ascii and piece.isascii()
        cr, lf, crlf = counted(piece)
        self._cr += cr
        self._lf += lf
        self._crlf += crlf + (self.last == b"\r" and piece[:1] == b"\n")
        self.last = piece[-1:] or self.last

    def check(self) -> None:
        """Raise BareNewlineError unless every CR and every LF is half of a CRLF."""
        if not self._cr == self._lf == self._crlf:
            bare = self._cr + self._lf - 2 * self._crlf
            raise BareNewlineError(f"{bare} bare CR or LF in {self.octets} octets")


def counted(block: bytes) -> tuple[int, int, int]:
    """How many CR, LF and CRLF are in ``block``."""
    cr, lf = block.count(b"\r"), block.count(b"\n")
    # To count pairs takes longer than both: in base64 their places are known.
    return cr, lf, lf if cr == lf and _is_even(block, lf) else block.count(b"\r\n")


def _is_even(block: bytes, count: int) -> bool:
    """Whether its ``count`` LF end lines of one length, and each has a CR before it."""
    first = block.find(b"\n")
    step = block.find(b"\n", first + 1) - first
    if first < 1 or step < 2:
        return False
    stop = first + step * (count - 1) + 1
    ends = block[first:stop:step], block[first - 1 : stop - 1 : step]
    return ends == (b"\n" * count, b"\r" * count)
