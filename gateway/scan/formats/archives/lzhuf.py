"""Unpacks what LHarc packed by -lh1-, its first method: repeats, and a Huffman tree that adapts.

7-Zip knows all later methods and lists the files; where they lie it does not tell.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.scan.formats.archives.backreference import repeat
from gateway.scan.formats.archives.inflate import Chunked, DamagedError

METHOD = b"-lh1-"
_WINDOW = 4096
_SHORTEST = 3
_SYMBOLS = 256 + 60 - _SHORTEST + 1
"""Every byte, and every length of a repeat."""
_NODES = 2 * _SYMBOLS - 1
_ROOT = _NODES - 1
_MOST_WEIGHT = 0x8000
_CHUNK = 1 << 14
_LONGEST_STEP = 64
_PLACE_BITS = ((3, 1), (4, 3), (5, 8), (6, 12), (7, 24), (8, 16))
"""How the upper six bits of a distance are written: so many codes of so many bits."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as its header tells of it; the packed bytes are those from ``body`` to ``stop``."""

    method: bytes
    size: int
    crc: int
    body: int
    stop: int


def entries(data: bytes) -> Iterator[Entry]:
    """The headers of an archive, of level 0, 1 and 2. Raises DamagedError."""
    position = 0
    while position + 24 <= len(data) and data[position]:
        entry = _entry(data, position)
        yield entry
        position = entry.stop


def opened(data: bytes, entry: Entry) -> Chunked:
    """The content of a file that is packed by this method."""
    return Chunked(_checked(decode(data[entry.body : entry.stop], entry.size), entry.crc))


def decode(packed: bytes, size: int) -> Iterator[bytes]:
    """Yield ``size`` bytes, a few at a time. Raises DamagedError."""
    bits, tree = _Bits(packed), Tree()
    # A repeat may reach back to before the first byte: blanks stand there.
    out = bytearray(b" " * _WINDOW)
    while size > 0:
        start = len(out)
        while len(out) - start < min(_CHUNK, size):
            symbol = tree.read(bits)
            if symbol < 256:
                out.append(symbol)
            else:
                repeat(out, _distance(bits), symbol - 256 + _SHORTEST)
        chunk = bytes(out[start : start + size])
        size -= len(chunk)
        yield chunk
        del out[:-_WINDOW]


class Tree:
    """The tree of symbols: every symbol that is read or written moves closer to the root.

    Nodes lie in the order of their weights, the two children of a node side by side.
    """

    def __init__(self) -> None:
        self._weights: list[int] = [1] * _SYMBOLS + [0] * (_SYMBOLS - 1) + [0xFFFF]
        self._children: list[int] = [*range(_NODES, _NODES + _SYMBOLS), *range(0, _ROOT, 2)]
        self._parents = [0] * (_NODES + _SYMBOLS)
        for node in range(_SYMBOLS, _NODES):
            child = self._children[node]
            self._weights[node] = self._weights[child] + self._weights[child + 1]
        self._connect()

    def read(self, bits: "_Bits") -> int:
        """The next symbol."""
        node = self._children[_ROOT]
        while node < _NODES:
            node = self._children[node + bits.read(1)]
        self.count(node - _NODES)
        return node - _NODES

    def code(self, symbol: int) -> str:
        """The bits that stand for a symbol now, as digits."""
        digits = ""
        node = self._parents[symbol + _NODES]
        while node != _ROOT:
            parent = self._parents[node]
            digits = str(node - self._children[parent]) + digits
            node = parent
        return digits

    def count(self, symbol: int) -> None:
        """Make a symbol weigh one more."""
        if self._weights[_ROOT] == _MOST_WEIGHT:
            self._halve()
        weights, parents = self._weights, self._parents
        node = parents[symbol + _NODES]
        while True:
            weight = weights[node] = weights[node] + 1
            if weight > weights[node + 1]:
                other = node + 1
                while weight > weights[other + 1]:
                    other += 1
                self._swap(node, other)
                node = other
            if node == _ROOT:
                return
            node = parents[node]

    def _swap(self, one: int, other: int) -> None:
        weights, children = self._weights, self._children
        weights[one], weights[other] = weights[other], weights[one]
        children[one], children[other] = children[other], children[one]
        self._adopt(one)
        self._adopt(other)

    def _adopt(self, node: int) -> None:
        child = self._children[node]
        self._parents[child] = node
        if child < _NODES:
            self._parents[child + 1] = node

    def _connect(self) -> None:
        for node in range(_NODES):
            self._adopt(node)

    def _halve(self) -> None:
        """Build the tree anew from its leaves, each of half the weight, so that it can grow on."""
        pairs = zip(self._weights, self._children, strict=False)
        nodes = [((weight + 1) // 2, child) for weight, child in pairs if child >= _NODES]
        for left in range(0, _ROOT, 2):
            weight = nodes[left][0] + nodes[left + 1][0]
            at = len(nodes)
            while weight < nodes[at - 1][0]:
                at -= 1
            nodes.insert(at, (weight, left))
        self._weights = [*(weight for weight, _ in nodes), 0xFFFF]
        self._children = [child for _, child in nodes]
        self._connect()


class _Bits:
    """Bits of bytes, the highest first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._held = 0
        self._count = 0

    def read(self, count: int) -> int:
        """The next ``count`` bits, eight at most, as a number."""
        if self._count < count:
            if self._position >= len(self._data):
                raise DamagedError("the compressed bytes end early")
            self._held = (self._held & 0xFF) << 8 | self._data[self._position]
            self._position += 1
            self._count += 8
        self._count -= count
        return self._held >> self._count & ((1 << count) - 1)


def _distance(bits: _Bits) -> int:
    code, first, before = 0, 0, 0
    length = 0
    for wanted, count in _PLACE_BITS:
        code = code << (wanted - length) | bits.read(wanted - length)
        first, length = first << (wanted - length), wanted
        if code - first < count:
            return ((before + code - first) << 6 | bits.read(6)) + 1
        first, before = first + count, before + count
    raise DamagedError("a distance that has no code")


def _entry(data: bytes, position: int) -> Entry:
    method = data[position + 2 : position + 7]
    packed, size = struct.unpack_from("<II", data, position + 7)
    level = data[position + 20]
    if level == 2:
        (length, crc) = struct.unpack_from("<H19xH", data, position)
        body = position + length
        return Entry(method, size, crc, body, body + packed)
    if level > 2:
        raise DamagedError(f"a header of level {level}")
    body = position + 2 + data[position]
    # Behind the name; what a level adds to the header comes after it.
    name_end = position + 22 + data[position + 21]
    crc = int.from_bytes(data[name_end : name_end + 2], "little")
    stop = body + packed
    if level == 1:
        body = _behind_extensions(data, body)
    return Entry(method, size, crc, body, stop)


def _behind_extensions(data: bytes, position: int) -> int:
    """Where the packed bytes begin: each extension states how long the next one is."""
    while length := int.from_bytes(data[position - 2 : position], "little"):
        position += length
        if position > len(data):
            raise DamagedError("a header ends early")
    return position


def _checked(chunks: Iterator[bytes], wanted: int) -> Iterator[bytes]:
    crc = 0
    for chunk in chunks:
        for byte in chunk:
            crc = crc >> 8 ^ _CRC_OF[(crc ^ byte) & 0xFF]
        yield chunk
    if crc != wanted:
        raise DamagedError("wrong checksum")


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC_OF = tuple(map(_crc_of, range(256)))
