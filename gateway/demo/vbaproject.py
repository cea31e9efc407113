"""Write a VBA project that readers take for a real one ([MS-OVBA])."""

import struct
from collections.abc import Iterator, Mapping

from gateway.scan.formats.office.compoundwriter import compound_file

_BLOCK = 4096


def vba_project(modules: Mapping[str, str]) -> bytes:
    """A ``vbaProject.bin`` with the source of each module, as Office writes it under its cache."""
    streams = {
        "PROJECT": _project_text(modules),
        "VBA/_VBA_PROJECT": bytes.fromhex("cc61ffff000000"),
        "VBA/dir": compress(_dir_records(modules)),
    }
    for name, source in modules.items():
        head = f'Attribute VB_Name = "{name}"\r\n'
        streams[f"VBA/{name}"] = compress((head + source).encode("cp1252"))
    return compound_file(streams)


def compress(data: bytes) -> bytes:
    """A compressed container without any back reference (2.4.1)."""
    return b"\x01" + b"".join(_chunks(data))


def _chunks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        tokens = b"".join(b"\0" + block[i : i + 8] for i in range(0, len(block), 8))
        if len(tokens) <= _BLOCK:
            yield struct.pack("<H", 0xB000 | (len(tokens) - 1)) + tokens
        else:
            # A raw chunk has 4,096 bytes, always; spaces at the end of a line mean nothing in VBA.
            yield struct.pack("<H", 0x3000 | (_BLOCK - 1)) + block.ljust(_BLOCK)


def _project_text(modules: Mapping[str, str]) -> bytes:
    lines = ['ID="{00000000-0000-0000-0000-000000000000}"']
    lines += [f"Module={name}" for name in modules]
    lines += ['Name="Project"', 'HelpContextID="0"', "", "[Host Extender Info]", ""]
    return "\r\n".join(lines).encode("cp1252")


def _dir_records(modules: Mapping[str, str]) -> bytes:
    """The records of the dir stream (2.3.4.2), in the order that is asked for."""
    records = [
        _record(0x01, struct.pack("<I", 3)),
        _record(0x02, struct.pack("<I", 0x409)),
        _record(0x14, struct.pack("<I", 0x409)),
        _record(0x03, struct.pack("<H", 1252)),
        _record(0x04, b"Project"),
        _record(0x05) + _record(0x40),
        _record(0x06) + _record(0x3D),
        _record(0x07, bytes(4)),
        _record(0x08, bytes(4)),
        struct.pack("<HIIH", 0x09, 4, 1, 0),
        _record(0x0C) + _record(0x3C),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, b"\xff\xff"),
    ]
    for name in modules:
        narrow, wide = name.encode("cp1252"), name.encode("utf-16-le")
        records += [
            _record(0x19, narrow) + _record(0x47, wide),
            _record(0x1A, narrow) + _record(0x32, wide),
            _record(0x1C) + _record(0x48),
            _record(0x31, bytes(4)),
            _record(0x1E, bytes(4)),
            _record(0x2C, b"\xff\xff"),
            _record(0x21) + _record(0x2B),
        ]
    return b"".join(records) + _record(0x10)


def _record(identifier: int, value: bytes = b"") -> bytes:
    return struct.pack("<HI", identifier, len(value)) + value
