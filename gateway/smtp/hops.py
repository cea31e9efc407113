"""How many servers a message has been through: one that has been through too many is in a loop."""

import re

_HEADER_OCTETS = 1 << 20
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)


def count_hops(message: memoryview) -> int:
    """The Received fields in the first mebibyte of the header (RFC 5321 6.3)."""
    start = bytes(message[:_HEADER_OCTETS])
    if start.startswith(b"\r\n"):
        return 0
    header, _, _ = start.partition(b"\r\n\r\n")
    return len(_RECEIVED.findall(header))
