"""Write a small OLE compound file ([MS-CFB], whose section numbers stand below)."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_SECTOR = 512
_MINI_SECTOR = 64
_MINI_CUTOFF = 4096
_END_OF_CHAIN = 0xFFFFFFFE
_FAT_SECTOR = 0xFFFFFFFD
_NO_STREAM = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MOST_TABLE_SECTORS = 109
_FREE_ENTRY = bytes(68) + b"\xff" * 12 + bytes(48)


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with ``streams``, each named by its path: ``VBA/dir``."""
    nodes = _tree(streams)
    mini_fat = _place_mini_streams(nodes)
    directory_bytes = -(-len(nodes) * 128 // _SECTOR) * _SECTOR
    large = [node for node in nodes if node.data and not node.is_mini]
    sector = (directory_bytes + len(mini_fat)) // _SECTOR
    for node in large:
        node.start = sector
        sector += -(-len(node.data) // _SECTOR)
    directory = b"".join(node.entry() for node in nodes)
    directory += _FREE_ENTRY * ((directory_bytes - len(directory)) // 128)
    regions = [directory, mini_fat, *(node.data for node in large)]
    body = b"".join(_padded(region, _SECTOR) for region in regions)
    fat = _fat(regions)
    return _header(len(body), fat, mini_fat, directory_bytes // _SECTOR) + body + fat


@dataclass(slots=True)
class _Node:
    name: str
    kind: int
    data: bytes = b""
    start: int = 0
    children: list[int] = field(default_factory=list)
    left: int = _NO_STREAM
    right: int = _NO_STREAM
    child: int = _NO_STREAM

    @property
    def is_mini(self) -> bool:
        return self.kind == _STREAM and 0 < len(self.data) < _MINI_CUTOFF

    def entry(self) -> bytes:
        """The directory entry (2.6.1): 128 bytes."""
        name = self.name.encode("utf-16-le")
        start = self.start if self.data else 0 if self.kind == _STORAGE else _END_OF_CHAIN
        black = 1
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            name,
            len(name) + 2,
            self.kind,
            black,
            self.left,
            self.right,
            self.child,
            b"",
            0,
            0,
            0,
            start,
            len(self.data),
        )


def _tree(streams: Mapping[str, bytes]) -> list[_Node]:
    nodes = [_Node("Root Entry", _ROOT)]
    places: dict[str, int] = {"": 0}
    for path, data in streams.items():
        parent = ""
        *storages, name = path.split("/")
        for storage in storages:
            below = f"{parent}/{storage}"
            if below not in places:
                places[below] = _add(nodes, places[parent], _Node(storage, _STORAGE))
            parent = below
        _add(nodes, places[parent], _Node(name, _STREAM, data))
    for node in nodes:
        # 2.6.4: siblings are ordered by the length of the name, then by its capitals.
        order = sorted(node.children, key=lambda i: (len(nodes[i].name), nodes[i].name.upper()))
        node.child = _balance(nodes, order)
    return nodes


def _add(nodes: list[_Node], parent: int, node: _Node) -> int:
    nodes.append(node)
    nodes[parent].children.append(len(nodes) - 1)
    return len(nodes) - 1


def _place_mini_streams(nodes: list[_Node]) -> bytes:
    """Put every short stream into the stream of the root, and give the FAT of that."""
    short = [node for node in nodes if node.is_mini]
    place = 0
    for node in short:
        node.start = place
        place += -(-len(node.data) // _MINI_SECTOR)
    nodes[0].data = b"".join(_padded(node.data, _MINI_SECTOR) for node in short)
    chains = _chains([node.data for node in short], _MINI_SECTOR)
    return _padded(b"".join(chains), _SECTOR, b"\xff")


def _balance(nodes: list[_Node], order: list[int]) -> int:
    if not order:
        return _NO_STREAM
    middle = len(order) // 2
    node = nodes[order[middle]]
    node.left = _balance(nodes, order[:middle])
    node.right = _balance(nodes, order[middle + 1 :])
    return order[middle]


def _chains(regions: list[bytes], sector: int) -> Iterator[bytes]:
    place = 0
    for region in regions:
        count = -(-len(region) // sector)
        if count:
            links = [*range(place + 1, place + count), _END_OF_CHAIN]
            yield struct.pack(f"<{count}I", *links)
        place += count


def _fat(regions: list[bytes]) -> bytes:
    links = b"".join(_chains(regions, _SECTOR))
    count = 1
    while len(links) + 4 * count > count * _SECTOR:
        count += 1
    links += struct.pack("<I", _FAT_SECTOR) * count
    return _padded(links, _SECTOR, b"\xff")


def _header(body_bytes: int, fat: bytes, mini_fat: bytes, directory_sectors: int) -> bytes:
    """The header (2.2) of a version 3 file: its body, then its FAT, which 109 sectors hold."""
    fat_at = body_bytes // _SECTOR
    fat_sectors = range(fat_at, fat_at + len(fat) // _SECTOR)
    if len(fat_sectors) > _MOST_TABLE_SECTORS:
        raise ValueError(f"{body_bytes} bytes do not fit into a small compound file")
    mini_sectors = len(mini_fat) // _SECTOR
    fixed = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        len(fat_sectors),
        0,
        0,
        _MINI_CUTOFF,
        directory_sectors if mini_sectors else _END_OF_CHAIN,
        mini_sectors,
        _END_OF_CHAIN,
        0,
        *fat_sectors[:1],
    )
    rest = struct.pack(f"<{len(fat_sectors) - 1}I", *fat_sectors[1:])
    return _padded(fixed + rest, _SECTOR, b"\xff")


def _padded(data: bytes, size: int, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % size)
