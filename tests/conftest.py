import os
import socket

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.acting import READY
from tests.running import HEADLESS, PASSWORD, WITH_DOORS, Server, connected, started_chromium

expect.set_options(timeout=30_000)  # several tests run at once, on a busy machine


@pytest.fixture(autouse=True)
def small_world(tmp_path, monkeypatch):
    """Every test has its own folder and database, and passwords that are hashed fast."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('CHATROOM_DATABASE', str(tmp_path / 'chatroom.db'))
    monkeypatch.setenv('CHATROOM_BCRYPT_ROUNDS', '4')
    monkeypatch.setenv('CHATROOM_ALLOWED_HOSTS', 'test')  # as NiceGUI's simulated people call it


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    """One real server for the tests of a module."""
    with Server(tmp_path_factory.mktemp('server'), main=WITH_DOORS) as running:
        yield running
        assert 'Traceback' not in running.log


@pytest.fixture
async def bob(server):
    """A program of Bob's."""
    async with server.program('bob') as program:
        yield program


@pytest.fixture
def make_server(tmp_path):
    """Servers with settings of their own; none of them may leave a traceback."""
    servers = []

    def make(**settings):
        servers.append(Server(tmp_path, **settings))
        return servers[-1]

    yield make
    for running in servers:
        running.__exit__()
        assert 'Traceback' not in running.log


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(('127.0.0.1', 0))
        other.listen()
        yield other.getsockname()[1]


PACKAGES = "Debian's package chromium-headless-shell, or chromium"


def pytest_collection_modifyitems(items):
    if HEADLESS.exists():
        return
    if os.environ.get('CI'):
        pytest.exit(f'CI has no browser: install {PACKAGES}', 1)
    for item in items:
        if item.get_closest_marker('browser'):
            item.add_marker(pytest.mark.skip(reason=f'needs a browser: {PACKAGES}'))


@pytest.fixture(scope='session')
def chromium_address(tmp_path_factory):
    """One for all tests of a worker, since starting it takes longer than most of them; each has contexts of its own."""
    with started_chromium(tmp_path_factory.mktemp('chromium')) as (address, _):
        yield address


@pytest.fixture(scope='session')
async def connected_chromium(chromium_address):
    """Connected to once for all tests of a worker: each connection is a process that takes half a second to start."""
    async with async_playwright() as playwright:
        yield await connected(playwright, chromium_address)


@pytest.fixture
async def chromium(connected_chromium):
    yield connected_chromium
    for context in connected_chromium.contexts[1:]:  # the first one is the browser's own
        await context.close()


@pytest.fixture
async def open_chat(chromium, server):
    """Open the chat as somebody, in a browser of their own; any error in a page fails the test."""
    errors = []

    async def open_as(username, *, of=server, browser=chromium, **context):
        contexts = await browser.new_context(**context)
        cookie = of.cookie(username, PASSWORD)
        await contexts.add_cookies([{'name': name, 'value': value, 'url': of.url} for name, value in cookie.items()])
        page = await contexts.new_page()
        page.on('pageerror', lambda error: errors.append(str(error)))
        await page.goto(of.url + '/chat')
        await page.wait_for_function(READY)
        return page

    yield open_as
    assert errors == []
