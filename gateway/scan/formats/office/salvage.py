"""Unpacks deflated bytes that may be broken, as far as any reader could get."""

import zlib
from collections.abc import Iterator
from contextlib import suppress

from gateway.scan.formats.archives.inflate import Chunked, DamagedError, Limited

_HEADER = 2
_CHECKSUM = 4
_SLICE = 1 << 16


class Salvaged:
    """``size`` bytes of what is packed with a header and a checksum (RFC 1950).

    The checksum does not count, and a repeat of what was never there gives zeros: whoever unpacks
    the same bytes sees no more. Where the codes themselves make no sense, that is DamagedError.
    """

    def __init__(self, packed: bytes, size: int) -> None:
        self._inner = Limited(Chunked(self._pieces(packed)), size)
        self._size = size
        self._seen_size = 0
        self._seen_sum = 1
        self._behind = b""

    @property
    def is_whole(self) -> bool:
        """Whether length and checksum came out as stated; the checksum may be cut off."""
        checksum = self._behind[:_CHECKSUM]
        is_right = len(checksum) < _CHECKSUM or int.from_bytes(checksum) == self._seen_sum
        return self._seen_size == self._size and is_right

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; b"" at the end."""
        chunk = self._inner.read(size)
        self._seen_size += len(chunk)
        self._seen_sum = zlib.adler32(chunk, self._seen_sum)
        return chunk

    def _pieces(self, packed: bytes) -> Iterator[bytes]:
        # What a repeat may reach back to before the first byte: as far as deflate can.
        decoder = zlib.decompressobj(-zlib.MAX_WBITS, zdict=bytes(1 << 15))
        packed = packed[_HEADER:]
        while not decoder.eof:
            before = decoder.copy()
            try:
                chunk = decoder.decompress(packed, _SLICE)
            except zlib.error as error:
                yield from _one_by_one(before, packed)
                raise DamagedError(str(error)) from error
            packed, self._behind = decoder.unconsumed_tail, decoder.unused_data
            if not chunk:
                return
            yield chunk


def _one_by_one(decoder: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """Every byte up to the error; a bigger piece would be lost with it."""
    with suppress(zlib.error):
        while chunk := decoder.decompress(packed, 1):
            packed = decoder.unconsumed_tail
            yield chunk
