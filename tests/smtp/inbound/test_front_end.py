import socket
import struct

import pytest

from gateway.smtp.inbound.front_end import (
    Forwarded,
    Proxied,
    ProxyError,
    parse_attributes,
    parse_proxy,
)
from gateway.smtp.replies import BAD_ATTRIBUTE

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v2(command: int, family: int, rest: bytes) -> bytes:
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack("!H", len(rest)) + rest


IPV4 = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2") + b"\0\1\0\2"
IPV6 = socket.inet_pton(socket.AF_INET6, "2001:db8::1") * 2 + b"\0\1\0\2"


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n", "192.0.2.1"),
        (b"PROXY TCP6 2001:DB8::1 ::1 1 25\r\n", "2001:db8::1"),
        (b"PROXY UNKNOWN\r\n", ""),
        (b"PROXY UNKNOWN ffff::1 ::1 1 25\r\n", ""),
        (v2(1, 0x11, IPV4), "192.0.2.1"),
        (v2(1, 0x11, IPV4 + b"\4\0\3abc"), "192.0.2.1"),
        (v2(1, 0x21, IPV6), "2001:db8::1"),
        (v2(0, 0x11, IPV4), ""),
        (v2(1, 0x00, b""), ""),
        (v2(1, 0x31, b"\0" * 216), ""),
    ],
)
def test_a_proxy_header_names_the_client_and_leaves_the_rest(header: bytes, client: str) -> None:
    assert parse_proxy(header + b"EHLO x\r\n") == Proxied(client, b"EHLO x\r\n")
    for place in range(len(header)):
        assert parse_proxy(header[:place]) is None


@pytest.mark.parametrize(
    "octets",
    [
        b"EHLO x\r\n",
        b"PROXY\r\n",
        b"PROXY TCP4 nonsense 192.0.2.2 1 25\r\n",
        b"PROXY TCP4 999.0.2.1 192.0.2.2 1 25\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\n",
        b"PROXY UNKNOWN" + b"x" * 200,
        v2(1, 0x11, IPV4[:-1]),
        v2(2, 0x11, IPV4),
        v2(1, 0x11, b"\0" * 60_000),
        SIGNATURE + b"\x31\x11\0\0",
        b"\x16\x03\x01",
    ],
)
def test_anything_else_is_no_proxy_header(octets: bytes) -> None:
    with pytest.raises(ProxyError):
        parse_proxy(octets)


def test_xforward_names_client_and_helo() -> None:
    assert parse_attributes(
        "XFORWARD", "NAME=x.test ADDR=192.0.2.1 PORT=1 HELO=a+2Bb"
    ) == Forwarded("192.0.2.1", "a+b")
    assert parse_attributes("XFORWARD", "addr=IPv6:2001:db8::1") == Forwarded("2001:db8::1")
    assert parse_attributes("XFORWARD", "ADDR=[UNAVAILABLE] HELO=[TEMPUNAVAIL]") == Forwarded()


@pytest.mark.parametrize(
    "text",
    ["", "ADDR", "ADDR=", "FOO=1", "ADDR=nonsense", "HELO=a+zz", "HELO=a+0D+0Ab", "HELO=a\rb",
     "HELO=+E9", "NAME=" + "x" * 300],
)  # fmt: skip
def test_a_bad_attribute_is_refused(text: str) -> None:
    assert parse_attributes("XFORWARD", text) == BAD_ATTRIBUTE
