"""Windows shortcuts ([MS-SHLLINK]) that lead to nothing."""

import struct

_HEAD = bytes.fromhex("4c0000000114020000000000c000000000000046")
_FLAGS = {
    "description": 0x04,
    "relative_path": 0x08,
    "folder": 0x10,
    "arguments": 0x20,
    "icon": 0x40,
}


def shortcut(
    *, local_path: str = "", share: str = "", expanded: str = "", tail: bytes = b"", **texts: str
) -> bytes:
    flags = 0x80 | sum(_FLAGS[name] for name in texts)
    info = b""
    if local_path or share:
        flags |= 0x02
        info = _link_info(local_path.encode("cp1252"), share.encode("cp1252"))
    strings = b"".join(_counted(texts[name]) for name in _FLAGS if name in texts)
    block = b""
    if expanded:
        flags |= 0x200
        block = struct.pack("<II", 0x314, 0xA0000001)
        block += expanded.encode("cp1252").ljust(260, b"\0")
        block += expanded.encode("utf-16-le").ljust(520, b"\0")
    head = (_HEAD + struct.pack("<I", flags)).ljust(76, b"\0")
    return head + info + strings + block + bytes(4) + tail


def _link_info(local: bytes, share: bytes) -> bytes:
    local_at = 28
    network_at = local_at + len(local) + 1
    network = struct.pack("<5I", 20 + len(share) + 1, 0, 20, 0, 0) + share + b"\0"
    suffix_at = network_at + len(network)
    flags = (0x1 if local else 0) | (0x2 if share else 0)
    body = local + b"\0" + network + b"\0"
    head = struct.pack("<7I", 28 + len(body), 28, flags, 0, local_at, network_at, suffix_at)
    return head + body


def _counted(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")
