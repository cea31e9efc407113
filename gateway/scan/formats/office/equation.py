"""Tells an equation from an attack on the old equation editor (CVE-2017-11882 and its kin).

The editor copies the name of a font into 40 bytes; honest names are shorter.
Source: the description of MTEF 3 by its makers, and of its header in an OLE object.
"""

import re

_HEADER = b"\x1c\x00"
_HEADER_BYTES = 28
_MAKERS = re.compile(rb"[\x01-\x05][\x00\x01][\x00\x01]")
"""Version, platform and product, as the two programs write them that there ever were."""
_FONT = re.compile(rb"\x08[\s\S]{2}([^\0]{40,})")
_COMMAND = re.compile(
    rb"(?i)\b(?:cmd(?:\.exe)?\s|mshta|powershell|certutil|wscript|regsvr32|https?://)|\\\\\d"
)


def what_is_wrong(native: bytes) -> str:
    """Why the editor would be broken by ``native``; "" for an honest equation."""
    command = _COMMAND.search(native)
    if command is not None:
        return f"it holds a command: {native[command.start() : command.start() + 80]!r}"
    # Office 95 left equations without the header that comes before them in a stream of their own.
    body = native[_HEADER_BYTES:] if native.startswith(_HEADER) else native
    if not _MAKERS.match(body):
        return f"it does not begin as an equation does: {native[:16].hex()}"
    name = _FONT.search(body, 5)
    if name is not None:
        return f"the name of a font is {len(name[1])} bytes long: {name[1][:60]!r}"
    return ""
