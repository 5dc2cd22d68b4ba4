"""Rebuilds the client of a page that outlived it: after a restart, or after a sleep longer than clients are kept.

NiceGUI would make the browser reload, which loses the scroll position and unfinished input, costs a page load for every
browser at the same moment, and ends in an error page if the server is down again by then. Here a client is built again
under the id that the page knows; since elements and listeners are numbered in the order of building, their numbers are
those that the browser has.
"""
import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import nicegui
from fastapi import Request
from nicegui import Client, ui
from starlette.types import Scope

from ties.nicegui import number_listeners

HOME = Path(__file__).parent.parent
BESIDE = {'benchmarks', 'tests'}
KINDS = {'.py', '.js', '.css'}
NEWLY_OPENED = 'if (document.querySelector(".q-dialog")) location.reload()'
'''JavaScript that reloads a page with an open dialog: dialogs are not rebuilt, so their buttons would do nothing.'''


def sources() -> list[Path]:
    """Return all source files of the server, also those for browsers; benchmarks and tests are not part of it."""
    packages = [init.parent for init in HOME.glob('*/__init__.py') if init.parent.name not in BESIDE]
    return sorted([*HOME.glob('*.py'), *(path for package in packages for path in package.rglob('*')
                                         if path.suffix in KINDS)])


def _build() -> str:
    """Return a hash that identifies this version of the program: pages of another version must reload."""
    return hashlib.sha256(nicegui.__version__.encode() + b''.join(map(Path.read_bytes, sources()))).hexdigest()[:16]


BUILD = _build()


def revive(page: ui.page, query: dict[str, str], scope: Scope, build: Callable[[Client], None]) -> None:
    """Rebuild the client of a page for the socket that connects with this query.

    Raises ValueError or KeyError for a query that is not from one of our pages. The client id must be a UUID, as
    NiceGUI's are: Socket.IO puts the socket into a room of that name, which must not be a room of the hub.
    """
    number, next_message_id = query['client_id'], int(query['next_message_id'])
    if number != str(UUID(number)):
        raise ValueError('no number of a client')
    if number in Client.instances:
        return
    request = Request({**scope, 'type': 'http', 'method': 'GET', 'path': page.path, 'query_string': b''})
    with Client(page, request=request) as client:
        build(client)
    number_listeners(client)
    client.outbox.updates.clear()  # the browser has these elements already
    client.outbox.next_message_id = next_message_id
    client.on_connect(lambda client: client.run_javascript(NEWLY_OPENED))
    Client.instances[number] = Client.instances.pop(client.id)
    client.id = number
