"""Forwarded headers, by which proxies report a request's client address, scheme and host name."""
import logging
import re
from collections.abc import Sequence

from starlette.types import Scope

import addresses
from addresses import Address, Network

log = logging.getLogger('chatroom')

CLAIMS = (b'x-forwarded-for', b'x-forwarded-proto', b'x-forwarded-host', b'x-forwarded-prefix', b'forwarded')
MOST_HOPS = 16
'''Most proxies that one request may have passed through.'''
SCHEMES = {'http': ('http', 'ws'), 'ws': ('http', 'ws'), 'https': ('https', 'wss'), 'wss': ('https', 'wss')}
PREFIX = re.compile(rb'(/[A-Za-z0-9._~-]+)+/?')
'''Path prefixes that can't lead to another site when a path is appended to them.'''

Headers = list[tuple[bytes, bytes]]


class Proxies:
    """Copies what trusted proxies report into the scope, and removes forwarded headers, all but a trusted prefix."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self.trusted = trusted
        self._has_told = False

    def settle(self, scope: Scope) -> None:
        """Set a request's `client`, `scheme` and `Host` as its proxies report them, as far as these are trusted."""
        peer = addresses.read(scope['client'][0]) if scope['client'] else None
        claims: Headers = []
        headers: Headers = []
        for name, value in scope['headers']:
            # "_" counts as "-", since Engine.IO does not distinguish them
            (claims if name.replace(b'_', b'-') in CLAIMS else headers).append((name, value))
        scope['headers'] = headers
        if claims and not self._trusts(peer):
            self._tell(claims[0][0], peer)
            claims = []
        if peer:
            scope['client'] = (str(self._origin(peer, claims)), scope['client'][1])
        if scheme := SCHEMES.get(_last(claims, b'x-forwarded-proto').lower()):
            scope['scheme'] = scheme[scope['type'] == 'websocket']
        if host := _last(claims, b'x-forwarded-host'):
            scope['headers'] = [(b'host', host.encode('latin-1')), *(pair for pair in headers if pair[0] != b'host')]
        scope['headers'] += [(name, value) for name, value in claims
                             if name == b'x-forwarded-prefix' and PREFIX.fullmatch(value)][-1:]

    def _trusts(self, peer: Address | None) -> bool:
        return peer is not None and any(peer in network for network in self.trusted)

    def _origin(self, peer: Address, claims: Headers) -> Address:
        """Return the last address that is not a trusted proxy's: those listed before it may be forged."""
        hops = ','.join(_values(claims, b'x-forwarded-for')).rsplit(',', MOST_HOPS)[-MOST_HOPS:]
        origin = peer
        for hop in reversed(hops):
            address = addresses.read(hop)
            if address is None:
                break
            origin = address
            if not self._trusts(address):
                break
        return origin

    def _tell(self, name: bytes, peer: Address | None) -> None:
        if not self._has_told:
            self._has_told = True
            log.warning('%s came from %s and is not believed: only proxies in CHATROOM_TRUSTED_PROXIES may send it.',
                        name.decode('latin-1'), peer)


def _values(claims: Headers, name: bytes) -> list[str]:
    return [value.decode('latin-1') for claim, value in claims if claim == name]


def _last(claims: Headers, name: bytes) -> str:
    """Return the last value, which the proxy nearest to us has added; "" if there is none."""
    return ','.join(_values(claims, name)).rpartition(',')[2].strip()
