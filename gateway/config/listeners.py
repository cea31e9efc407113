"""Which endpoints are one and the same, as far as their text tells: no name is looked up."""

import ipaddress
import socket

_WILDCARD = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - compared, never listened on


def collide(one: str, other: str) -> bool:
    """True if not both can be listened on."""
    (host, port), (second, second_port) = _split(one), _split(other)
    # Port 0 is a free one, another each time.
    if port != second_port or port == "0":
        return False
    return host == second or _covers(host, second) or _covers(second, host)


def leads_to(target: str, listener: str, hostname: str) -> bool:
    """True if whoever connects to ``target`` reaches ``listener`` on a machine of this name."""
    (host, port), (own, own_port) = _split(target), _split(listener)
    if port != own_port:
        return False
    names = {hostname.lower(), socket.gethostname().lower()} - {""}
    if own in _WILDCARD.values():
        return host in names or host == own or _is_loopback(host)
    return host == own or (host in names and not _is_loopback(own))


def _split(endpoint: str) -> tuple[str, str]:
    host, _, port = endpoint.rpartition(":")
    host = host.strip("[]").lower()
    return "127.0.0.1" if host == "localhost" else host, port


def _covers(host: str, other: str) -> bool:
    return host == _WILDCARD.get(_family(other))


def _is_loopback(host: str) -> bool:
    return bool(_family(host)) and ipaddress.ip_address(host).is_loopback


def _family(host: str) -> int:
    """4 or 6, and 0 for a name."""
    try:
        return ipaddress.ip_address(host).version
    except ValueError:
        return 0
