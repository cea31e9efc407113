"""Who may send to whom."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_LOOPBACK = ("127.0.0.0/8", "::1/128")


class Networks:
    """A set of networks, written as ``192.0.2.0/24`` or ``2001:db8::/32``."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, texts))

    def __contains__(self, client: str) -> bool:
        """True for the text of an address in one of the networks; False for "" and the like."""
        try:
            address = ip_address(client.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)


class Relaying:
    """Mail to our domains comes from anywhere, mail to other domains from our clients only."""

    def __init__(self, domains: Iterable[str], networks: Iterable[str]) -> None:
        self._domains = frozenset(domain.lower() for domain in domains)
        named = tuple(networks)
        self._clients = Networks(named if named or self._domains else _LOOPBACK)

    def trusts(self, client: str) -> bool:
        """True for a client that may send to any domain."""
        return client in self._clients

    def permits(self, client: str, domain: str) -> bool:
        """True when ``client`` may send to ``domain``; "" stands for our own postmaster."""
        return not domain or domain.lower() in self._domains or self.trusts(client)
