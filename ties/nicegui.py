"""NiceGUI's private parts: its middleware and socket handlers, and clients and elements at less cost."""
from collections.abc import Callable
from functools import cache
from typing import Any

import nicegui
from fastapi import Request
from nicegui import Client, app, background_tasks, core, helpers
from nicegui import client as client_module
from nicegui import nicegui as events
from nicegui.events import GenericEventArguments
from nicegui.helpers.functions import expects_arguments
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from nicegui.outbox import Outbox
from starlette.types import ASGIApp

FILES = f'/_nicegui/{nicegui.__version__}/'
'''Path prefix of NiceGUI's own files.'''
PASSED_OVER: set[Any] = {RedirectWithPrefixMiddleware, SetCacheControlMiddleware}
'''Middleware that is left out: each creates a task and a stream for every request, and raises an error when a response
is cut off. The gate does its work.'''
EVENTS = {name: handler for name, handler in core.sio.handlers['/'].items()
          if handler.__module__ == events.__name__ and name not in {'connect', 'disconnect'}}
'''NiceGUI's own socket event handlers, before ours replace any; handlers that a later version adds are included.'''
KEPT = {'type', 'method', 'scheme', 'server', 'client', 'root_path', 'path', 'query_string', 'headers', 'route'}
'''Keys of a request's scope that are still needed after its page was built.'''


class QuietOutbox(Outbox):
    """Runs its loop only while something waits to be sent: NiceGUI's loop wakes up each second, for each page."""

    _is_looping = True  # True at first, since a new outbox starts its loop
    _is_stopped = False

    async def loop(self) -> None:
        """Send what waits, and end when nothing waits any more."""
        try:
            await super().loop()
        finally:
            self._is_looping = False

    @property
    def _should_stop(self) -> bool:
        return self._is_stopped or not (self.updates or self.messages)

    @_should_stop.setter
    def _should_stop(self, value: bool) -> None:
        self._is_stopped = value

    def _set_enqueue_event(self) -> None:
        if self._is_looping:
            super()._set_enqueue_event()
        elif not self._is_stopped and not core.loop.is_closed():  # type: ignore[union-attr]
            self._is_looping = True
            background_tasks.create(self.loop(), name='outbox loop')


class Described:
    """A base of our elements, before NiceGUI's: they say what a page gets of them, and what texts they show."""

    def described(self) -> dict[str, Any]:
        """Return what the page gets: tag, props, listeners and so on."""
        found: dict[str, Any] = super()._to_dict()  # type: ignore[misc]
        return found

    def texts(self) -> list[str] | None:
        """Return the texts that NiceGUI's User fixture finds, where no browser runs; None for NiceGUI's choice."""
        return None

    def _to_dict(self) -> dict[str, Any]:
        return self.described()

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        texts = self.texts()
        if texts is not None:
            return texts
        found: list[Any] = super()._displayed_contents(only_visible=only_visible)  # type: ignore[misc]
        return found


class Steady:
    """A base of our fields, before NiceGUI's: they keep their value when a page says one that they can't have.

    NiceGUI would look it up all the same, and log the error.
    """

    value: Any
    kind: type = object
    '''Of what type a value is.'''

    def _event_args_to_value(self, e: GenericEventArguments) -> Any:
        try:
            value = super()._event_args_to_value(e)  # type: ignore[misc]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return self.value
        return value if isinstance(value, self.kind) else self.value


def wrap(wrapper: Callable[[ASGIApp], ASGIApp]) -> None:
    """Put `wrapper` around the application, outside of all middleware of NiceGUI and Starlette.

    Starlette builds the middleware when the application is first called. Wrapping again replaces the wrapper.
    """
    def build_middleware_stack() -> ASGIApp:
        app.user_middleware = [each for each in app.user_middleware if each.cls not in PASSED_OVER]
        return wrapper(type(app).build_middleware_stack(app))

    app.build_middleware_stack = build_middleware_stack  # type: ignore[method-assign]


def install() -> None:
    """Make elements and clients cheaper. Installing again changes nothing."""
    helpers.expects_arguments = _expects_arguments  # type: ignore[assignment]
    client_module.Outbox = QuietOutbox  # type: ignore[attr-defined]
    for handler in (_untie, _forget_tab):
        app.on_delete(handler)


def slim(client: Client) -> None:
    """Keep only KEPT of the request's scope, which otherwise refers to everything that took part in the response."""
    client._request = Request({key: value for key, value in client.request.scope.items() if key in KEPT})


def _untie(client: Client) -> None:
    """Break the reference cycles in a deleted client's elements, which only the garbage collector could free otherwise.

    Each element's classes, style and props refer to themselves, as handlers of their own changes.
    """
    for element in client.elements.values():
        for observed in (element._classes, element._style, element._props):
            observed._change_handlers.clear()


def _forget_tab(client: Client) -> None:
    """Delete a tab's storage, which we do not use: NiceGUI keeps it even for tabs that never come back."""
    app.storage._tabs.pop(client._pinned_tab_id or '', None)


def caching(path: str) -> str | None:
    """Return the `Cache-Control` that NiceGUI sets for responses at a path; None where it sets none."""
    is_lasting = path.startswith(FILES) and not path.startswith(f'{FILES}dynamic_resources/')
    return core.app.config.cache_control_directives if is_lasting else None


def end(client: Client) -> None:
    """Delete a client whose id a new one will take: NiceGUI's own, delayed deletion would delete the new one."""
    for document_id in list(client._delete_tasks):
        client._cancel_delete_task(document_id)
    client._socket_to_document_id.clear()
    if not client.is_deleted:
        client.delete()


async def connected(sid: str, environ: dict[str, Any]) -> None:
    """Let NiceGUI shake hands with a new socket, whose query names its page. Raises ConnectionRefusedError."""
    await events._on_connect(sid, environ)


def disconnected(sid: str) -> None:
    """Let NiceGUI handle the disconnect of a socket."""
    events._on_disconnect(sid)


def shook_hands(client: Client, sid: str) -> bool:
    """Whether NiceGUI has accepted this socket's handshake for this page."""
    return sid in client._socket_to_document_id


def _expects_arguments(function: Callable[..., Any]) -> bool:
    """Inspect each method once only: NiceGUI does so three times for each element, a tenth of a page's time."""
    method = getattr(function, '__func__', None)
    return _method_expects_arguments(method) if method else expects_arguments(function)


@cache
def _method_expects_arguments(method: Callable[..., Any]) -> bool:
    return expects_arguments(method.__get__(object()))


def number_listeners(client: Client) -> None:
    """Give the event listeners of a newly built page ids that they get again when the page is built again."""
    for element in client.elements.values():
        listeners = list(element._event_listeners.values())
        for number, listener in enumerate(listeners):
            listener.id = f'{element.id}.{number}'
        element._event_listeners = {listener.id: listener for listener in listeners}
