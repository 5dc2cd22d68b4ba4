"""Methods that we replace are those that a library calls: a new name there would leave ours unused, and no error."""
import inspect
import re
import sys

import pytest
from engineio import async_socket
from nicegui import client as client_module
from nicegui.outbox import Outbox
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

from ties.engineio import QuickSocket
from ties.nicegui import QuietOutbox
from ties.uvicorn import Http, Wire

CALLED_BY_ASYNCIO = {'connection_made', 'connection_lost', 'data_received', 'pause_writing', 'resume_writing'}
CALLED_BY_PARSER = {'on_message_begin', 'on_url', 'on_header', 'on_headers_complete', 'on_body', 'on_message_complete'}
REPLACED = {
    QuickSocket: {'schedule_ping', 'close', 'poll', 'handle_get_request', 'send'},
    QuietOutbox: {'loop', '_set_enqueue_event'},
    Http: {*CALLED_BY_ASYNCIO, *CALLED_BY_PARSER, 'on_response_complete', 'send_400_response', 'handle_websocket_upgrade'},
    Wire: {'connection_made', 'connection_lost', 'handle_connect', 'handle_events', 'handle_message', 'handle_ping', 'receive', 'shutdown'},
}


CALLERS = {'engineio.async_server', 'nicegui.client', 'uvicorn.server'}


def sources(ours):
    """The text of the libraries' modules that the class builds on, and of those that call it."""
    modules = {each.__module__ for each in ours.__mro__[1:] if each.__module__ not in {'builtins', 'asyncio.protocols'}}
    return '\n'.join(inspect.getsource(sys.modules[name]) for name in modules | CALLERS)


@pytest.mark.parametrize('ours', REPLACED)
def test_what_we_replace_is_there_and_called(ours):
    theirs = ours.__mro__[1]
    assert {name for name in vars(ours) if hasattr(theirs, name) and not name.startswith('__')} == REPLACED[ours]
    for name in REPLACED[ours] - CALLED_BY_ASYNCIO - CALLED_BY_PARSER:
        assert re.search(rf'\.{name}\b', sources(ours)), f'nothing calls {name}'


def test_the_classes_are_still_the_ones_that_are_made():
    """Each is put in the place of a library's own by that name, or handed to it."""
    assert QuickSocket.__mro__[1].__name__ == 'AsyncSocket'
    assert re.search(r'async_socket\.AsyncSocket\(', inspect.getsource(sys.modules['engineio.async_server']))
    assert async_socket.AsyncSocket in {QuickSocket, QuickSocket.__mro__[1]}
    assert QuietOutbox.__mro__[1] is Outbox
    assert re.search(r'= Outbox\(', inspect.getsource(client_module))
    assert re.search(r'self\._should_stop\b', inspect.getsource(Outbox))
    assert Http.__mro__[1] is HttpToolsProtocol
    assert Wire.__mro__[1] is WSProtocol
    assert re.search(r'self\.ws_protocol_class\(', inspect.getsource(HttpToolsProtocol))
