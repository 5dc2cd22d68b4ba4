"""Every door stands in the table of docs/SECURITY.md, with what it costs, or it may not be opened."""
import re
from pathlib import Path

import pytest
from nicegui import core
from starlette.routing import Mount

from doors.events import known

TABLE = Path(__file__).parent.parent.parent / 'docs' / 'SECURITY.md'
DOOR = re.compile(r'`([^`]+)`')
BY_VERSION = [(re.compile(r'^/_nicegui/\d[^/]*/'), '/_nicegui/{version}/'), (re.compile(r'^/assets/[0-9a-f]{16}\.\w+$'), '/assets/{hash}')]
NO_DOORS = {'0', '1', '2', '3', '5', '6'}
'''Packets below all handlers, which the table names as well.'''

def named(path):
    """As the table calls it, whatever the version."""
    for pattern, name in BY_VERSION:
        path = pattern.sub(name, path)
    return path


def over_http():
    for route in core.app.routes:
        if isinstance(route, Mount):
            yield f'MOUNT {named(route.path)}'
        else:
            for method in (getattr(route, 'methods', None) or {'SOCKET'}) - {'HEAD'}:
                yield f'{method} {named(route.path)}'


def over_sockets():
    assert set(core.sio.handlers) == {'/'}
    assert not core.sio.namespace_handlers
    yield from core.sio.handlers['/']
    yield from known
    yield from (f'engine: {name}' for name in core.sio.eio.handlers)


def in_the_table():
    section = TABLE.read_text().partition('## Doors')[2].partition('\n## ')[0]
    rows = [line.split('|')[1] for line in section.splitlines() if line.startswith('| ')]
    return {door for row in rows for door in DOOR.findall(row)} - NO_DOORS


@pytest.fixture
def doors(user):
    """All doors of the running app."""
    return {*over_http(), *over_sockets()}


async def test_every_door_is_in_the_table(doors):
    assert doors - in_the_table() == set()


async def test_the_table_has_no_door_that_is_not_there(doors):
    assert in_the_table() - doors == set()


async def test_a_new_door_is_missed(user):
    """The tests above would show nothing if it were not."""
    core.app.get('/a/new/door')(lambda: None)
    core.sio.on('a_new_event', lambda *_: None)
    core.sio.eio.handlers['a_new_packet'] = lambda *_: None
    try:
        assert {*over_http(), *over_sockets()} - in_the_table() == {'GET /a/new/door', 'a_new_event', 'engine: a_new_packet'}
    finally:
        core.app.routes.pop()
        del core.sio.handlers['/']['a_new_event'], core.sio.eio.handlers['a_new_packet']


async def test_each_door_says_what_it_costs_before_and_after():
    section = TABLE.read_text().partition('## Doors')[2].partition('\n## ')[0]
    for line in section.splitlines():
        if line.startswith('| '):
            cells = [cell.strip() for cell in line.strip('|').split('|')]
            assert len(cells) == 4, line
            assert all(cells), line
