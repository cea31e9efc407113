"""Writes what no library here packs: LZ4, Snappy, ALZ, and LZH of the first days."""

import bz2
import struct
import zlib
from collections.abc import Iterator

from gateway.scan.formats.archives import lzhuf

_LEGACY_BLOCK = 8 << 20


def lz4(data: bytes, *, block: int = 1 << 16, stored: bool = False, sums: bool = False) -> bytes:
    """One frame, whose blocks may repeat what stands in those before them."""
    flags = 0x40 | (0x14 if sums else 0) | 0x08
    frame = b"\x04\x22\x4d\x18" + bytes((flags, 0x40)) + struct.pack("<Q", len(data)) + b"\0"
    for start in range(0, len(data), block):
        stop = min(len(data), start + block)
        packed = data[start:stop] if stored else _lz4_block(data, start, stop)
        frame += struct.pack("<I", len(packed) | (1 << 31 if stored else 0)) + packed
        frame += b"sums" if sums else b""
    return frame + bytes(4) + (b"sums" if sums else b"")


def lz4_legacy(data: bytes) -> bytes:
    """The form that the first versions of the tool wrote, and kernels are packed in."""
    frame = b"\x02\x21\x4c\x18"
    for start in range(0, len(data), _LEGACY_BLOCK):
        piece = data[start : start + _LEGACY_BLOCK]
        packed = _lz4_block(piece, 0, len(piece))
        frame += struct.pack("<I", len(packed)) + packed
    return frame


def skipped(data: bytes) -> bytes:
    """A frame that every reader of LZ4 and Zstandard leaves out."""
    return b"\x53\x2a\x4d\x18" + struct.pack("<I", len(data)) + data


def _repeats(data: bytes, start: int, stop: int, window: int) -> Iterator[tuple[bytes, int, int]]:
    """Plain bytes, and the distance and length of the repeat behind them; no length at the end."""
    seen: dict[bytes, int] = {}
    for at in range(max(0, start - window), start):
        seen[data[at : at + 4]] = at
    plain = position = start
    while position < stop - 12:
        before = seen.get(data[position : position + 4], -window - 1)
        seen[data[position : position + 4]] = position
        length = 0
        if position - before <= window:
            while position + length < stop - 5 and data[before + length] == data[position + length]:
                length += 1
        if length < 4:
            position += 1
            continue
        yield data[plain:position], position - before, length
        plain = position = position + length
    yield data[plain:stop], 0, 0


def _lz4_block(data: bytes, start: int, stop: int) -> bytes:
    packed = bytearray()
    for plain, distance, length in _repeats(data, start, stop, 65_535):
        more = max(0, length - 4)
        packed.append(min(len(plain), 15) << 4 | min(more, 15))
        packed += _lz4_length(len(plain)) + plain
        if length:
            packed += struct.pack("<H", distance) + _lz4_length(more)
    return bytes(packed)


def _lz4_length(length: int) -> bytes:
    return b"\xff" * ((length - 15) // 255) + bytes(((length - 15) % 255,)) if length > 14 else b""


def snappy(data: bytes, *, plain: bool = False) -> bytes:
    """The framing format; checksums are left empty."""
    framed = b"\xff\x06\0\0sNaPpY" + b"\xfe\x03\0\0pad"
    for start in range(0, len(data), 1 << 16):
        piece = data[start : start + (1 << 16)]
        body = bytes(4) + (piece if plain else _snappy_block(piece))
        framed += bytes((plain,)) + struct.pack("<I", len(body))[:3] + body
    return framed


def _snappy_block(data: bytes) -> bytes:
    length = len(data)
    packed = bytearray()
    while length > 127:
        packed.append(length & 0x7F | 0x80)
        length >>= 7
    packed.append(length)
    for plain, distance, repeated in _repeats(data, 0, len(data), 65_535):
        if plain:
            packed += _snappy_literal(plain)
        for count in _pieces(repeated, 64):
            if 4 <= count <= 11 and distance < 2048:
                packed += bytes((distance >> 8 << 5 | (count - 4) << 2 | 1, distance & 255))
            else:
                packed += bytes(((count - 1) << 2 | 2,)) + struct.pack("<H", distance)
    return bytes(packed)


def _pieces(length: int, most: int) -> Iterator[int]:
    """Lengths that together make ``length``, none shorter than three where there are several."""
    while length > most + 2:
        yield most
        length -= most
    if length > most:
        yield 3
        length -= 3
    if length:
        yield length


def _snappy_literal(plain: bytes) -> bytes:
    length = len(plain) - 1
    if length < 60:
        return bytes((length << 2,)) + plain
    return bytes((61 << 2,)) + struct.pack("<H", length) + plain


def alz(files: dict[str, bytes], method: int = 2, *, locked: bool = False, width: int = 4) -> bytes:
    """An archive of ALZip; ``method`` is 0 for stored, 1 for bzip2, 2 for deflate."""
    archive = b"ALZ\x01\x0a\0\0\0"
    for name, data in files.items():
        packed = {0: data, 1: bz2.compress(data), 2: zlib.compress(data)[2:-4]}.get(method, data)
        sizes = len(packed).to_bytes(width, "little") + len(data).to_bytes(width, "little")
        own = name.encode("cp949")
        archive += b"BLZ\x01" + struct.pack("<HBIBB", len(own), 0x20, 0, width << 4 | locked, 0)
        archive += struct.pack("<BBI", method, 0, zlib.crc32(data)) + sizes + own
        archive += (bytes(12) if locked else b"") + packed
    return archive + b"CLZ\x01" + bytes(8) + b"CLZ\x02"


def lzh(files: dict[str, bytes], level: int = 1) -> bytes:
    """An archive of LHarc, packed by -lh1- with headers of a level from 0 to 2."""
    return b"".join(_lzh_file(name.encode(), data, level) for name, data in files.items()) + b"\0"


def _lzh_file(name: bytes, data: bytes, level: int) -> bytes:
    packed, crc = lh1(data), _crc16(data)
    extra = b"\x03\0\0" if level == 1 else b""
    sizes = struct.pack("<II", len(packed) + len(extra), len(data))
    head = lzhuf.METHOD + sizes + bytes(4) + b"\x20" + bytes((level,))
    if level == 2:
        extension = struct.pack("<HB", len(name) + 3, 1) + name
        head += struct.pack("<H", crc) + b"U" + extension + b"\0\0"
        return struct.pack("<H", len(head) + 2) + head + packed
    head += bytes((len(name),)) + name + struct.pack("<H", crc)
    if level == 1:
        head += b"U" + struct.pack("<H", len(extra))
        extra = b"\0" + extra[1:]
    return bytes((len(head), sum(head) & 0xFF)) + head + extra + packed


def lh1(data: bytes) -> bytes:
    """Bytes and repeats, written by a tree that adapts as the reader's does."""
    tree, bits = lzhuf.Tree(), ""
    for plain, distance, length in _repeats(data, 0, len(data), 4_000):
        symbols = [(byte, 0) for byte in plain]
        symbols += [(256 - 3 + count, distance) for count in _pieces(length, 57)]
        for symbol, back in symbols:
            bits += tree.code(symbol)
            tree.count(symbol)
            bits += _lh1_distance(back - 1) if back else ""
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0") or "0", 2).to_bytes(-(-len(bits) // 8))


def _lh1_distance(distance: int) -> str:
    code = width = 0
    left = distance >> 6
    for length, count in ((3, 1), (4, 3), (5, 8), (6, 12), (7, 24), (8, 16)):
        code, width = code << (length - width), length
        if left < count:
            return f"{code + left:0{length}b}{distance & 63:06b}"
        code, left = code + count, left - count
    raise ValueError(distance)


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
