"""The host names that this chat answers to.

A page of another site can make its own name point to our address (DNS rebinding), and then read our responses as
same-origin. And where a response names this server, as in redirects, it would repeat whatever host the request named.
"""
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from threading import Thread

HOST = re.compile(r'(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?')


class Hosts:
    """Accepted hosts: IP addresses, which no foreign DNS server controls; this machine's names; the allowed names."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.names = {'localhost', *allowed}
        self.endings = ('.localhost', *(name[1:] for name in allowed if name.startswith('*')))
        self._add_own_names()

    def know(self, host: str) -> bool:
        """Whether this value of a `Host` header, with or without a port, is accepted."""
        parts = HOST.fullmatch(host.lower())
        if not parts:
            return False
        name = parts[1].removesuffix('.')
        return name in self.names or name.endswith(self.endings) or _is_address(name)

    def _add_own_names(self) -> None:
        name = socket.gethostname().lower()
        self.names |= {name, f'{name}.local'}
        # in a thread, since the DNS server that knows the full name may be slow or unreachable
        Thread(target=self._add_full_name, args=(name,), daemon=True).start()

    def _add_full_name(self, name: str) -> None:
        with suppress(OSError, UnicodeError):
            full_name = socket.getfqdn(name).lower()
            if full_name.startswith(f'{name}.'):
                self.names.add(full_name)


def _is_address(name: str) -> bool:
    try:
        return bool(IPv6Address(name[1:-1]) if name.startswith('[') else IPv4Address(name))
    except AddressValueError:
        return False
