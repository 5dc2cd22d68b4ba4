"""A page may outlive its client at the server: after a restart, or a sleep longer than clients are kept.

NiceGUI would have the browser reload, which loses the reader's place and what is half done, costs a whole page for each
browser at the same moment, and ends in an error page where the server is gone again by then. Here a client is built
anew under the number that the page knows; since a page's elements and listeners are numbered in the order of building,
they fit what the browser shows.
"""
import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import nicegui
from fastapi import Request
from nicegui import Client, ui
from starlette.types import Scope

HOME = Path(__file__).parent.parent
NEWLY_OPENED = 'if (document.querySelector(".q-dialog")) location.reload()'
'''A dialog that was open is not built again: nobody would hear its buttons.'''


def _build() -> str:
    """Names this version of the program: pages of another one must reload."""
    sources = sorted(path for folder in ('.', 'chat', 'events', 'pages') for path in (HOME / folder).glob('*.py'))
    return hashlib.sha256(nicegui.__version__.encode() + b''.join(map(Path.read_bytes, sources))).hexdigest()[:16]


BUILD = _build()


def number_listeners(client: Client) -> None:
    """Give the listeners of a page that was just built numbers that the next building gives them again."""
    for element in client.elements.values():
        listeners = list(element._event_listeners.values())  # noqa: SLF001
        for number, listener in enumerate(listeners):
            listener.id = f'{element.id}.{number}'
        element._event_listeners = {listener.id: listener for listener in listeners}  # noqa: SLF001


def revive(page: ui.page, query: dict[str, str], scope: Scope, build: Callable[[Client], None]) -> None:
    """Build the client of a page anew for the socket that connects with this query.

    Raises ValueError or KeyError for a query that is none of ours. The number must be a UUID, as NiceGUI's are:
    Socket.IO puts the socket into a room of that name, and our own rooms have names, too.
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
    client.outbox.updates.clear()  # the browser has all of it
    client.outbox.next_message_id = next_message_id
    client.on_connect(lambda client: client.run_javascript(NEWLY_OPENED))
    Client.instances[number] = Client.instances.pop(client.id)
    client.id = number
