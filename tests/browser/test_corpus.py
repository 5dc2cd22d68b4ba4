"""Markdown, HTML and what attackers write, through a real page: nothing runs, and nothing breaks the layout."""
import pytest
from playwright.async_api import expect

from tests.corpus import TEXTS
from tests.running import WITH_DOORS, Server

pytestmark = pytest.mark.browser

AT_ONCE = 60
'''Fewer than a page keeps.'''
HARM = '''(root) => {
    const all = [...document.querySelector(root).querySelectorAll("*")];
    const bad = all.filter((node) => node.matches("script, iframe, object, embed, img, svg:not(.icon svg), math, style, form, base, link, meta, video")
        || [...node.attributes].some((a) => /^on|^srcdoc$|^formaction$/i.test(a.name))
        || node.matches("a[href]") && !/^(https?:|mailto:)/.test(node.href));
    const wide = document.documentElement.scrollWidth > innerWidth || document.querySelector("[role=log]").scrollWidth > document.querySelector("[role=log]").clientWidth;
    return [bad.map((node) => node.outerHTML), wide, window.ran || null]; }'''


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    """Without limits, for nobody writes 400 texts so fast."""
    with Server(tmp_path_factory.mktemp('server'), main=WITH_DOORS) as running:
        yield running
        assert 'Traceback' not in running.log


@pytest.fixture
async def watched(open_chat, server):
    """A page that notes everything that should not happen."""
    async with server.program('ann') as program:  # or else it would start at what is new
        await program.ask('read', {'room': 1, 'id': 10**9})
    page = await open_chat('ann')
    page.harm = []
    page.on('dialog', lambda dialog: page.harm.append(dialog.message))
    page.on('pageerror', lambda error: page.harm.append(str(error)))
    page.on('request', lambda request: page.harm.append(request.url) if not request.url.startswith(server.url) and not request.url.startswith('data:') else None)
    return page


async def unharmed(page, root='[role=log]'):
    assert await page.evaluate(HARM, root) == [[], False, None]
    assert page.harm == []


async def bring(bob, text, number):
    """Every second one is sent, the others are edited into being."""
    if number % 2:
        return (await bob.ask('send_message', {'message': text}))['id']
    sent = (await bob.ask('send_message', {'message': f'not yet {number}'}))['id']
    assert 'revision' in await bob.ask('edit_message', {'id': sent, 'message': text})
    return sent


@pytest.mark.parametrize('part', range(0, len(TEXTS), AT_ONCE))
async def test_nothing_that_is_sent_or_edited_into_being_runs_or_breaks_the_layout(watched, bob, part):
    for number, text in enumerate(TEXTS[part:part + AT_ONCE]):
        newest = await bring(bob, text, number)
    await bob.ask('send_message', {'message': 'a reply', 'reply_to': newest})
    await expect(watched.locator(f'#m{newest}')).to_be_attached()
    await unharmed(watched)


async def test_nothing_that_is_found_runs(watched, bob):
    for number, text in enumerate(TEXTS[::2]):
        await bring(bob, f'needle {text}'[:4000], number)
    await watched.get_by_role('button', name='Search').click()
    await watched.get_by_label('Search messages').fill('needle')
    for _ in range(len(TEXTS[::2]) // 25):
        before = await watched.locator('.found').count()
        await watched.get_by_role('button', name='Older ones').click()
        await expect(watched.locator('.found')).not_to_have_count(before)
    assert await watched.locator('.found').count() > 150
    await watched.evaluate('() => document.querySelectorAll(".panel .found").forEach((a) => { if (a.origin !== location.origin) window.ran = a.href; a.removeAttribute("href"); })')
    await watched.evaluate('() => document.querySelectorAll(".panel svg").forEach((node) => node.remove())')
    found, wide, ran = await watched.evaluate(HARM, '.panel .results')
    assert ([html for html in found if not html.startswith('<a class="found"')], wide, ran) == ([], False, None)
    assert watched.harm == []


async def test_searching_for_it_does_no_harm_either(watched):
    for query in TEXTS[::5]:
        answer = await watched.evaluate('(query) => new Promise((done) => socket.emit("find", {query}, done))', query)
        assert 'html' in answer, query
