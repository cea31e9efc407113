"""What the header of a program says of it, in words: for whom it is made, and how it is packed."""

import struct
from collections.abc import Iterator

from gateway.scan.formats.kindnames import in_words
from gateway.scan.kinds import Kind

_MACHINES = {0x14C: "32 bit", 0x8664: "64 bit", 0xAA64: "ARM", 0x1C0: "ARM", 0x1C4: "ARM"}
_SUBSYSTEMS = {1: "driver", 2: "window", 3: "console"}
_DLL, _SIGNATURE, _DOT_NET = 0x2000, 4, 14
_PACKERS = {
    b"UPX": "UPX", b".aspack": "ASPack", b".petite": "Petite", b".MPRESS": "MPRESS",
    b".vmp": "VMProtect", b".themida": "Themida", b".nsp": "NsPack", b".ndata": "NSIS",
    b"PEC2": "PECompact", b".enigma": "Enigma",
}  # fmt: skip
_MOST_SECTIONS = 96
_ORIGINAL_NAME = "OriginalFilename\0".encode("utf-16-le")
_PACKED_SCRIPT = b"MEI\014\013\012\013\016"
"""The cookie by which PyInstaller finds the scripts that it appended to its own interpreter."""
_ELF_MACHINES = {3: "32 bit", 8: "MIPS", 20: "PowerPC", 40: "ARM", 62: "64 bit", 183: "ARM 64 bit"}
_MACHO_MACHINES = {7: "32 bit", 0x01000007: "64 bit", 0x0100000C: "ARM 64 bit", 18: "PowerPC"}


def carries_script(data: bytes) -> bool:
    """Whether a program is an interpreter with scripts packed behind it."""
    return _PACKED_SCRIPT in data[-(1 << 16) :]


def describe(data: bytes, kind: Kind) -> str:
    """A few words for an administrator; never empty."""
    try:
        words = list(_words(data, kind))
    except struct.error:
        words = ["a program with a damaged header"]
    if carries_script(data):
        words.append("carries packed scripts")
    return ", ".join(words)


def _words(data: bytes, kind: Kind) -> Iterator[str]:
    match kind:
        case Kind.PE:
            yield from _windows(data)
        case Kind.ELF:
            order = ">" if data[5:6] == b"\x02" else "<"
            (machine,) = struct.unpack_from(f"{order}H", data, 18)
            yield _for("Linux", _ELF_MACHINES.get(machine))
        case Kind.MACHO:
            order = "<" if data[3:4] == b"\xfe" else ">"
            (machine,) = struct.unpack_from(f"{order}I", data, 4)
            is_universal = data[:1] == b"\xca"
            yield _for("macOS", None if is_universal else _MACHO_MACHINES.get(machine))
        case Kind.JAVA_CLASS | Kind.JAR:
            yield "a program for Java"
        case Kind.MSI:
            yield "a package for Windows Installer"
        case _:
            yield f"by its name; it is {in_words((kind,))}"


def _for(system: str, machine: str | None) -> str:
    return f"a program for {system}" + (f" ({machine})" if machine else "")


def _windows(data: bytes) -> Iterator[str]:
    """The COFF and optional header of a Windows program (PE format, Microsoft)."""
    (header,) = struct.unpack_from("<I", data, 60)
    if data[header : header + 4] != b"PE\0\0":
        yield "a program for DOS"
        return
    fields = struct.unpack_from("<HHIIIHH", data, header + 4)
    machine, sections, optional_size, flags = fields[0], fields[1], fields[5], fields[6]
    optional = header + 24
    (magic,) = struct.unpack_from("<H", data, optional)
    (subsystem,) = struct.unpack_from("<H", data, optional + 68)
    what = "a library" if flags & _DLL else "a program"
    details = [_MACHINES.get(machine, ""), _SUBSYSTEMS.get(subsystem, "")]
    yield f"{what} for Windows ({', '.join(filter(None, details)) or 'unknown machine'})"
    directories = optional + (112 if magic == 0x20B else 96)
    if _has_directory(data, directories, _DOT_NET):
        yield ".NET"
    if _has_directory(data, directories, _SIGNATURE):
        yield "signed, which was not checked"
    yield from _packed(data, optional + optional_size, min(sections, _MOST_SECTIONS))
    original = _original_name(data)
    if original:
        yield f"made as {original}"


def _has_directory(data: bytes, directories: int, number: int) -> bool:
    place, size = struct.unpack_from("<II", data, directories + 8 * number)
    return bool(place and size)


def _packed(data: bytes, table: int, count: int) -> Iterator[str]:
    """What packed it, by the names of its sections, and how much stands behind the last one."""
    end = 0
    packers: dict[str, None] = {}
    for at in range(table, table + 40 * count, 40):
        name, _, _, size, place = struct.unpack_from("<8sIIII", data, at)
        end = max(end, place + size)
        packers.update((word, None) for mark, word in _PACKERS.items() if name.startswith(mark))
    yield from (f"packed by {packer}" for packer in packers)
    if end and len(data) > end + 1024:
        yield f"{len(data) - end} bytes behind its end"


def _original_name(data: bytes) -> str:
    """The name that its maker gave the file, from its version resource."""
    at = data.find(_ORIGINAL_NAME)
    if at < 0:
        return ""
    start = at + len(_ORIGINAL_NAME)
    text = data[start : start + 160].decode("utf-16-le", "replace").lstrip("\0")
    return "".join(c for c in text.partition("\0")[0] if c.isprintable())[:60]
