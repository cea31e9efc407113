"""What a front end says of the client behind it: PROXY protocol, XFORWARD, XCLIENT; without I/O.

Only a front end that the settings name is believed; the caller sees to that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from gateway.smtp import replies
from gateway.smtp.replies import Reply

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "XFORWARD": ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"),
    "XCLIENT": ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN"),
}
"""As EHLO lists them (Postfix XFORWARD_README, XCLIENT_README)."""

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2}){1,255}")
_ESCAPE = re.compile(r"\+([0-9A-Fa-f]{2})")
_UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})

_V1 = re.compile(
    rb"PROXY (?:UNKNOWN[ -~]*|(TCP4|TCP6) ([0-9A-Fa-f.:]+) [0-9A-Fa-f.:]+ \d+ \d+)\r\n"
)
_V1_OCTETS = 107
_V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_V2_HEADER_OCTETS = 16
_V2_REST_OCTETS = 536
"""The specification promises that this much fits into one packet; nobody honest sends more."""
_V2_ADDRESS_OCTETS = {0x11: 4, 0x21: 16}
"""Of one address, by family and protocol: TCP over IPv4, TCP over IPv6."""


class ProxyError(Exception):
    """The connection does not begin with a PROXY header that we believe."""


@dataclass(frozen=True, slots=True)
class Proxied:
    """A PROXY header: the client behind it, "" when the front end speaks for itself."""

    client: str
    rest: bytes
    """What the client has sent already."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What XFORWARD or XCLIENT said; "" for what it did not say."""

    client: str = ""
    helo: str = ""


def parse_proxy(octets: bytes) -> Proxied | None:
    """Read the first octets of a connection; None when more are needed. Raises ProxyError."""
    if octets.startswith(_V2_SIGNATURE[: len(octets)]):
        return _parse_v2(octets) if len(octets) >= _V2_HEADER_OCTETS else None
    if not octets.startswith(b"PROXY "[: len(octets)]):
        raise ProxyError("no PROXY header")
    line, newline, rest = octets.partition(b"\n")
    if len(line) >= _V1_OCTETS:
        raise ProxyError("PROXY line is too long")
    if not newline:
        return None
    found = _V1.fullmatch(line + newline)
    if not found:
        raise ProxyError("malformed PROXY line")
    return Proxied(_address(found[2].decode()) if found[1] else "", rest)


def _parse_v2(octets: bytes) -> Proxied | None:
    version_and_command, family = octets[12], octets[13]
    length = int.from_bytes(octets[14:16], "big")
    if length > _V2_REST_OCTETS:
        raise ProxyError("PROXY header is too long")
    if version_and_command not in {0x20, 0x21}:
        raise ProxyError("unknown PROXY command")
    end = _V2_HEADER_OCTETS + length
    if len(octets) < end:
        return None
    size = _V2_ADDRESS_OCTETS.get(family, 0)
    if version_and_command == 0x20 or not size:
        return Proxied("", octets[end:])
    if length < 2 * size + 4:
        raise ProxyError("PROXY header is too short")
    packed = octets[_V2_HEADER_OCTETS : _V2_HEADER_OCTETS + size]
    return Proxied(str(ip_address(packed)), octets[end:])


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ProxyError("PROXY line without an address") from None


def parse_attributes(verb: str, text: str) -> Forwarded | Reply:
    """Read the attributes of one XFORWARD or XCLIENT command."""
    attributes: dict[str, str] = {}
    for attribute in filter(None, text.split(" ")):
        name, equals, value = attribute.partition("=")
        if not equals or name.upper() not in ATTRIBUTES[verb] or not _XTEXT.fullmatch(value):
            return replies.BAD_ATTRIBUTE
        plain = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), value)
        if not (plain.isascii() and plain.isprintable()):
            return replies.BAD_ATTRIBUTE
        attributes[name.upper()] = "" if plain.upper() in _UNKNOWN else plain
    if not attributes:
        return replies.BAD_ATTRIBUTE
    try:
        client = _forwarded_address(attributes.get("ADDR", ""))
    except ValueError:
        return replies.BAD_ATTRIBUTE
    return Forwarded(client, attributes.get("HELO", ""))


def _forwarded_address(text: str) -> str:
    """Postfix writes ``IPv6:2001:db8::1``, and ``IPV6:`` on bad days."""
    bare = text[5:] if text[:5].upper() == "IPV6:" else text
    return str(ip_address(bare)) if bare else ""
