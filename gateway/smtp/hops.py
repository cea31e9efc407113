"""How many servers a message has been through: one that has been through too many is in a loop."""

_HEADER_OCTETS = 1 << 20


def count_hops(message: memoryview) -> int:
    """The Received fields in the first mebibyte of the header (RFC 5321 6.3)."""
    start = b"\r\n" + bytes(message[:_HEADER_OCTETS])
    header, _, _ = start.partition(b"\r\n\r\n")
    return header.lower().count(b"\nreceived:")
