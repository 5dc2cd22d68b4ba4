"""`python -m benchmarks.first_figures`: how fast two browsers talk, and what a connected browser costs.

Typed to seen: two Chromium pages at a real server with its real database; from the moment Enter is pressed in one until
the text is painted in the other. Memory: what the server process holds alone, with 200 simulated browsers connected,
before and after 2,000 messages that reach each of them.
"""
import asyncio
import statistics
import tempfile
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, async_playwright

from tests.running import Browser, Server, browsing

CHROMIUM = '/usr/bin/chromium'
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', '--no-first-run']
TIMES = 20
BROWSERS = 200
MESSAGES = 2_000

SEEN = '''text => new Promise(resolve => { const look = () => [...document.querySelectorAll("article .text")]
    .some(node => node.textContent === text) ? resolve(performance.timeOrigin + performance.now())
    : requestAnimationFrame(look); look(); })'''
TYPED = '''text => { const field = document.getElementById("composer"); field.value = text;
    field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
    return performance.timeOrigin + performance.now(); }'''


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            times = await typed_to_seen(server, chromium)
            await chromium.close()
        print(f'typed to seen, {TIMES} times: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms')
        before, after = await memory(server)
        print(f'memory per connected browser ({BROWSERS}): {before / 1000:.0f} KB; '
              f'grown by {(after - before) / 1000:.1f} KB after {MESSAGES} messages')


async def typed_to_seen(server: Server, chromium: Chromium) -> list[float]:
    """Milliseconds."""
    ann, bob = await page(server, chromium, 'ann'), await page(server, chromium, 'bob')
    times = []
    for i in range(TIMES + 1):
        seen = asyncio.create_task(bob.evaluate(SEEN, f'message {i}'))
        await asyncio.sleep(0.3)
        typed = await ann.evaluate(TYPED, f'message {i}')
        times.append(await seen - typed)
    return times[1:]


async def page(server: Server, chromium: Chromium, username: str) -> Page:
    """The chat as somebody sees it in a browser of their own."""
    context = await chromium.new_context()
    for name, value in server.cookie(username).items():
        await context.add_cookies([{'name': name, 'value': value, 'url': server.url}])
    opened = await context.new_page()
    await opened.goto(server.url + '/chat')
    await opened.wait_for_function('window.socket?.connected && window.chatroom')
    return opened


async def memory(server: Server) -> tuple[float, float]:
    """Bytes per browser, before and after the messages."""
    empty = server.memory()
    async with browsing() as session, server.program('ann') as ann:
        cookie = await asyncio.to_thread(server.cookie, 'bob')
        browsers = [await Browser().open(session, server, cookie) for _ in range(BROWSERS)]
        figures = []
        for count in (100, MESSAGES):
            for _ in range(0, count, 100):
                answers = await asyncio.gather(*(ann.ask('send_message', f'{i} ' + 'x' * 90) for i in range(100)))
            for browser in browsers:
                await browser.reach(answers[-1]['revision'])
            figures.append((server.memory() - empty) / BROWSERS)
        for browser in browsers:
            await browser.close()
    return figures[0], figures[1]


if __name__ == '__main__':
    asyncio.run(main())
