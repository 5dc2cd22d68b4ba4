"""What an open page costs the server while nobody does anything, and afterwards."""
import asyncio
import gc
import weakref

import pytest
from fastapi import Request
from nicegui import Client, core

import auth
from chat.rooms import RoomInfo
from models import now


class Answerer:
    """Something in a request's scope that once helped to answer it."""


@pytest.fixture
def build(user):
    from pages import chat

    def build(**scope):
        request = Request({'type': 'http', 'method': 'GET', 'path': '/chat', 'headers': [], 'query_string': b'', **scope})
        with Client(chat.PAGE, request=request) as client:
            room = RoomInfo(1, 'Lobby', 0)
            chat.build(client, chat.Opened(auth.Login(1, 1, 'ann', now()), [room], room))
        client.build_response(request)
        return client

    return build


async def test_a_page_at_rest_has_no_task_and_no_timer(build):
    """NiceGUI's outbox wakes up each second: a thousand pages would take a twentieth of a core doing nothing."""
    before = asyncio.all_tasks()
    client = build()
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() <= before
    client.delete()


async def test_what_a_page_is_told_after_a_rest_reaches_it_in_order(build, monkeypatch):
    heard = []

    async def emit(kind, data, room):
        await asyncio.sleep(0.02)
        heard.append((kind, data.get('code'), data['_id']))

    monkeypatch.setattr(core.sio, 'emit', emit)
    client = build()
    client.run_javascript('0')
    await asyncio.sleep(0.3)
    assert heard == [], 'its browser has not connected'
    client.tab_id = 'tab'
    for number in range(1, 6):
        client.run_javascript(str(number))
        await asyncio.sleep(0.05 * number)
    await asyncio.sleep(0.3)
    assert heard == [('run_javascript', str(number), number) for number in range(6)]
    client.delete()


async def test_what_answered_the_request_is_freed(build):
    answerer = Answerer()
    held = weakref.ref(answerer)
    client = build(answerer=answerer)
    del answerer
    assert held() is None
    assert client.request.url.path == '/chat'
    client.delete()


async def test_a_page_that_ends_is_freed_without_the_garbage_collector(build):
    """It would stop the server for a second at a thousand pages, so it runs seldom."""
    gc.collect()
    gc.disable()
    try:
        client = build()
        await asyncio.sleep(0.2)
        parts = [part for element in client.elements.values() for part in (element, element._classes, element._style, element._props)]
        left = [weakref.ref(part) for part in (client, *parts)]
        client.delete()
        del client, parts
        await asyncio.sleep(0.2)
        assert [part() for part in left if part() is not None] == []
    finally:
        gc.enable()
