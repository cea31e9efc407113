"""Turns a message into what goes over the wire, in large pieces and never line by line.

1. A dot that begins a line is doubled (RFC 5321 4.5.2), whichever piece its line end was in.
2. No slice of the view outlives the statement that made it: the spool could not be unmapped.
"""

from collections.abc import Iterator

_PIECE = 64 * 1024


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
        # One octet is looked for fifty times as fast as three, and base64 has no dot.
        held = _doubled(tail, piece) if b"." in piece else piece
        tail = (tail + piece[-2:])[-2:]
    yield held + (b".\r\n" if tail == b"\r\n" else b"\r\n.\r\n")


def _doubled(tail: bytes, piece: bytes) -> bytes:
    return (tail + piece).replace(b"\r\n.", b"\r\n..")[len(tail) :]
