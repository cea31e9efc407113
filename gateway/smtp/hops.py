"""How many servers a message has been through: one that has been through too many is in a loop."""

import re

_HEADER_OCTETS = 1 << 20
_END = re.compile(rb"\r\n\r\n")


def header_of(message: memoryview) -> bytes:
    """The header, of which only the first mebibyte is looked at, with a CRLF on top."""
    if bytes(message[:2]) == b"\r\n":
        return b"\r\n"
    end = _END.search(message, 0, _HEADER_OCTETS)
    return b"\r\n" + bytes(message[: end.start() + 2 if end else _HEADER_OCTETS])


def count_hops(header: bytes) -> int:
    """The Received fields (RFC 5321 6.3)."""
    return header.lower().count(b"\nreceived:")
