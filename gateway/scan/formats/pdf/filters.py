"""Undoes the filters of PDF streams (ISO 32000-1, 7.4), within bounds."""

import zlib
from collections.abc import Callable, Mapping

from gateway.scan.formats.pdf.values import from_hex

MOST_BYTES = 16 << 20
"""Of one stream, after each filter."""


class UnreadError(Exception):
    """Bytes that a viewer might read and we could not."""


class UnknownError(UnreadError):
    """A way of storing that is left to qpdf."""


def inflated(data: bytes) -> bytes:
    """FlateDecode. What stands before an error counts, as it does for viewers."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        decoder = zlib.decompressobj(window)
        found = bytearray()
        for start in range(0, len(data), 1024):
            try:
                found += decoder.decompress(data[start : start + 1024], MOST_BYTES)
            except zlib.error:
                break
            if len(found) > MOST_BYTES or decoder.unconsumed_tail:
                raise UnreadError(f"more than {MOST_BYTES >> 20} MiB")
        if found or decoder.eof:
            return bytes(found)
    raise UnreadError("damaged compression")


def _hexadecimal(data: bytes) -> bytes:
    return from_hex(data.partition(b">")[0])


def _ascii85(data: bytes) -> bytes:
    found = bytearray()
    group: list[int] = []
    for byte in data.removeprefix(b"<~"):
        if byte == 0x7E:
            break
        if byte == 0x7A and not group:
            found += bytes(4)
        elif 0x21 <= byte <= 0x75:
            group.append(byte - 0x21)
        if len(group) == 5:
            found += _four(group)
            group = []
    if len(group) > 1:
        found += _four([*group, *[84] * (5 - len(group))])[: len(group) - 1]
    return bytes(found)


def _four(digits: list[int]) -> bytes:
    number = 0
    for digit in digits:
        number = number * 85 + digit
    return (number & 0xFFFFFFFF).to_bytes(4, "big")


def _run_length(data: bytes) -> bytes:
    found = bytearray()
    position = 0
    while position < len(data) and data[position] != 128:
        length = data[position]
        if length < 128:
            found += data[position + 1 : position + 2 + length]
            position += 2 + length
        else:
            found += data[position + 1 : position + 2] * (257 - length)
            position += 2
        if len(found) > MOST_BYTES:
            raise UnreadError(f"more than {MOST_BYTES >> 20} MiB")
    return bytes(found)


FILTERS: Mapping[str, Callable[[bytes], bytes]] = {
    "FlateDecode": inflated,
    "Fl": inflated,
    "ASCIIHexDecode": _hexadecimal,
    "AHx": _hexadecimal,
    "ASCII85Decode": _ascii85,
    "A85": _ascii85,
    "RunLengthDecode": _run_length,
    "RL": _run_length,
}
"""By name, and by the short name of inline images. LZW and encryption are left to qpdf."""
