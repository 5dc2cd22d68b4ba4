"""How long a user waits, in Debian's Chromium."""
import asyncio
import statistics
import time
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright

from tests.running import CHROMIUM, FLAGS

from .apps import Ours, cookies_in
from .workloads import KB, MS, Figures, running

TIMES, TIMES_LOADED = 20, 5
KEYS = 'a text of thirty characters...'
SEEN = '''text => new Promise(resolve => { const look = () => [...document.querySelectorAll("article .text")]
    .some(node => node.textContent === text) ? resolve(performance.timeOrigin + performance.now())
    : requestAnimationFrame(look); look(); })'''
TYPED = '''text => { const field = document.getElementById("composer"); field.value = text;
    field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
    return performance.timeOrigin + performance.now(); }'''

HEADED = '''([room, name, draft]) => new Promise(resolve => { const clicked = performance.now(), look = () =>
    document.querySelector("h1").textContent === name && document.getElementById("composer").value === draft
    ? resolve(performance.now() - clicked) : requestAnimationFrame(look);
    document.querySelector(`a[data-room="${room}"]`).click(); requestAnimationFrame(look); })'''
REACTED = '''isGiven => new Promise(resolve => { const article = [...document.querySelectorAll("article")].at(-1),
    given = () => article.querySelector(".reaction[aria-pressed=true]"), clicked = performance.now(),
    look = () => !!given() === isGiven ? resolve(performance.now() - clicked) : requestAnimationFrame(look);
    (isGiven ? article.querySelector(".tools .recent button") : given()).click(); requestAnimationFrame(look); })'''
LATENCIES = 0, 300


async def chromium(kind: type[Ours]) -> Figures:
    """Measure loading with an empty and with a filled cache, typing, changing rooms, and two users chatting."""
    async with running(kind) as app, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            ann, bob = [await context_of(app, await browser.new_context(), name) for name in ('ann', 'bob')]
            page = await ann.new_page()
            cold, cold_bytes = await load(app, page)
            again = [await load(app, page) for _ in range(TIMES_LOADED)]
            warm, warm_bytes = statistics.median(took for took, _ in again), again[-1][1]
            packets = await packets_while_typing(page)
            bobs_page = await bob.new_page()
            await load(app, bobs_page)
            rooms = await filled_rooms(app)
            switched = await clicked_to_shown(page, rooms)
            typed = await typed_to_seen(page, bobs_page)
            at_once = [await at_once_at(app, page, rooms, latency) for latency in LATENCIES]
            return {'cold load ms': cold, 'cold KB': cold_bytes * KB, 'warm load ms': warm, 'warm KB': warm_bytes * KB,
                    f'packets for {len(KEYS)} keys': packets,
                    'click on a room to its messages ms': switched,
                    'typed to seen ms': typed, **at_once[0], **at_once[1]}
        finally:
            await browser.close()


async def context_of(app: Ours, context: BrowserContext, username: str) -> BrowserContext:
    """Register a user, and log in a browser with their session cookie."""
    await context.add_cookies([{'name': name, 'value': value, 'url': app.url}
                               for name, value in cookies_in(await app.enter(username)).items()])
    return context


async def load(app: Ours, page: Page) -> tuple[float, int]:
    """Load the page; return the milliseconds until the composer shows a typed letter, and the bytes received."""
    received: list[int] = []
    devtools = await page.context.new_cdp_session(page)
    await devtools.send('Network.enable')
    devtools.on('Network.loadingFinished', lambda event: received.append(int(event['encodedDataLength'])))
    started = time.perf_counter()
    await page.goto(app.url + '/chat', wait_until='commit')
    await page.wait_for_function('document.activeElement?.id === "composer"')
    await page.keyboard.type('x')
    await page.wait_for_function('document.getElementById("composer").value === "x"')
    took = (time.perf_counter() - started) * MS
    await page.keyboard.press('Backspace')
    await page.wait_for_function('socket.connected')
    await page.wait_for_load_state('networkidle')
    await devtools.detach()
    return took, sum(received)


async def packets_while_typing(page: Page) -> int:
    """Count the socket packets and requests sent to the server while KEYS are typed."""
    sent: list[Any] = []
    await asyncio.sleep(1)  # what is read is told within that
    devtools = await page.context.new_cdp_session(page)
    await devtools.send('Network.enable')
    devtools.on('Network.webSocketFrameSent', lambda event: sent.append(event['response']['payloadData']))
    page.on('request', lambda request: sent.append(request.url))
    await page.keyboard.type(KEYS, delay=30)
    await asyncio.sleep(0.5)
    assert await page.input_value('#composer') == KEYS
    return len([packet for packet in sent if packet != '3'])  # "3" answers a ping of the server


async def filled_rooms(app: Ours) -> list[int]:
    """Make two rooms of fifty messages each, as ann."""
    async with app.program('ann') as ann:
        rooms = [(await ann.ask('create_room', {'name': f'Room {i}', 'kind': 'open'}))['room']['id'] for i in range(2)]
        for room in rooms:
            for i in range(50):
                await ann.ask('send_message', {'room': room, 'message': f'message {i} of {room}'})
    return rooms


async def clicked_to_shown(page: Page, rooms: list[int]) -> float:
    """Return the median milliseconds from a click in the sidebar to the painted messages of the other room."""
    await page.wait_for_selector(f'a[data-room="{rooms[1]}"]')
    times: list[float] = []
    for i in range(TIMES + 2):
        room = rooms[i % 2]
        seen = asyncio.create_task(page.evaluate(SEEN, f'message 49 of {room}'))
        await asyncio.sleep(0.8)
        clicked = await page.evaluate('room => { document.querySelector(`a[data-room="${room}"]`).click();'
                                      'return performance.timeOrigin + performance.now(); }', room)
        times.append(await seen - clicked)
    await page.locator('.sidebar a[data-room="1"]').click()
    await page.wait_for_function('location.pathname === "/chat/1"')
    return statistics.median(times[2:])


async def at_once_at(app: Ours, page: Page, rooms: list[int], latency: int) -> Figures:
    """Return how long takes what needs no answer of a slow line: the header and draft of another room, reactions."""
    await page.goto(f'{app.url}/chat/{rooms[1]}?latency={latency}')
    await page.wait_for_function('window.socket?.connected')
    opened, reacted, drafts = [], [], ['', '']
    for at in range(TIMES + 2):
        room, name = rooms[at % 2], f'Room {at % 2}'
        opened.append(await page.evaluate(HEADED, [room, name, drafts[at % 2]]))
        await page.evaluate(SEEN, f'message 49 of {room}')
        drafts[at % 2] = f'draft {at} in {name}'
        await page.fill('#composer', drafts[at % 2])
        await page.locator('article').last.hover()
        reacted += [await page.evaluate(REACTED, is_given) for is_given in (True, False)]
    for room in rooms:
        await page.locator(f'.sidebar a[data-room="{room}"]').click()
        await page.fill('#composer', '')
    return {f'click to header and field ms, line {latency} ms': statistics.median(opened[2:]),
            f'reaction to seen ms, line {latency} ms': statistics.median(reacted[4:])}


async def typed_to_seen(ann: Page, bob: Page) -> float:
    """Return the median milliseconds from Enter in one browser to the painted text in the other."""
    times: list[float] = []
    for i in range(TIMES + 1):
        seen = asyncio.create_task(bob.evaluate(SEEN, f'message {i}'))
        await asyncio.sleep(0.3)
        typed = await ann.evaluate(TYPED, f'message {i}')
        times.append(await seen - typed)
    return statistics.median(times[1:])
