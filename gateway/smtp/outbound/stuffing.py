"""Turns a message into what goes over the wire, in large pieces and never line by line.

1. Nothing with a bare CR or LF leaves: a next hop may read one as the end of the message, and
   what follows as a message that nobody has looked at.
2. A dot that begins a line is doubled (RFC 5321 4.5.2), whichever piece its line end was in.
3. No slice of the view outlives the statement that made it: the spool could not be unmapped.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = 256 * 1024


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
        self._cr += piece.count(b"\r")
        self._lf += piece.count(b"\n")
        self._crlf += piece.count(b"\r\n") + (self.last == b"\r" and piece[:1] == b"\n")
        self.last = piece[-1:] or self.last

    def check(self) -> None:
        """Raise BareNewlineError unless every CR and every LF is half of a CRLF."""
        if not self._cr == self._lf == self._crlf:
            bare = self._cr + self._lf - 2 * self._crlf
            raise BareNewlineError(f"{bare} bare CR or LF in {self.octets} octets")


def pieces(headers: bytes, view: memoryview) -> Iterator[bytes]:
    """The headers and the message behind them, as they are."""
    yield b"".join((headers, view[:_PIECE]))
    for start in range(_PIECE, len(view), _PIECE):
        yield view[start : start + _PIECE].tobytes()


def stuffed(headers: bytes, view: memoryview) -> Iterator[bytes]:
    """The same with dots doubled, and the line that ends it all in the last piece."""
    tail = b"\r\n"
    held = b""
    for piece in pieces(headers, view):
        if held:
            yield held
        held = (tail + piece).replace(b"\r\n.", b"\r\n..")[len(tail) :]
        tail = (tail + piece[-2:])[-2:]
    yield held + (b".\r\n" if tail == b"\r\n" else b"\r\n.\r\n")
