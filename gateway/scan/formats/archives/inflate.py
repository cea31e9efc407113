"""Decompressors as streams: they unpack as they are read, and never more than was asked for."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import zstandard

from gateway.scan.api import Stream

_SLICE = 1 << 16
_MOST_MEMORY = 256 << 20
"""What a decoder may take for its dictionary."""


class DamagedError(Exception):
    """Compressed bytes that end early, or whose checksum is wrong."""


BROKEN: tuple[type[Exception], ...] = (
    DamagedError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    OSError,  # bz2 has no exception of its own
    EOFError,
)
"""What reading one of these streams raises when the bytes are bad."""


class Decoder(Protocol):
    """The shape that bz2 and lzma give their decompressors."""

    @property
    def eof(self) -> bool:
        """Whether the end of the compressed bytes was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more input."""

    @property
    def unused_data(self) -> bytes:
        """What was fed and lies behind the end."""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Take ``data``, give at most ``max_length`` bytes."""


Begin = Callable[[bytes, int], tuple[Decoder, int] | None]
"""Begin a stream at a place: its decoder and where its body is; None if none is there."""


class Inflated:
    """One or more compressed streams, one after the other, as the one file that they make."""

    def __init__(self, data: bytes, begin: Begin, start: int = 0, stop: int | None = None) -> None:
        self._data = data
        self._begin = begin
        self._stop = len(data) if stop is None else min(stop, len(data))
        self.position = start
        """What comes next; at the end, the first byte that no stream used."""
        self._decoder: Decoder | None = None

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; b"" at the end. Raises one of BROKEN."""
        while self._decoder is not None or self._begin_next():
            chunk = self._step(size)
            if chunk:
                return chunk
        return b""

    def _begin_next(self) -> bool:
        begun = self._begin(self._data, self.position) if self.position < self._stop else None
        if begun is None:
            return False
        self._decoder, self.position = begun
        return True

    def _step(self, size: int) -> bytes:
        decoder = self._decoder
        if decoder is None:
            return b""
        piece = b""
        if decoder.needs_input:
            piece = self._data[self.position : min(self.position + _SLICE, self._stop)]
            self.position += len(piece)
            if not piece:
                raise DamagedError("the compressed bytes end early")
        chunk = decoder.decompress(piece, size)
        if decoder.eof:
            self.position -= len(decoder.unused_data)
            self._decoder = None
        return chunk


class Chunked:
    """A stream over an iterator of chunks, none of them big."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; b"" at the end."""
        if not self._rest:
            self._rest = next((chunk for chunk in self._chunks if chunk), b"")
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk


class Placed:
    """A stream over chunks that come with the place behind them."""

    def __init__(self, chunks: Iterator[tuple[bytes, int]]) -> None:
        self._inner = Chunked(self._plain(chunks))
        self.position = 0
        """At the end, the first byte that was not used."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; b"" at the end."""
        return self._inner.read(size)

    def _plain(self, chunks: Iterator[tuple[bytes, int]]) -> Iterator[bytes]:
        for chunk, self.position in chunks:
            yield chunk


class Limited:
    """The first ``size`` bytes of a stream; what comes after them is nobody's concern."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; b"" at the limit or the end."""
        if not self._left:
            return b""
        chunk = self._stream.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk


class Checked:
    """A stream whose length and CRC-32 must come out as promised."""

    def __init__(self, stream: Stream, size: int, crc: int) -> None:
        self._stream = stream
        self._size = size
        self._crc = crc
        self._seen_size = 0
        self._seen_crc = 0

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes. Raises DamagedError at the end if the promise was not kept."""
        chunk = self._stream.read(size)
        self._seen_size += len(chunk)
        self._seen_crc = zlib.crc32(chunk, self._seen_crc)
        if chunk or size == 0:
            return chunk
        if self._seen_size != self._size:
            raise DamagedError(f"{self._seen_size} bytes where {self._size} were promised")
        if self._seen_crc != self._crc:
            raise DamagedError("wrong checksum")
        return b""


class _Zlib:
    """zlib's decompressor in the shape of the other two."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self._is_short = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail and not self._is_short

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        chunk = self._inner.decompress(self._inner.unconsumed_tail + data, max(1, max_length))
        # A full answer may leave more inside, with all of the input taken.
        self._is_short = len(chunk) >= max_length and not self._inner.eof
        return chunk


class _Zstd:
    """zstandard's decompressor in the shape of bz2 and lzma.

    It knows no limit to its answers, so it is fed little: no block is smaller than four bytes, and
    none holds more than 128 KiB.
    """

    _FED_AT_ONCE = 256

    def __init__(self) -> None:
        decompressor = zstandard.ZstdDecompressor(max_window_size=_MOST_MEMORY // 2)
        self._inner = decompressor.decompressobj()
        self._input = b""
        self._fed = 0
        self._output = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof and not self._output

    @property
    def needs_input(self) -> bool:
        return self._fed >= len(self._input) and not self._output

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._input[self._fed :]

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        if data:
            self._input, self._fed = self._input[self._fed :] + data, 0
        while not self._output and self._fed < len(self._input) and not self._inner.eof:
            piece = self._input[self._fed : self._fed + self._FED_AT_ONCE]
            self._fed += len(piece)
            self._output = self._inner.decompress(piece)
        chunk, self._output = self._output[:max_length], self._output[max_length:]
        return chunk


def once(begin: Begin) -> Begin:
    """Begin one stream only: what follows belongs to something else."""
    starts: list[int] = []

    def begin_first(data: bytes, position: int) -> tuple[Decoder, int] | None:
        if starts:
            return None
        starts.append(position)
        return begin(data, position)

    return begin_first


def stored(data: bytes, start: int, stop: int) -> Stream:
    """Bytes that are not compressed; ``stop`` may lie beyond their end."""
    stop = min(stop, len(data))
    return Chunked(data[at : min(at + _SLICE, stop)] for at in range(start, stop, _SLICE))


def deflate(_data: bytes, position: int) -> tuple[Decoder, int]:
    """Begin bare deflate (RFC 1951)."""
    return _Zlib(-zlib.MAX_WBITS), position


def zlib_wrapped(_data: bytes, position: int) -> tuple[Decoder, int]:
    """Begin deflate with a header and a checksum (RFC 1950)."""
    return _Zlib(zlib.MAX_WBITS), position


def gzip(data: bytes, position: int) -> tuple[Decoder, int] | None:
    """Begin a member of a gzip file (RFC 1952)."""
    is_gzip = data.startswith(b"\x1f\x8b", position)
    return (_Zlib(zlib.MAX_WBITS | 16), position) if is_gzip else None


def bzip2(data: bytes, position: int) -> tuple[Decoder, int] | None:
    """Begin a bzip2 stream."""
    return (bz2.BZ2Decompressor(), position) if data.startswith(b"BZh", position) else None


def xz(data: bytes, position: int) -> tuple[Decoder, int] | None:
    """Begin an xz stream; between two there may be padding."""
    while data.startswith(b"\0\0\0\0", position):
        position += 4
    if not data.startswith(b"\xfd7zXZ\0", position):
        return None
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY), position


def lzma_alone(data: bytes, position: int) -> tuple[Decoder, int] | None:
    """Begin an old .lzma file; only one begins, at the start."""
    if position != 0 or not data:
        return None
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MOST_MEMORY), position


def lzma_in_zip(size: int | None) -> Begin:
    """Begin LZMA as ZIP stores it (APPNOTE 5.8.8); ``size`` is None when an end mark follows."""

    def begin(data: bytes, position: int) -> tuple[Decoder, int] | None:
        properties = data[position + 4 : position + 9]
        if len(properties) != 5:
            raise DamagedError("the LZMA properties are missing")
        return _with_header(properties, size), position + 9

    return begin


def lzip(data: bytes, position: int) -> tuple[Decoder, int] | None:
    """Begin a member of an lzip file; behind each one stand 20 bytes of checks."""
    if position:
        position += 20
    if not data.startswith(b"LZIP\x01", position) or len(data) < position + 6:
        return None
    coded = data[position + 5]
    dictionary = 1 << (coded & 0x1F)
    dictionary -= (dictionary // 16) * (coded >> 5)
    return _with_header(b"\x5d" + dictionary.to_bytes(4, "little"), None), position + 6


def zstd(data: bytes, position: int) -> tuple[Decoder, int] | None:
    """Begin a frame of Zstandard (RFC 8878), behind the frames that decoders skip (3.1.2)."""
    while data.startswith(b"\x2a\x4d\x18", position + 1) and data[position] & 0xF0 == 0x50:
        position += 8 + int.from_bytes(data[position + 4 : position + 8], "little")
    is_frame = data.startswith(b"\x28\xb5\x2f\xfd", position)
    return (_Zstd(), position) if is_frame else None


def _with_header(properties: bytes, size: int | None) -> Decoder:
    """A decoder of bare LZMA: it is given the header that the bytes do not have."""
    decoder = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MOST_MEMORY)
    length = (1 << 64) - 1 if size is None else size
    decoder.decompress(properties + length.to_bytes(8, "little"), 0)
    return decoder
