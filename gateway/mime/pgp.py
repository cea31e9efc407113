"""What a PGP file holds, by its first packet (RFC 9580 4)."""

import re
from enum import Enum, auto

from gateway.mime import radix64

# The armour header may have fields; an empty line ends them, the checksum begins with "=".
_ARMOUR = re.compile(
    rb"\s*-----BEGIN PGP ([A-Z ,/0-9]{1,40})-----[^\r\n]*(?:\r?\n|\r)"
    rb"(?:[A-Za-z-]{1,40}: [^\r\n]*(?:\r?\n|\r))*([^-]*)"
)


class Content(Enum):
    """What is inside."""

    FOR_A_KEY = auto()
    FOR_A_PASSWORD = auto()
    PACKED = auto()
    """Content that needs no key: signed, compressed or plain."""
    NONE = auto()
    """A key, or a signature of something else."""


_BY_TAG = {
    1: Content.FOR_A_KEY,
    3: Content.FOR_A_PASSWORD,
    4: Content.PACKED,
    8: Content.PACKED,
    9: Content.FOR_A_PASSWORD,
    11: Content.PACKED,
    18: Content.FOR_A_PASSWORD,
    20: Content.FOR_A_PASSWORD,
    2: Content.NONE,
    5: Content.NONE,
    6: Content.NONE,
}


def content_of(data: bytes) -> Content:
    """Say what a PGP file holds, armoured or not; what we do not know counts as packed."""
    armour = _ARMOUR.match(data)
    if armour is not None:
        if not armour[1].startswith(b"MESSAGE"):
            return Content.NONE
        data = next(radix64.readings(armour[2]))
    if not data or not data[0] & 0x80:
        return Content.PACKED
    tag = data[0] & 0x3F if data[0] & 0x40 else (data[0] & 0x3F) >> 2
    return _BY_TAG.get(tag, Content.PACKED)
