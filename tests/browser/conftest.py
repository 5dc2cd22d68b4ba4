"""Chromium as Debian packages it."""
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.running import PASSWORD

CHROMIUM = Path('/usr/bin/chromium')
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', '--no-first-run']


def pytest_collection_modifyitems(items):
    if CHROMIUM.exists():
        return
    if os.environ.get('CI'):
        pytest.exit(f"CI has no browser: install Debian's package chromium ({CHROMIUM})", 1)
    for item in items:
        if 'browser' in item.path.parts:
            item.add_marker(pytest.mark.skip(reason=f"needs a browser: Debian's package chromium ({CHROMIUM})"))


@pytest.fixture
async def chromium():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_chat(chromium, server):
    """Open the chat as somebody, in a browser of their own; any error in a page fails the test."""
    errors = []

    async def open_as(username, *, of=server, **context):
        contexts = await chromium.new_context(**context)
        cookie = of.cookie(username, PASSWORD)
        await contexts.add_cookies([{'name': name, 'value': value, 'url': of.url} for name, value in cookie.items()])
        page = await contexts.new_page()
        page.on('pageerror', lambda error: errors.append(str(error)))
        await page.goto(of.url + '/chat')
        await page.wait_for_function('window.socket && window.socket.connected && window.chatroom')
        return page

    yield open_as
    assert errors == []


async def say(page, text):
    await page.get_by_label('Message', exact=True).fill(text)
    await page.keyboard.press('Enter')


async def texts(page):
    """What the transcript shows, from top to bottom."""
    return await page.locator('article:not([hidden]) .text').all_inner_texts()


async def disconnect(page):
    """Take the network away: nothing gets through, and the connection that was is cut."""
    await page.context.set_offline(True)
    await page.evaluate('window.socket.io.engine.close()')


def numbers(texts_, pattern):
    return [int(found[1]) for text in texts_ if (found := re.fullmatch(pattern, text))]
