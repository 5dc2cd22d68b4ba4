from playwright.async_api import expect

from .conftest import disconnect, say, texts


async def test_two_browsers_talk(open_chat):
    ann, bob = await open_chat('ann'), await open_chat('bob')
    await say(ann, 'Hello from Ann')
    await expect(bob.get_by_text('Hello from Ann')).to_be_visible()
    await say(bob, 'Hello from Bob')
    await expect(ann.get_by_text('Hello from Bob')).to_be_visible()
    assert await texts(ann) == await texts(bob) == ['Hello from Ann', 'Hello from Bob']


async def test_offline_and_back(open_chat):
    ann, bob = await open_chat('ann2'), await open_chat('bob2')
    await disconnect(bob)
    await expect(bob.get_by_text('Reconnecting ...')).to_be_visible()
    for i in range(100):
        await say(ann, f'while bob was away {i}')
    await expect(ann.locator('article').last).to_contain_text('while bob was away 99')
    await say(bob, 'from afar')
    await expect(bob.locator('.pending')).to_contain_text('from afar')
    await bob.context.set_offline(False)
    await expect(ann.get_by_text('from afar')).to_be_visible(timeout=15_000)
    await expect(bob.locator('article').last).to_contain_text('from afar')
    assert [t for t in await texts(bob) if 'away' in t] == [f'while bob was away {i}' for i in range(100)]
    assert await texts(ann) == await texts(bob)
