"""Unpacks compressed rich text ([MS-OXRTFCP]) as it is read: the body of an Outlook item."""

import struct
from collections.abc import Iterator

from gateway.scan.formats.archives.inflate import Chunked, DamagedError

_COMPRESSED, _STORED = b"LZFu", b"MELA"
_HEADER = 16
_WINDOW = 4096
_CHUNK = 1 << 14
_FILLED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window holds before the first byte (2.1.2.1)."""


def is_packed(data: bytes) -> bool:
    """Whether ``data`` has the header."""
    return data[8:12] in {_COMPRESSED, _STORED}


def opened(data: bytes) -> Chunked:
    """The rich text, as a stream that raises DamagedError."""
    return Chunked(_chunks(data))


def _chunks(data: bytes) -> Iterator[bytes]:
    if len(data) < _HEADER:
        raise DamagedError("compressed rich text without its header")
    _, raw_size = struct.unpack_from("<II", data)
    if data[8:12] == _STORED:
        yield from (data[at : at + _CHUNK] for at in range(_HEADER, len(data), _CHUNK))
        return
    window = bytearray(_FILLED.ljust(_WINDOW, b"\0"))
    place, out = len(_FILLED), bytearray()
    left = raw_size
    for piece in _pieces(data):
        if isinstance(piece, int):
            run = bytes((piece,))
        else:
            offset, length = piece
            if offset == place:
                break
            run = _repeated(window, offset, length, place)
        for byte in run:
            window[place] = byte
            place = (place + 1) % _WINDOW
        out += run
        if len(out) >= _CHUNK:
            yield bytes(out[:left])
            left -= min(left, len(out))
            out.clear()
        if not left:
            return
    yield bytes(out[:left])


def _repeated(window: bytearray, offset: int, length: int, place: int) -> bytes:
    """Bytes from the window; what is written may be read again while it is written."""
    run = bytearray()
    ahead = (place - offset) % _WINDOW
    for index in range(length):
        run.append(run[index - ahead] if index >= ahead else window[(offset + index) % _WINDOW])
    return bytes(run)


def _pieces(data: bytes) -> Iterator[int | tuple[int, int]]:
    """Single bytes, and references into the window as offset and length (2.2.1)."""
    position = _HEADER
    while position < len(data):
        control, position = data[position], position + 1
        for bit in range(8):
            if not control >> bit & 1:
                yield from data[position : position + 1]
                position += 1
                continue
            if position + 2 > len(data):
                return
            (pair,) = struct.unpack_from(">H", data, position)
            position += 2
            yield pair >> 4, (pair & 0xF) + 2
