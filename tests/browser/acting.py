"""What a person does at a page, and sees there."""
import os
import re

SLOWEST = 300


def lines(*latencies):
    """Of lines by which all comes so many milliseconds later the slowest; with `CHATROOM_LINES=all`, each of these."""
    return [*latencies, SLOWEST] if os.environ.get('CHATROOM_LINES') == 'all' else [SLOWEST]


READY = 'window.socket?.connected && document.querySelector(".chat > .switcher")'


KNOWS_ROOMS = 'window.socket?.connected && document.querySelector(".sidebar a[title]")'
'''The page has heard of its rooms since it was loaded.'''


async def show_room(page, room, **at):
    """As a dialog does that made it."""
    await page.evaluate('detail => { dispatchEvent(new CustomEvent("open-room", {detail})); }', {'room': room, **at})


async def shows_room(page, room):
    """With its messages."""
    await page.wait_for_function('''room => socket.io.opts.query.room == room
        && !document.querySelector("[role=log][aria-busy]")''', arg=room)


async def used_emoji(page):
    """What was used last comes first."""
    return await page.evaluate('JSON.parse(localStorage.getItem(Object.keys(localStorage).find(key => key.endsWith(".emoji"))))')


async def use_emoji(page, emoji):
    await page.evaluate('''emoji => { const {me, name} = document.querySelector("[role=log]").dataset;
        localStorage.setItem(`chatroom.${me}.${name}.emoji`, JSON.stringify([emoji])); }''', emoji)


async def say(page, text):
    await page.locator('#composer').fill(text)
    await page.keyboard.press('Enter')


async def texts(page):
    """What the transcript shows, from top to bottom."""
    return await page.locator('article:not([hidden]) .text').all_inner_texts()


async def disconnect(page):
    """Take the network away: nothing gets through, and the connection that was is cut.

    One that is cut while it opens tells nobody, and is only tried again after Socket.IO's 20 seconds.
    """
    await page.wait_for_function('window.socket?.connected')
    await page.context.set_offline(True)
    await page.evaluate('window.socket.io.engine.close()')


async def create(program, name, *members, kind='open'):
    """The number of a new room."""
    return (await program.ask('create_room', {'name': name, 'kind': kind, 'members': list(members)}))['room']['id']


def link(page, room):
    """A room in the sidebar."""
    return page.locator(f'.sidebar a[data-room="{room}"]')


def numbers(texts_, pattern):
    return [int(found[1]) for text in texts_ if (found := re.fullmatch(pattern, text))]
