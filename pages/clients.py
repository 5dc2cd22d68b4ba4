"""Reduces what NiceGUI holds in memory for each open page, so that a thousand pages fit."""
from nicegui import Client, app

from elements.passing import let_pass
from ties import nicegui

MOST_WAITING = 200
'''Clients kept that have not connected yet: robots never do, and a slow browser gets a new client when it does.'''


def install() -> None:
    """Install the handlers that free memory when a client connects or ends. Installing again changes nothing."""
    _waiting.clear()
    for handler in (_stop_waiting, let_pass):
        app.on_connect(handler)
    app.on_delete(_stop_waiting)


def slim(client: Client) -> None:
    """Keep only what is read of the client's request later: its scope refers to every object that handled it.

    Of the clients that have not connected yet, only the newest MOST_WAITING are kept.
    """
    nicegui.slim(client)
    _waiting[client] = None
    if len(_waiting) > MOST_WAITING:
        next(iter(_waiting)).delete()


_waiting: dict[Client, None] = {}
'''Clients that have not connected yet, the oldest first.'''


def _stop_waiting(client: Client) -> None:
    _waiting.pop(client, None)
