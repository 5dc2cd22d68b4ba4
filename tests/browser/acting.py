"""What a person does at a page, and sees there."""
import re


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


async def create(program, name, *members, kind='open'):
    """The number of a new room."""
    return (await program.ask('create_room', {'name': name, 'kind': kind, 'members': list(members)}))['room']['id']


def link(page, room):
    """A room in the sidebar."""
    return page.locator(f'.sidebar a[data-room="{room}"]')


def numbers(texts_, pattern):
    return [int(found[1]) for text in texts_ if (found := re.fullmatch(pattern, text))]
