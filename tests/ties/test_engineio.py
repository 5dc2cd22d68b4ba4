"""What is told goes to the sockets of pages and programs at once, past three libraries; they would do it otherwise."""
import asyncio

from tests.attacks.raw import LoadedPage

MESSAGES = 5


async def test_what_is_told_is_written_to_real_sockets_at_once(server):
    """Without that all would still come, by a task and three layers for each socket: nobody would notice but by the clock."""
    page = await (await asyncio.to_thread(LoadedPage, server.port, cookie=server.cookie('ann'))).connect()
    async with server.program('bob') as bob:
        await page.ask('open', {'room': 1})
        before = (await bob.ask('test_inside'))['written_at_once']
        for i in range(MESSAGES):
            page.heard.clear()
            await bob.ask('send_message', f'message {i}')
            await page.hear_of('changed')
        assert (await bob.ask('test_inside'))['written_at_once'] - before >= MESSAGES
    await page.close()
