"""What NiceGUI keeps for each open page, made light enough for a thousand of them."""
from typing import Any

from fastapi import Request
from nicegui import Client, app, background_tasks, core, ui
from nicegui import client as client_module
from nicegui.outbox import Outbox

KEPT = {'type', 'method', 'scheme', 'server', 'client', 'root_path', 'path', 'query_string', 'headers', 'route'}
'''What is still asked of the request after its page was built.'''


class QuietOutbox(Outbox):
    """Has a loop only while something waits to be sent: NiceGUI's wakes up each second, for each page."""

    _is_looping = True  # from the beginning: a new outbox starts its loop
    _is_stopped = False

    async def loop(self) -> None:
        """Send what waits."""
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


def install() -> None:
    """Let clients have such outboxes, and drop what is never used. Installing again changes nothing."""
    client_module.Outbox = QuietOutbox  # type: ignore[attr-defined]
    app.on_delete(_forget_tab)


def slim(client: Client) -> None:
    """Keep of the request what is asked of it later; its scope would hold everything that once answered it."""
    client._request = Request({key: value for key, value in client.request.scope.items() if key in KEPT})  # noqa: SLF001
    client.on_connect(_let_pass)
    client.on_delete(_untie)


def _untie(client: Client) -> None:
    """Break the cycles in the elements of a client that ends, or only the garbage collector could free them.

    Each element's classes, style and props hold themselves, as handlers of their own changes.
    """
    for element in client.elements.values():
        for observed in (element._classes, element._style, element._props):  # noqa: SLF001
            observed._change_handlers.clear()  # noqa: SLF001


def _forget_tab(client: Client) -> None:
    """NiceGUI keeps a storage for each tab, also of those that never come back; we have no use for it."""
    app.storage._tabs.pop(client._pinned_tab_id or '', None)  # noqa: SLF001


class PassingHtml(ui.html):
    """Ready HTML that the browser changes by itself afterwards: kept here only until the page is written and connected.

    Kept for each page, a transcript and a list of rooms would be a third of what a page costs.
    """

    def __init__(self, content: str, tag: str) -> None:
        super().__init__(sanitize=False, tag=tag)
        self.passing: dict[str, Any] = {'innerHTML': content}

    def _to_dict(self) -> dict[str, Any]:
        return {**super()._to_dict(), 'props': {**self._props, **self.passing}}


def _let_pass(client: Client) -> None:
    for element in client.elements.values():
        if isinstance(element, PassingHtml):
            element.passing = {}
