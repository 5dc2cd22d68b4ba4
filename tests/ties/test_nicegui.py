"""What we put in place of NiceGUI's own parts is still in the place where they would be."""
import asyncio

import pytest
from nicegui import core, helpers, ui
from nicegui.helpers.functions import expects_arguments
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from starlette.middleware.base import BaseHTTPMiddleware

from doors import packets
from ties import nicegui
from ties.nicegui import EVENTS, FILES, PASSED_OVER, caching


def test_nothing_makes_a_task_for_each_request(user):
    """Such a part also raises an error when an answer is cut off."""
    assert {RedirectWithPrefixMiddleware, SetCacheControlMiddleware} == PASSED_OVER
    parts, part = [], core.app.build_middleware_stack()
    while part is not None:
        parts.append(type(part))
        part = getattr(part, 'inner', None) or getattr(part, 'app', None)
    assert 'Gate' in [part.__name__ for part in parts]
    assert not [part for part in parts if issubclass(part, BaseHTTPMiddleware)]


def test_browsers_keep_files_and_nothing_that_may_change(user):
    assert 'immutable' in caching(f'{FILES}static/nicegui.js')
    assert caching(f'{FILES}dynamic_resources/x.css') is None
    assert caching('/_nicegui/1.0.0/static/nicegui.js') is None
    assert caching('/chat') is None


def test_every_event_of_nicegui_is_guarded_also_one_that_is_new(user, monkeypatch):
    """What a socket without a page sends never gets to it."""
    assert EVENTS.keys() == {'event', 'ack', 'handshake', 'javascript_response', 'log'}
    monkeypatch.setitem(EVENTS, 'surprise', lambda sid, message: pytest.fail('nobody may call this'))
    packets.install()
    for name, handler in EVENTS.items():
        guarded = core.sio.handlers['/'].pop(name) if name == 'surprise' else core.sio.handlers['/'][name]
        assert guarded is not handler
        assert guarded.__wrapped__ in {handler, packets._on_log}


class Handlers:
    def none(self): ...

    def one(self, event): ...

    def maybe(self, event=None): ...

    @classmethod
    def of_class(cls, event): ...

    @staticmethod
    def static(event): ...


async def test_whether_a_method_expects_arguments_is_asked_once(user, monkeypatch):
    asked = []
    monkeypatch.setattr(nicegui, 'expects_arguments', lambda function: asked.append(function) or expects_arguments(function))
    await user.open('/')
    nicegui._method_expects_arguments.cache_clear()
    with user:
        for _ in range(10):
            ui.label('x')
    assert 0 < len(asked) < 10


def test_the_answer_is_that_of_nicegui():
    nicegui.install()
    for name in ('none', 'one', 'maybe', 'of_class', 'static'):
        method = getattr(Handlers(), name)
        assert helpers.expects_arguments(method) == expects_arguments(method)
    assert helpers.expects_arguments(lambda event: event) and not helpers.expects_arguments(lambda: None)  # noqa: PT018


async def test_an_element_of_ours_says_what_a_page_gets_and_what_it_shows(user):
    class Ours(nicegui.Described, ui.label):
        def described(self):
            return {**super().described(), 'tag': 'only-in-the-page'}

        def texts(self):
            return ['only in simulations']

    @ui.page('/ours')
    def page():
        Ours('nowhere')

    assert 'only-in-the-page' in (await user.http_client.get('/ours')).text
    await user.open('/ours')
    await user.should_see('only in simulations')
    await user.should_not_see('nowhere')


async def test_nothing_is_kept_of_a_tab_whose_page_has_ended(user):
    """NiceGUI makes a storage for each, also for one that never comes back; we have no use for it."""
    await user.open('/')
    tab = user.client._pinned_tab_id
    assert tab in core.app.storage._tabs
    user.client.delete()
    assert tab not in core.app.storage._tabs


async def test_a_client_whose_number_is_taken_over_is_not_deleted_later(user):
    """NiceGUI deletes by the number, some time after the connection was lost: that would be the new client."""
    await user.open('/')
    client = user.client
    (sid,) = client._socket_to_document_id
    client.handle_disconnect(sid)
    (deleting,) = client._delete_tasks.values()
    nicegui.end(client)
    await asyncio.sleep(0)
    assert deleting.cancelled() or deleting.cancelling()
    assert client.is_deleted
