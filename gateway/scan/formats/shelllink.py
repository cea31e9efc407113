"""Reads Windows shortcuts ([MS-SHLLINK]): where they lead, with which arguments, and what follows.

Every length is bounded by the file itself, and a damaged part ends the reading: what was read until
then is given, since Windows follows such shortcuts as well.
"""

import struct
from dataclasses import dataclass

_HEADER = 76
_HAS_TARGETS, _HAS_LINK_INFO = 0x1, 0x2
_UNICODE = 0x80
_STRINGS = (
    (0x04, "description"),
    (0x08, "relative_path"),
    (0x10, "folder"),
    (0x20, "arguments"),
    (0x40, "icon"),
)
"""Flag and name of each counted string, in the order in which they are stored."""
_LOCAL, _NETWORK = 0x1, 0x2
_ENVIRONMENT, _ICON_ENVIRONMENT = 0xA0000001, 0xA0000007
_BLOCK_TEXTS = {_ENVIRONMENT: "expanded", _ICON_ENVIRONMENT: "expanded_icon"}
_ANSI_ROOM = 260
_SMALLEST_BLOCK = 4


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a shortcut says; "" for what it does not."""

    description: str = ""
    relative_path: str = ""
    folder: str = ""
    arguments: str = ""
    icon: str = ""
    local_path: str = ""
    network_path: str = ""
    """The target on a share, ``\\\\server\\share\\file``."""
    expanded: str = ""
    """A target with variables, ``%COMSPEC%``; it goes before every other."""
    expanded_icon: str = ""
    items: str = ""
    """The printable text of the list of items that leads to the target."""
    end: int = _HEADER
    """Where the last part of it ends."""
    is_whole: bool = True
    """False when it ends in the middle of a part."""

    @property
    def target(self) -> str:
        """The most telling of the places that it says it leads to."""
        places = (
            self.expanded,
            self.local_path,
            self.network_path,
            self.relative_path,
            self.items,
        )
        return next(filter(None, places), "")


def read(data: bytes) -> Shortcut:
    """Read as much as is there."""
    said: dict[str, str] = {}
    try:
        end = _read(data, said)
    except struct.error:
        end = len(data) + 1
    return Shortcut(**said, end=min(end, len(data)), is_whole=end <= len(data))


def _read(data: bytes, said: dict[str, str]) -> int:
    """Put what is there into ``said``, and return where the last part ends."""
    (flags,) = struct.unpack_from("<I", data, 20)
    at = _HEADER
    if flags & _HAS_TARGETS:
        (size,) = struct.unpack_from("<H", data, at)
        said["items"] = _items(data[at + 2 : at + 2 + size])
        at += 2 + size
    if flags & _HAS_LINK_INFO:
        (size,) = struct.unpack_from("<I", data, at)
        _link_info(data[at : at + size], said)
        at += max(size, 4)
    at = _strings(data, at, flags, said)
    return _blocks(data, at, said)


def _items(listed: bytes) -> str:
    """Names in the list, without the binary around them: the long ones are in UTF-16."""
    wide = listed.decode("utf-16-le", "replace"), listed[1:].decode("utf-16-le", "replace")
    runs = [run for text in wide for run in _runs(text)]
    return "\\".join(runs or _runs(listed.decode("latin-1")))[:1000]


def _runs(text: str) -> list[str]:
    """Runs of four or more characters as file names have them."""
    shown = "".join(c if c.isascii() and c.isprintable() else "\0" for c in text)
    return [run for run in shown.split("\0") if len(run) >= 4]


def _link_info(info: bytes, said: dict[str, str]) -> None:
    """Volume and path, or share and path (2.3); the wide copies go before the narrow ones."""
    if len(info) < 28:
        return
    header, flags, _, local, network, suffix = struct.unpack_from("<6I", info, 4)
    is_wide = header >= 36 and len(info) >= 36
    wide_local, wide_suffix = struct.unpack_from("<2I", info, 28) if is_wide else (0, 0)
    rest = _wide(info, wide_suffix) or _narrow(info, suffix)
    if flags & _LOCAL:
        said["local_path"] = (_wide(info, wide_local) or _narrow(info, local)) + rest
    if flags & _NETWORK and network + 12 <= len(info):
        (name,) = struct.unpack_from("<I", info, network + 8)
        said["network_path"] = "\\".join((_narrow(info, network + name), rest))


def _narrow(data: bytes, at: int) -> str:
    return data[at : data.find(b"\0", at)].decode("cp1252", "replace") if 0 < at < len(data) else ""


def _wide(data: bytes, at: int) -> str:
    if not 0 < at < len(data):
        return ""
    return data[at:].decode("utf-16-le", "replace").partition("\0")[0]


def _strings(data: bytes, at: int, flags: int, said: dict[str, str]) -> int:
    width = 2 if flags & _UNICODE else 1
    encoding = "utf-16-le" if flags & _UNICODE else "cp1252"
    for flag, name in _STRINGS:
        if flags & flag:
            (count,) = struct.unpack_from("<H", data, at)
            said[name] = data[at + 2 : at + 2 + count * width].decode(encoding, "replace")
            at += 2 + count * width
    return at


def _blocks(data: bytes, at: int, said: dict[str, str]) -> int:
    """The blocks at the end (2.5), up to the one that ends them."""
    while at + 4 <= len(data):
        (size,) = struct.unpack_from("<I", data, at)
        if size < _SMALLEST_BLOCK:
            return at + 4
        signature = int.from_bytes(data[at + 4 : at + 8], "little")
        if signature in _BLOCK_TEXTS:
            body = data[at + 8 : at + size]
            said[_BLOCK_TEXTS[signature]] = _wide(body, _ANSI_ROOM) or _ansi(body)
        at += size
    return at


def _ansi(body: bytes) -> str:
    return body[:_ANSI_ROOM].partition(b"\0")[0].decode("cp1252", "replace")
