"""Parsing of network addresses, as peers, proxies and operators write them."""
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network('64:ff9b::/96')
'''Prefix under which a server with IPv6 only sees IPv4 addresses (RFC 6052).'''
MAPPED_BITS = 96
'''Bits before the IPv4 address in an IPv4-mapped IPv6 address (::ffff:a.b.c.d).'''


def read(text: str) -> Address | None:
    """Parse an address that may have a port or a zone; None if it is invalid. An IPv4-mapped one becomes IPv4."""
    host = text.strip()
    if host.startswith('['):
        host = host[1:].partition(']')[0]
    elif host.count(':') == 1:
        host = host.partition(':')[0]
    try:
        address = ip_address(host.partition('%')[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def network(text: str) -> str:
    """Return what is counted as one client: an IPv4 address, in whatever form it is written, or a whole /64 of IPv6."""
    address = read(text)
    if isinstance(address, IPv6Address) and address in NAT64:
        address = IPv4Address(int(address) & 0xffffffff)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address or text[:64])


def is_in(text: str, among: Iterable[Network]) -> bool:
    """Whether a text is an address in one of these networks."""
    address = read(text)
    return address is not None and any(address in network for network in among)


def networks(text: str) -> tuple[Network, ...]:
    """Parse comma-separated addresses and networks. Raises ValueError."""
    return tuple(_unmapped(ip_network(part.strip())) for part in text.split(',') if part.strip())


def _unmapped(network: Network) -> Network:
    mapped = isinstance(network, IPv6Network) and network.network_address.ipv4_mapped
    if not mapped or network.prefixlen < MAPPED_BITS:
        return network
    return IPv4Network((mapped, network.prefixlen - MAPPED_BITS))
