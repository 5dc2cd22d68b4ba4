"""All connections of this process, with limits on their number, by address and session, and on memory they share."""
import os
import weakref
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, Protocol

MOST_OF_ADDRESS = 64
'''Most connections from one address that have shown no session.'''
SPARE_FILES = 24
'''Open files that are reserved for databases, assets and logs, besides those that were open at the start.'''
MOST_WITHOUT_LIMIT = 65_536
'''Most connections where the system has no limit of open files.'''
UNFINISHED_BYTES = 16_000_000
'''Most bytes in memory of unfinished WebSocket messages, and of request bodies, of all connections together.'''

CONNECTION = 'chatroom.connection'
'''Key in the scope of requests and WebSockets: a weak reference to their connection.'''


class Connection(Protocol):
    """An HTTP or WebSocket connection that Connections counts."""

    address: str
    '''Network address of the client, "" for none.'''
    is_known: bool
    '''Whether it has shown a session.'''

    def recognised(self) -> None:
        """Apply the limits for connections that have shown a session."""

    def drop(self) -> None:
        """Abort the connection without a response."""


class Connections:
    """Drops connections that have shown no session when there are too many, the one idle for the longest time first.

    So a client that holds all connections that are possible without a session keeps nobody out.
    """

    def __init__(self, most: int = MOST_WITHOUT_LIMIT) -> None:
        self.most = most
        self.is_exempt: Callable[[str], bool] = lambda _: False
        '''Whether an address stands for many people, as a proxy's does, and so has no limit of its own.'''
        self.network: Callable[[str], str] = lambda address: address
        '''What counts as one address: of IPv6, everybody has a whole network.'''
        self.unfinished = 0
        self._known: set[Connection] = set()
        self._strangers: dict[Connection, str] = {}
        '''Their networks, the connection that is idle for the longest time first.'''
        self._of_address: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        return len(self._known) + len(self._strangers)

    @property
    def strangers(self) -> int:
        """Number of connections that have shown no session."""
        return len(self._strangers)

    def opened(self, connection: Connection) -> None:
        """Count a new connection; if there are too many, drop the one without a session that is idle for longest."""
        network = self._strangers[connection] = self.network(connection.address)
        here = self._of_address.setdefault(network, {})
        here[connection] = None
        if len(here) > MOST_OF_ADDRESS and not self.is_exempt(connection.address):
            self._make_room(here)
        elif len(self._strangers) > self.most // 2 or len(self) > self.most:
            self._make_room(self._strangers)

    def worked(self, connection: Connection) -> None:
        """Note that a connection has sent a whole request: it is now the last one to be dropped."""
        if connection in self._strangers:
            network = self._strangers[connection] = self._strangers.pop(connection)
            here = self._of_address[network]
            del here[connection]
            here[connection] = None

    def recognised(self, connection: Connection) -> None:
        """Note that a connection has shown a session: it is not dropped for others any more."""
        if connection in self._strangers:
            self._forget(connection)
            self._known.add(connection)
            connection.recognised()

    def closed(self, connection: Connection) -> None:
        """Stop counting a connection that is closed."""
        self._known.discard(connection)
        self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        network = self._strangers.pop(connection, None)
        if network is not None:
            here = self._of_address[network]
            del here[connection]
            if not here:
                del self._of_address[network]

    def _make_room(self, line: Iterable[Connection]) -> None:
        oldest = next(iter(line))
        self.closed(oldest)
        oldest.drop()


connections = Connections()


def recognise(scope: MutableMapping[str, Any]) -> None:
    """Note that the connection of this request or WebSocket has shown a session."""
    if connection := _of(scope):
        connections.recognised(connection)


def is_stranger(scope: MutableMapping[str, Any]) -> bool:
    """Whether this request or WebSocket came over a connection that has shown no session."""
    connection = _of(scope)
    return connection is not None and not connection.is_known


def _of(scope: MutableMapping[str, Any]) -> Connection | None:
    """Return the connection of a scope; None in simulations, and after it is closed."""
    reference: weakref.ref[Any] | None = scope.get(CONNECTION)
    return reference() if reference else None


def raise_file_limit() -> int:
    """Raise the limit of open files as far as allowed; return how many of them connections may be, at most 9 of 10."""
    try:
        import resource  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        return MOST_WITHOUT_LIMIT
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):  # some systems report "unlimited" and refuse to set it
        hard = soft
    if hard == resource.RLIM_INFINITY:
        return MOST_WITHOUT_LIMIT
    return max(2, min(hard * 9 // 10, hard - _open_files() - SPARE_FILES))


def _open_files() -> int:
    folder = Path('/dev/fd')
    return len(os.listdir(folder)) if folder.is_dir() else 0  # noqa: PTH208
